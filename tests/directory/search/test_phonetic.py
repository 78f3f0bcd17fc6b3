"""Words written by ear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.search.needs import needs_in
from directory.search.phonetic import sound, spellings

PAIRS = [
    ("biolencia", "violencia"),
    ("albergue", "alvergue"),
    ("lus", "luz"),
    ("komida", "comida"),
    ("meels", "meals"),
    ("weels", "wheels"),
    ("domestik", "domestic"),
    ("alluda", "ayuda"),
    ("rrenta", "renta"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_what_sounds_alike_has_one_sound(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("one", "other"), [("gas", "casa"), ("rent", "ride"), ("food", "foot"), ("bill", "ball")]
)
def test_what_does_not_sound_alike_has_not(one: str, other: str) -> None:
    assert sound(one) != sound(other)


@pytest.mark.parametrize(("written", "meant"), PAIRS[:7])
def test_a_word_is_among_the_spellings_of_its_slip(written: str, meant: str) -> None:
    assert meant in spellings(written)


@given(st.text(max_size=30))
def test_any_text_has_a_sound_and_few_spellings(text: str) -> None:
    assert sound(text) == sound(text.upper()) or not text.isascii()
    assert len(spellings(text)) < 3_000


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("komida", "food"),
        ("biolencia domestica", "domestic_violence"),
        ("alluda con la rrenta", "rent"),
        ("el resibo de la lus", "utilities"),
    ],
)
def test_needs_are_understood_as_they_sound(text: str, need: str) -> None:
    assert need in needs_in(text)
