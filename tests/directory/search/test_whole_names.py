"""Texts that are a name and nothing else."""

from dataclasses import replace

import pytest

from directory.search.index import Index, build
from directory.search.whole_names import rows_called
from tests.directory.search.test_rank import listing

NAMES = (
    "We Care Food Pantry",
    "Manna Food Center",
    "Family Shelter Service of Metropolitan Family Services DuPage",
    "DuPagePads",
    "Loaves & Fishes Grocery Market",
    "Lorraine’s Soup Kitchen and Pantry",
    "Lisle Township Food Pantry",
    "Ride DuPage",
    "Casa de Dios - Pantry",
    "988 Suicide and Crisis Lifeline",
)


@pytest.fixture(scope="module")
def index() -> Index:
    return build(
        [replace(listing(f"s{n}"), name=name, organization=name) for n, name in enumerate(NAMES)],
        head=None,
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("we care food pantrey", "We Care Food Pantry"),
        ("mana food centre", "Manna Food Center"),
        ("Family Shelter Service", "Family Shelter Service of Metropolitan Family Services DuPage"),
        ("dupage padds", "DuPagePads"),
        ("DuPagePads", "DuPagePads"),
        ("loves and fishes grocery markt", "Loaves & Fishes Grocery Market"),
        ("lorianes soup kitchen", "Lorraine’s Soup Kitchen and Pantry"),
        ("ride dupage", "Ride DuPage"),
        ("casa de dios", "Casa de Dios - Pantry"),
    ],
)
def test_a_name_is_known_by_its_beginning_and_with_slips(
    index: Index, text: str, name: str
) -> None:
    (row, *_) = rows_called(index, text)
    assert index.listing(row).name == name


def test_a_line_is_known_by_its_number(index: Index) -> None:
    (row, *_) = rows_called(index, "988")
    assert index.listing(row).name == "988 Suicide and Crisis Lifeline"
    assert rows_called(index, "989") == []


@pytest.mark.parametrize(
    "text",
    ["food pantry", "i need food", "shelter", "", "we", "manna of heaven for my food center"],
)
def test_everyday_words_call_nobody(index: Index, text: str) -> None:
    assert rows_called(index, text) == []
