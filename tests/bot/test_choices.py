"""Choices from a numbered list, only when they are the whole text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.choices import (
    Answer,
    Choice,
    Details,
    More,
    Pick,
    read_answer_in_words,
    read_choice,
    read_numbers,
)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["more", "More!", "mas", "más", "más opciones", "show me more", "other options", "next",
          "otros lugares", "what else", "mas por favor", "any others?"], More()),
        (["2", "#2", " 2. ", "two", "dos", "number 2", "option 2", "the second one", "2 please",
          "la segunda", "el 2", "2!!", "i want 2", "quiero el 2"], Pick(2)),
        (["2 info", "info 2", "details 2", "2 details", "tell me about the second one",
          "more info on 2", "mas info del 2", "mas sobre el 2", "dime mas del 2", "2 more info",
          "what about number 2", "detalles 2"], Details(2)),
    ],
)  # fmt: skip
def test_a_choice_is_read(texts: list[str], expected: Choice) -> None:
    for text in texts:
        assert read_choice(text) == expected, text


@pytest.mark.parametrize(
    "text",
    ["call me", "call 2", "I need 2 beds", "2 kids", "60540", "0", "more food", "no more", "info",
     "food", "mas comida", "2 and 3", "", "12345", "i have one", "one more night here",
     "details", "the second time this happened"],
)  # fmt: skip
def test_anything_else_is_no_choice(text: str) -> None:
    assert read_choice(text) is None


@given(st.integers(1, 99))
def test_any_bare_number_up_to_99_is_a_pick(number: int) -> None:
    assert read_choice(str(number)) == Pick(number)


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    read_choice(text)
    read_numbers(text)
    read_answer_in_words(text)


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1 and 3", "1,3", "1 & 3", "1 y 3", "one and three", "1. 3."], (1, 3)),
        (["1 2 3", "1, 2, and 3"], (1, 2, 3)),
        (["1", "", "1 and food", "call 1 and 2", "60540", "and"], ()),
    ],
)  # fmt: skip
def test_several_numbers_are_read(texts: list[str], numbers: tuple[int, ...]) -> None:
    for text in texts:
        assert read_numbers(text) == numbers, text


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (["yes", "Yes!", "sí", "ok", "correct", "that one", "eso es", "\N{THUMBS UP SIGN}"],
         Answer.YES),
        (["both", "all of them", "todas", "las dos"], Answer.ALL),
        (["no", "Nope.", "something else", "otra cosa", "algo más", "none of these", "ninguna",
          "its not that", "idk", "no sé"], Answer.NEITHER),
        (["yes food", "no food", "all the food", "2", "", "something else happened to me", "?"],
         None),
    ],
)  # fmt: skip
def test_an_answer_in_words_is_read(texts: list[str], answer: Answer | None) -> None:
    for text in texts:
        assert read_answer_in_words(text) is answer, text
