"""Answers to "Reply 1 okay, 2 could use help, 3 please call me, or just text back"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checkin_answers import CheckinAnswer, read_answer

A = CheckinAnswer


@pytest.mark.parametrize(
    ("expected", "texts"),
    [
        (A.BETTER, ["1", "1!", "one", "okay", "doing good thanks", "much better", "todo bien",
                    "mejor gracias a dios", "\N{THUMBS UP SIGN}", "1 we are ok", "k", "im fine"]),
        (A.NEEDS_HELP, ["2", "2 please", "dos", "could use help", "i need food",
                        "necesito ayuda con la renta", "need food 60540", "el 2", "help",
                        "still no call from the clinic", "ayuda"]),
        (A.CALL_ME, ["3", "3 please", "tres", "call me", "can someone call me", "llamame",
                     "me pueden llamar por favor", "quiero hablar con alguien"]),
        (A.SAME, ["same", "about the same", "igual", "mas o menos", "hanging in there", "so so"]),
        (A.WORSE, ["worse", "not good", "its been rough", "peor", "mal", "no estoy bien",
                   "things are getting worse", "not doing well"]),
        (A.WRONG_PERSON, ["wrong number", "who is this", "numero equivocado", "quien es",
                          "you have the wrong person", "no soy esa persona"]),
        (A.STOP, ["STOP", "stop texting me", "ya no me manden mensajes", "quit"]),
        (A.CRISIS, ["i want to die", "he hit me again", "ya no quiero vivir",
                    "1 but i want to kill myself"]),
        (A.UNCLEAR, ["", "?", "asdf", "7", "what", "tuesday", "\N{SLICE OF PIZZA}"]),
    ],
)  # fmt: skip
def test_an_answer_is_read(expected: CheckinAnswer, texts: list[str]) -> None:
    assert {text: read_answer(text) for text in texts} == dict.fromkeys(texts, expected)


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    assert read_answer(text) in CheckinAnswer
