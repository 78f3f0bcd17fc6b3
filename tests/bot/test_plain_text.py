"""One plain spelling for what people text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plain_text import plain, words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t GO!", " dont go . "),
        ("i dnt wanna liiive", " i dont want to live "),
        ("ya no kiero vivir…", " ya no quiero vivir . "),
        ("¿Dónde está?", " . donde esta ? "),
        ("he OD'd", " he overdosed "),
        ("k1ll", " kill "),
        ("sucide", " suicide "),
        ("14yo son", " 14 years old son "),
        ("do not", " dont "),
        ("took 2 pills", " took 2 pills "),
        ("cooking class, job hunting", " cooking class job hunting "),
        ("", "  "),
    ],
)
def test_a_text_is_written_plainly(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text(max_size=300))
def test_any_text_becomes_words_between_single_spaces(text: str) -> None:
    sentence = plain(text)
    assert sentence.startswith(" ")
    assert sentence.endswith(" ")
    assert "  " not in sentence.strip(" ")
    assert all(word not in {".", "?"} for word in words_of(text))
