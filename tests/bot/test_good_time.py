"""The answer to "is this a good time to text?"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.good_time import SafetyAnswer, read_safety_answer

YES = """
1|1.|yes|Yes!|yeah|yep|y|ok|sure go ahead|this is a good time|yes it is|good|its ok|Option 1
si|Sí|si por favor|claro que si|bueno|esta bien|si puedo|si es buen momento
"""
NO = """
2|2.|no|No!|nope|n|not now|no, later|bad time|yes but not now|he is here|my husband is home
yes my husband is here|i'm busy|maybe later|no, it is not|can't talk right now|try tomorrow
ahora no|no puedo|mas tarde|no es buen momento|estoy ocupada|luego
"""
UNCLEAR = """
who is this|I need food|12|1 2|yes 2|call me later|quien es|?|ok who is this
"""


def lines(block: str) -> list[str]:
    return [each for line in block.strip().splitlines() for each in line.split("|")]


@pytest.mark.parametrize("text", lines(YES))
def test_yes(text: str) -> None:
    assert read_safety_answer(text, None) is SafetyAnswer.YES


@pytest.mark.parametrize("text", lines(NO))
def test_no(text: str) -> None:
    assert read_safety_answer(text, None) is SafetyAnswer.NO
    assert read_safety_answer(text, "bluebird") is SafetyAnswer.NO


@pytest.mark.parametrize("text", [*lines(UNCLEAR), "", "\N{THUMBS UP SIGN}"])
def test_anything_else_is_unclear(text: str) -> None:
    assert read_safety_answer(text, None) is SafetyAnswer.UNCLEAR


@pytest.mark.parametrize(
    "text",
    ["bluebird", "Bluebird!", "BLUE BIRD", "its bluebird", "the word is bluebird", "bluebird."],
)
def test_the_agreed_word_is_the_only_yes(text: str) -> None:
    assert read_safety_answer(text, "Bluebird") is SafetyAnswer.YES


@pytest.mark.parametrize(
    "text",
    [*lines(YES), "bluebirds", "blue", "redbird", "what do you mean by this thing with bluebird"],
)
def test_a_yes_without_the_word_is_none(text: str) -> None:
    assert read_safety_answer(text, "bluebird") is not SafetyAnswer.YES


def test_accents_do_not_matter() -> None:
    assert read_safety_answer("corazon", "Corazón") is SafetyAnswer.YES
    assert read_safety_answer("CORAZÓN", "corazon") is SafetyAnswer.YES


def test_a_word_of_marks_only_never_matches() -> None:
    assert read_safety_answer("", "!!") is SafetyAnswer.UNCLEAR
    assert read_safety_answer("?", "!!") is SafetyAnswer.UNCLEAR


@given(st.text(max_size=300), st.none() | st.text(max_size=30))
def test_every_text_is_read(text: str, word: str | None) -> None:
    assert read_safety_answer(text, word) in SafetyAnswer
