"""Towns that the directory has addresses in, read out of texts."""

from dataclasses import replace

import pytest

from directory.search.index import Index, build
from directory.search.said import place_said
from directory.search.towns import town_said
from tests.directory.search.test_rank import listing

ADDRESSES = (
    ("holyoke", "MA"),
    ("gaithersburg", "MD"),
    ("half moon bay", "CA"),
    ("troy", "NY"),
    ("troy", "NY"),
    ("troy", "OH"),
    ("mobile", "AL"),
    ("addison", "NY"),
)


@pytest.fixture(scope="module")
def index() -> Index:
    listings = [
        listing(f"s{n}", town=town, state=state, place=f"{town} {state}")
        for n, (town, state) in enumerate(ADDRESSES)
    ]
    listings += [replace(listing(f"m{n}"), name=f"Mobile Pantry {n}") for n in range(9)]
    return build(listings, head=None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("soup kitchen Holyoke", "Holyoke, MA"),
        ("hot meels holyok", "Holyoke, MA"),
        ("grocerys in gathersburg", "Gaithersburg, MD"),
        ("fre groceris half moon bey", "Half Moon Bay, CA"),
        ("halfmoonbay food", "Half Moon Bay, CA"),
        ("food troy", "Troy, NY"),  # where more of the directory is
        ("food troy oh", "Troy, OH"),
        ("food in Troy Ohio please", "Troy, OH"),
        ("food in mobile", "Mobile, AL"),
        ("mobile al pantry", "Mobile, AL"),
    ],
)
def test_a_town_of_the_directory_is_read_with_its_slips(index: Index, text: str, name: str) -> None:
    said = town_said(index, text)
    assert said is not None
    assert said.place.name == name


@pytest.mark.parametrize("text", ["mobile pantry", "food", "", "not in holyoke", "holyoke ave"])
def test_other_words_are_no_town(index: Index, text: str) -> None:
    assert town_said(index, text) is None


def test_home_comes_before_a_town_of_the_same_name_far_away(index: Index) -> None:
    place, words = place_said(index, "food in Addison")
    assert place is not None
    assert place.name == "Addison"
    assert "addison" not in words


def test_the_words_of_the_place_are_taken_out(index: Index) -> None:
    place, words = place_said(index, "grocerys in gathersburg md today")
    assert place is not None
    assert words.split() == ["grocerys", "in", "today"]
