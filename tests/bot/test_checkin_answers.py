"""Answers to "Reply 1 okay, 2 could use help, 3 please call me, or just text back"."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.checkin_answers import CheckinAnswer, read_answer

A = CheckinAnswer
LABELLED = Path(__file__).with_name("checkin_answers.yml")
LEAST_RIGHT = 0.97


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


def test_answers_in_many_words_are_read() -> None:
    content = YAML(typ="safe", pure=True).load(LABELLED)
    labelled = [(str(text), A(answer)) for answer, texts in content.items() for text in texts]
    assert {answer for _, answer in labelled} == set(A)
    wrong = {text: read_answer(text) for text, right in labelled if read_answer(text) is not right}
    assert 1 - len(wrong) / len(labelled) >= LEAST_RIGHT, wrong
    # Nobody who asks for something, or is in danger, may be filed as doing well.
    urgent = {A.CRISIS, A.NEEDS_HELP, A.CALL_ME, A.WORSE}
    assert [t for t, right in labelled if right in urgent and read_answer(t) is A.BETTER] == []


@pytest.mark.parametrize("sign", ["\N{THUMBS UP SIGN}", "\N{THUMBS DOWN SIGN}", "\N{OK HAND SIGN}"])
@pytest.mark.parametrize("tone", ["", *map(chr, range(0x1F3FB, 0x1F400))])
def test_signs_are_read_in_every_skin_tone(sign: str, tone: str) -> None:
    assert read_answer(sign + tone) is read_answer(sign) is not A.UNCLEAR


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    assert read_answer(text) in CheckinAnswer
