"""A place read out of what people write."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from directory.places import town_place
from directory.search import place_in
from directory.search.places import LANDMARKS_FILE
from directory.settings import ROOT

LABELLED = Path(__file__).with_name("places.yml")
LEAST_RIGHT = 0.98


def _labelled() -> list[tuple[str, str | None]]:
    content = YAML(typ="safe", pure=True).load(LABELLED)
    return [(one["text"], one["place"]) for texts in content.values() for one in texts]


def _name(text: str) -> str | None:
    place = place_in(text)
    return place.name if place else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("anything to eat near 60540?", "60540"),
        ("zip is 60563-1234 thx", "60563"),
        ("(60564)", "60564"),
        ("naperville 60540", "60540"),
        ("aurora", "Aurora"),
        ("lisle", "Lisle"),
        ("im in naperville il", "Naperville"),
        ("rent help bolingbrook", "Bolingbrook"),
        ("downers grove please", "Downers Grove"),
        ("west chicago", "West Chicago"),
        ("vivo en plainfield", "Plainfield"),
        ("cerca de wheaton", "Wheaton"),
        ("estoy por Glen Ellyn", "Glen Ellyn"),
        ("somewhere in dupage county", "DuPage County"),
        ("condado de will", "Will County"),
        ("du page", "DuPage County"),
        ("wheaton in dupage county", "Wheaton"),
        ("i am in LaGrange", "La Grange"),
        ("oakpark", "Oak Park"),
    ],
)
def test_a_zip_a_town_or_a_county_is_found(text: str, name: str) -> None:
    assert _name(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("napervile", "Naperville"),
        ("food in napperville", "Naperville"),
        ("bolingbrok", "Bolingbrook"),
        ("boilingbrook", "Bolingbrook"),
        ("plainfeild", "Plainfield"),
        ("donwers grove", "Downers Grove"),
        ("whaeton", "Wheaton"),
        ("romeovile", "Romeoville"),
    ],
)
def test_towns_around_are_found_with_slips(text: str, name: str) -> None:
    assert _name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "i feel normal again",
        "no joy at home",
        "need a bath and a shower",
        "she needs a ride",
        "can i get a sandwich",
        "justice for my son",
        "wayne is my husband",
        "a sterling idea",
        "lemon juice",
        "paris hilton",
        "ahora mismo necesito ayuda",
        "no tengo nada para mi familia",
        "la union de mis padres",
        "todavia no",
        "mi hija victoria",
        "de alma",
        "me mudo el lunes",
        "call me at 630-555-0100",
        "$60540 in debt",
        "99999",
        "i owe 60540.50",
        "",
    ],
)
def test_words_names_and_amounts_are_no_places(text: str) -> None:
    assert _name(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("i live in normal", "Normal"),
        ("near sandwich", "Sandwich"),
        ("en paris", "Paris"),
        ("peoria il", "Peoria"),
        ("wayne illinois", "Wayne"),
        ("cerca de joy", "Joy"),
    ],
)
def test_a_far_or_ambiguous_town_counts_where_the_text_says_that_a_place_follows(
    text: str, name: str
) -> None:
    assert _name(text) == name


def test_the_town_that_somebody_is_in_beats_one_that_is_only_named() -> None:
    assert _name("left aurora last week, now in lisle") == "Lisle"


@pytest.mark.parametrize("text", ["[60540]", "i am [NAME] from [naperville]", "[PLACE", "[lisle"])
def test_what_stands_in_brackets_is_never_a_place(text: str) -> None:
    assert _name(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_accident(text: str) -> None:
    place_in(text)


@given(st.text(alphabet="abc [60540]naperville", max_size=60))
def test_text_in_brackets_never_decides(text: str) -> None:
    inside = f"[{text.replace('[', '').replace(']', '')}]"
    assert place_in(inside) is None


def test_places_are_read_and_made_up_nowhere() -> None:
    labelled = _labelled()
    wrong = [(text, place, _name(text)) for text, place in labelled if _name(text) != place]
    assert 1 - len(wrong) / len(labelled) >= LEAST_RIGHT, wrong
    without = [text for text, place in labelled if place is None]
    assert len(without) >= 25
    assert [text for text in without if _name(text)] == []


def test_landmarks_stand_in_towns_that_the_listings_attest() -> None:
    """A landmark's town must be the one of a listed address; nothing is taken from memory."""
    listed = (ROOT / "data" / "partners.yml").read_text(encoding="utf-8").casefold()
    for landmark in YAML(typ="safe", pure=True).load(LANDMARKS_FILE)["landmarks"]:
        assert town_place(landmark["town"]) is not None
        assert f"city: {landmark['town'].casefold()}" in listed


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("food pantry in Columbus, OH", "Columbus, OH"),
        ("soup kitchen boston ma", "Boston, MA"),
        ("anything near Clinton, Maryland", "Clinton, MD"),
        ("groceries Prince George's County, MD", "Prince George's County, MD"),
        ("food in boston please", "Boston, MA"),
        ("pantry near zip 43215", "43215"),
        ("43215", "43215"),
        ("moved from Columbus, OH to naperville", "Naperville"),
        ("in Cleveland, OH", "Cleveland, OH"),
        ("aurora il", "Aurora"),
    ],
)
def test_a_place_of_another_state_counts_where_there_is_no_doubt(text: str, name: str) -> None:
    assert _name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "i owe 43215",
        "10250 w main",
        "aurora in my car",
        "i left him oh my god",
        "call me in the morning",
        "my son is in english class",
        "help with my phone in spanish",
    ],
)
def test_what_may_be_something_else_is_no_place_of_another_state(text: str) -> None:
    assert _name(text) in (None, "Aurora")
