"""MORE and numbers where no list was sent yet: a search that waits for a town or ZIP."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.wording import say
from directory.conversations.memory import Memory
from directory.messages.models import AnsweredBy
from tests.bot.talking import DANGER, EN, ES, NOBODY, after_a_list, conversation, later, respond

ASK_FOOD = {"ask": "place", "needs": ["food"]}
WHERE = say("ask_place", EN, needs="food or groceries")


@pytest.mark.parametrize("text", ["MORE", "5", "2 info"])
def test_what_is_no_place_brings_the_question_once_more_and_then_a_list(text: str) -> None:
    talk, _ = conversation(ASK_FOOD)
    asked = talk.respond_to("food", NOBODY)
    again = talk.respond_to(text, later(asked))
    assert again.replies == (WHERE,)
    listed = talk.respond_to(text, later(again))
    assert listed.answered_by is AnsweredBy.CHOICE
    assert "Pantry 1" in listed.replies[0]
    assert listed.memory.place is None
    assert "Pantry 4" in talk.respond_to("MORE", later(listed)).replies[0]


def test_the_question_is_put_again_in_the_language_of_the_person() -> None:
    talk, _ = conversation(ASK_FOOD)
    asked = talk.respond_to("necesito comida", NOBODY)
    again = talk.respond_to("MAS", later(asked))
    assert again.replies == (say("ask_place", ES, needs="comida o despensa"),)


def test_a_new_question_for_a_place_is_counted_from_the_start() -> None:
    talk, _ = conversation(ASK_FOOD)
    turn = talk.respond_to("MORE", later(talk.respond_to("food", NOBODY)))
    turn = talk.respond_to("food please", later(turn))
    assert talk.respond_to("MORE", later(turn)).replies == (WHERE,)


def test_more_after_the_question_is_not_more_of_an_older_list_but_a_number_still_is_of_it() -> None:
    talk, _ = conversation(ASK_FOOD)
    asked = talk.respond_to("food", after_a_list(at=timedelta(minutes=5)))
    assert talk.respond_to("MORE", later(asked)).replies == (WHERE,)
    assert "2 Example St." in talk.respond_to("2", later(asked)).replies[0]


def test_a_place_that_nobody_knows_is_told_the_first_time_and_when_asked_again() -> None:
    talk, _ = conversation(ASK_FOOD | {"unknown": True})
    asked = talk.respond_to("food in xyzville", NOBODY)
    needs = "food or groceries"
    assert asked.replies == (say("ask_place_unknown", EN, needs=needs),)
    again = talk.respond_to("ogden and washington", later(asked))
    assert again.replies == (say("place_unknown", EN),)


def test_without_rasa_too_it_is_told_that_a_place_is_not_known() -> None:
    reply = respond("necesito comida en xyzville", down=True).replies[0]
    assert reply == say("ask_place_unknown", ES, needs="comida o despensa")


def test_without_anything_asked_or_a_day_later_it_is_said_what_to_text() -> None:
    nothing = (say("no_list", EN),)
    assert respond("MORE", replace(NOBODY, memory=Memory(needs=("food",)))).replies == nothing
    talk, _ = conversation(ASK_FOOD)
    asked = talk.respond_to("food", NOBODY)
    late = later(asked, now=NOBODY.now + timedelta(hours=25))
    assert talk.respond_to("MORE", late).replies == nothing


def test_a_number_after_danger_answers_no_question_for_a_place() -> None:
    talk, _ = conversation(ASK_FOOD)
    asked = talk.respond_to("food", NOBODY)
    danger = talk.respond_to(DANGER, later(asked))
    assert talk.respond_to("1", later(danger)).replies == (say("no_list", EN),)
