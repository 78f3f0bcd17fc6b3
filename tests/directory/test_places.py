"""The gazetteer: Illinois, offline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.places import (
    PlaceKind,
    county_names,
    county_place,
    distance_miles,
    place_named,
    town_names,
    town_place,
    zip_place,
)

_DEGREES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def test_a_zip_knows_its_town_and_its_county() -> None:
    place = zip_place("60540")
    assert place is not None
    assert (place.kind, place.name, place.county) == (PlaceKind.ZIP, "60540", "DuPage County")
    assert place.towns == ("Naperville",)


def test_a_town_is_the_middle_of_its_zips_and_may_lie_in_several_counties() -> None:
    place = town_place("naperville")
    assert place is not None
    assert place.name == "Naperville"
    assert "60540" in place.zips
    assert set(place.counties) == {"DuPage County", "Will County"}
    assert place.county == "DuPage County"


def test_a_town_without_a_zip_of_its_own_is_known_by_the_one_that_serves_it() -> None:
    place = town_place("Burr Ridge")
    assert place is not None
    assert place.zips == ("60527",)


@pytest.mark.parametrize("name", ["DuPage", "dupage county", "DUPAGE COUNTY", "Dupage"])
def test_a_county_is_found_however_it_is_spelt(name: str) -> None:
    place = county_place(name)
    assert place is not None
    assert place.name == "DuPage County"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("60540", "60540"),
        ("Will County", "Will County"),
        ("St. Charles", "Saint Charles"),
        ("O'Fallon", "O Fallon"),
        ("Mt. Vernon", "Mount Vernon"),
        ("GLEN ELLYN", "Glen Ellyn"),
        ("LaGrange", "La Grange"),
        ("De Kalb", "Dekalb"),
        ("Oakbrook", "Oak Brook"),
    ],
)
def test_a_place_is_found_by_its_name(written: str, name: str) -> None:
    place = place_named(written)
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize("name", ["", "99999", "10001", "Atlantis", "Nowhere County", "Illinois"])
def test_what_is_no_place_of_illinois_is_none(name: str) -> None:
    assert place_named(name) is None


def test_every_place_has_a_middle_in_illinois() -> None:
    places = [town_place(name) for name in town_names()]
    places += [county_place(name) for name in county_names()]
    assert len(county_names()) == 102
    for place in places:
        assert place is not None
        assert 36.9 < place.latitude < 42.6
        assert -91.6 < place.longitude < -87.0


def test_neighbouring_towns_are_as_far_apart_as_on_the_map() -> None:
    naperville, wheaton = town_place("Naperville"), town_place("Wheaton")
    assert naperville is not None
    assert wheaton is not None
    miles = distance_miles(
        (naperville.latitude, naperville.longitude), (wheaton.latitude, wheaton.longitude)
    )
    assert 5 < miles < 9


@given(_DEGREES, _DEGREES)
def test_a_distance_is_symmetric_and_never_more_than_half_the_earth(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    there, back = distance_miles(one, other), distance_miles(other, one)
    assert there == pytest.approx(back)
    assert 0 <= there < 12_451


@given(st.text(max_size=40))
def test_any_text_may_be_asked_for(text: str) -> None:
    place_named(text)
