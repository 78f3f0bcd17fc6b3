"""The needs that words point to: both languages, slips, careful."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.needs import taxonomy
from directory.search import needs_in, says_now


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("no groceries till friday 60540", "food"),
        ("looking for a food pantry", "food"),
        ("necesito comida", "food"),
        ("banco de comida cerca", "food"),
        ("behind on rent", "rent"),
        ("ayuda con la renta", "rent"),
        ("homeless", "shelter"),
        ("albergue para hoy", "shelter"),
        ("need a lawyer", "legal"),
        ("therapy for my son", "mental_health"),
        ("detox", "substance_use"),
    ],
)
def test_everyday_words_point_to_their_need_first(text: str, need: str) -> None:
    assert needs_in(text)[:1] == [need]


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("grocerys", "food"),
        ("homless", "shelter"),
        ("therepy", "mental_health"),
        ("depensa", "food"),
    ],
)
def test_slips_are_understood(text: str, need: str) -> None:
    assert needs_in(text)[:1] == [need]


def test_accents_and_capitals_make_no_difference() -> None:
    assert needs_in("VÍVERES") == needs_in("viveres") == ["food"]


def test_two_needs_are_both_named_best_first() -> None:
    assert set(needs_in("need food and help with rent")) >= {"food", "rent"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "thank you so much",
        "hola buenos dias",
        "he went hiding",
        "denial",
        "ok",
        "630",
        "👍",
    ],
)
def test_what_names_no_need_gives_none(text: str) -> None:
    assert needs_in(text) == []


def test_what_the_redactor_has_put_in_brackets_names_no_need() -> None:
    assert needs_in("[food] [rent]") == []


def test_every_word_of_the_taxonomy_finds_its_own_need() -> None:
    for code, need in taxonomy().items():
        for words in need.words.values():
            for word in words:
                assert code in needs_in(word, limit=26), (code, word)


def test_a_text_says_whether_it_must_be_open_now() -> None:
    assert says_now("somewhere to sleep tonight in lisle")
    assert says_now("comida ahorita")
    assert not says_now("comida en aurora")


@given(st.text(max_size=300))
def test_any_text_is_read_and_only_known_needs_come_out(text: str) -> None:
    found = needs_in(text)
    assert set(found) <= set(taxonomy())
    assert len(found) == len(set(found)) <= 5
    says_now(text)
