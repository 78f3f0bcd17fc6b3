"""Unclear texts: one question, an answer to it, and never a dead end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.checkin_answers import CheckinAnswer
from bot.turn import OpenCheckIn
from bot.unmet_deeds import NoteNothingFound
from bot.wording import say
from bot.wording.questions import which_need
from directory.languages import Language
from directory.messages.models import AnsweredBy
from directory.tasks.models import TaskKind
from tests.bot.talking import (
    CHECKIN,
    DANGER,
    EN,
    ES,
    NOBODY,
    after_a_list,
    asked_which,
    conversation,
    found,
    later,
    respond,
    unclear,
)
from tests.fakes import MORNING

WHICH = "What do you need? Reply a number:"
ASK_PLACE = {"ask": "place", "needs": ["legal"]}

# --- the question -------------------------------------------------------------------------------


def test_an_unclear_text_is_asked_about_once_with_the_likeliest_needs() -> None:
    turn = respond("its about the landlord in lisle", NOBODY, unclear("rent", "legal", "housing"))
    assert turn.replies == (
        f"{WHICH}\n1 rent or mortgage help\n2 legal help\n"
        "3 an affordable place to live\n4 something else",
    )
    assert turn.understood.offered == ("rent", "legal", "housing")
    assert turn.memory.place == "Lisle"
    assert turn.tasks == ()


def test_in_spanish_the_question_is_spanish() -> None:
    turn = respond("es por lo del señor de la casa", NOBODY, unclear("rent", "housing"))
    assert turn.replies == (
        "¿Que necesita? Responda un numero:\n1 ayuda con la renta\n"
        "2 una vivienda a bajo costo\n3 otra cosa",
    )


def test_a_single_guess_is_confirmed_or_refused() -> None:
    turn = respond("its about the landlord", NOBODY, unclear("rent"))
    assert turn.replies == (
        "Is it about rent or mortgage help? Reply 1 for yes, 2 for something else.",
    )
    turn = respond("sí", later(turn), found("rent"))
    assert "Pantry 1" in turn.replies[0]


def test_without_any_guess_a_few_words_are_asked_for() -> None:
    assert respond("qwerty", NOBODY, unclear()).replies == (say("clarify", EN),)


# --- the answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2", "the second one", "2)", "dos", "la segunda", "legal help"])
def test_the_choice_is_searched_with_what_the_first_text_said(text: str) -> None:
    talk, rasa = conversation(found("legal"))
    turn = talk.respond_to(text, asked_which(text="its about the landlord 60540 open now"))
    assert turn.answered_by is AnsweredBy.RASA
    assert "Pantry 1" in turn.replies[0]
    (asked,) = rasa.asked
    assert asked["text"] == "its about the landlord 60540 open now"
    assert asked["metadata"]["chosen_need"] == "legal"
    assert asked["metadata"]["also_chosen"] == []
    assert turn.understood.needs == ("legal",)
    assert (turn.memory.question, turn.memory.misses) == (None, 0)


def test_several_needs_may_be_chosen() -> None:
    talk, rasa = conversation(found("rent", "housing"))
    talk.respond_to("1 and 3", asked_which())
    metadata = rasa.asked[0]["metadata"]
    assert (metadata["chosen_need"], metadata["also_chosen"]) == ("rent", ["housing"])


def test_only_what_is_lacking_is_asked_for_after_the_choice() -> None:
    turn = respond("2", asked_which(), ASK_PLACE)
    assert turn.replies == (say("ask_place", EN, needs="legal help"),)
    assert turn.memory.needs == ("legal",)
    assert turn.memory.question is None


def test_what_rasa_hears_of_the_first_text_stays_redacted() -> None:
    talk, rasa = conversation(unclear("rent", "legal"))
    turn = talk.respond_to("the landlord is at it again and his number is 630-555-0142", NOBODY)
    assert turn.memory.question is not None
    assert "0142" not in turn.memory.as_text()
    talk.respond_to("1", later(turn))
    assert "0142" not in str(rasa.asked)


@pytest.mark.parametrize("language", Language)
def test_without_rasa_the_rule_search_answers_for_the_need_that_was_chosen(
    language: Language,
) -> None:
    situation = asked_which(text="the landlord in lisle", language=language)
    turn = respond("2", situation, down=True)
    assert turn.answered_by is AnsweredBy.FALLBACK
    assert "Pantry 1" in turn.replies[0] or "Despensa" in turn.replies[0]
    assert (turn.memory.needs, turn.memory.place) == (("legal",), "Lisle")


def test_without_rasa_the_place_is_asked_for_when_the_first_text_names_none() -> None:
    turn = respond("1 and 2", asked_which(), down=True)
    assert turn.replies == (say("ask_place", EN, needs="rent or mortgage help and legal help"),)
    turn = respond("60540", later(turn), down=True)
    assert turn.memory.needs == ("rent", "legal")


def test_a_sentence_instead_of_a_number_is_a_new_text() -> None:
    talk, rasa = conversation(found("food"))
    turn = talk.respond_to("never mind, we need groceries", asked_which())
    assert rasa.asked[0]["text"] == "never mind, we need groceries"
    assert "chosen_need" not in rasa.asked[0]["metadata"]
    assert turn.memory.question is None


def test_a_place_alone_is_searched_for_what_was_offered() -> None:
    turn = respond("60540", asked_which("rent", "legal"), down=True)
    assert turn.memory.needs == ("rent", "legal")
    assert "Pantry 1" in turn.replies[0]


@pytest.mark.parametrize(("text", "picked"), [("60540", False), ("1 and 2", True), ("all", True)])
def test_a_guess_that_nobody_serves_is_told_of_only_when_it_was_picked(
    text: str, picked: bool
) -> None:
    guesses = asked_which("food", "grief")
    turn = respond(text, guesses, down=True, unserved=("grief",))
    if not picked:
        (services,) = turn.replies
        assert "Pantry 1" in services
        assert (turn.memory.needs, turn.deeds) == (("food",), ())
    else:
        turn = turn if turn.deeds else respond("60540", later(turn), down=True, unserved=("grief",))
        assert "grief" in turn.replies[0]
        assert turn.deeds == (NoteNothingFound(("grief",), "60540"),)


def test_thanks_or_a_failure_leave_the_question_open() -> None:
    for turn in (
        respond("thanks", asked_which(), {"say": "thanks"}),
        respond("well the thing is", asked_which(), down=True),
    ):
        assert turn.memory.question == asked_which().memory.question
        assert "Pantry 1" in respond("2", later(turn), found("legal")).replies[0]


def test_a_number_that_was_not_offered_is_told_the_range() -> None:
    turn = respond("7", asked_which())
    assert turn.replies == (say("pick_unknown", EN, last=4),)
    assert turn.memory.question is not None


def test_something_else_asks_for_other_words_and_is_not_offered_again() -> None:
    turn = respond("4", asked_which())
    assert turn.replies == (say("clarify_else", EN),)
    assert "211" in turn.replies[0]
    assert turn.memory.needs == ()
    turn = respond("it is complicated", later(turn), unclear("rent", "benefits", "food"))
    assert turn.understood.offered == ("benefits", "food")


# --- a second miss ------------------------------------------------------------------------------


def test_after_a_second_miss_a_person_reads_and_211_is_named() -> None:
    turn = respond("qwerty", NOBODY, unclear())
    turn = respond("asdf", later(turn), unclear())
    assert turn.replies == (say("second_miss", EN),)
    assert "211" in turn.replies[0]
    assert [task.kind for task in turn.tasks] == [TaskKind.CALL_BACK]
    turn = respond("zxcv", later(turn), unclear())
    assert turn.replies == (say("second_miss", EN),)
    assert turn.tasks == ()


def test_a_second_miss_still_offers_what_it_may_have_been() -> None:
    turn = respond("the thing with the house", asked_which(), unclear("housing", "legal"))
    assert turn.replies == (say("second_miss", EN), which_need(("housing", "legal"), EN))
    turn = respond("1", later(turn), found("housing"))
    assert "Pantry 1" in turn.replies[0]
    assert turn.memory.misses == 0


def test_small_talk_and_a_day_without_texts_begin_anew() -> None:
    turn = respond("qwerty", NOBODY, unclear())
    assert respond("hi", later(turn), {"say": "greeting"}).memory.misses == 0
    tomorrow = later(turn, now=MORNING + timedelta(hours=25))
    assert respond("asdf", tomorrow, unclear()).replies == (say("clarify", EN),)


def test_what_we_cannot_do_is_said_every_time_and_calls_nobody() -> None:
    turn = respond("tell me a joke", NOBODY, {"say": "out_of_scope"})
    turn = respond("another joke", later(turn), {"say": "out_of_scope"})
    assert turn.replies == (say("out_of_scope", EN),)
    assert turn.tasks == ()


def test_a_payload_that_nobody_knows_counts_as_unclear() -> None:
    assert respond("hello", NOBODY, {"say": "no_such_key"}).replies == (say("clarify", EN),)


# --- what a number speaks of --------------------------------------------------------------------


def test_the_newest_of_list_and_question_counts() -> None:
    listed = after_a_list(at=timedelta(hours=1)).memory
    asked = asked_which()
    newer = replace(listed, question=asked.memory.question)
    assert respond("1", replace(NOBODY, memory=newer), found("rent")).answered_by is AnsweredBy.RASA
    older = asked_which(at=timedelta(hours=2)).memory.question
    turn = respond("1", replace(NOBODY, memory=replace(listed, question=older)))
    assert "Pantry 1" in turn.replies[0]
    assert turn.answered_by is AnsweredBy.CHOICE


def test_after_a_day_the_numbers_mean_nothing_any_more() -> None:
    turn = respond("2", asked_which(at=timedelta(hours=25)))
    assert turn.replies == (say("no_list", EN),)


def test_stop_and_danger_come_before_the_question() -> None:
    assert respond("stop", asked_which()).answered_by is AnsweredBy.KEYWORD
    assert respond(DANGER, asked_which()).answered_by is AnsweredBy.SAFETY


def test_after_danger_a_number_picks_nothing_and_more_asks_again() -> None:
    turn = respond(DANGER, asked_which("rent", "legal"))
    assert turn.replies[1] == say("after_danger_unnamed", EN)
    assert respond("1", later(turn)).replies == (say("no_list", EN),)
    turn = respond("MORE", later(turn))
    assert turn.replies == (which_need(("rent", "legal"), EN),)
    assert "Pantry 1" in respond("1", later(turn), found("rent")).replies[0]


def test_a_need_named_with_the_danger_is_what_more_goes_on_with() -> None:
    turn = respond(f"no food for days. {DANGER}", asked_which("rent", "legal"))
    assert turn.memory.after_danger == ("food",)
    assert turn.memory.question is None
    turn = respond("MORE", later(turn))
    assert "Pantry 1" in turn.replies[0]


def test_danger_from_a_number_that_opted_out_stays_silent_with_a_question_open() -> None:
    turn = respond(DANGER, asked_which(opted_out=True))
    assert turn.replies == ()
    assert [task.kind for task in turn.tasks] == [TaskKind.OPTED_OUT_DANGER]


# --- with an open check-in ----------------------------------------------------------------------


def test_a_need_that_is_not_clear_is_asked_about_in_answer_to_a_check_in() -> None:
    situation = replace(NOBODY, checkin=CHECKIN)
    turn = respond("i could use help with the house", situation, unclear("rent", "housing"))
    assert turn.checkin_answer is CheckinAnswer.NEEDS_HELP
    assert turn.replies == (which_need(("rent", "housing"), EN),)
    turn = respond("2", later(turn), found("housing"))
    assert "Pantry 1" in turn.replies[0]


def test_words_that_may_be_a_need_are_also_read_by_a_person() -> None:
    situation = replace(NOBODY, checkin=CHECKIN)
    turn = respond("mmm the house thing", situation, unclear("rent", "housing"))
    assert turn.checkin_answer is CheckinAnswer.UNCLEAR
    question = which_need(("rent", "housing"), EN)
    assert turn.replies == (f"{say('checkin_read', EN)}\n{question}",)
    assert [task.kind for task in turn.tasks] == [TaskKind.CALL_BACK]


def test_a_check_in_that_came_after_the_question_is_what_a_number_answers() -> None:
    turn = respond("1", asked_which(checkin=CHECKIN, at=timedelta(hours=2)))
    assert turn.checkin_answer is CheckinAnswer.BETTER
    earlier = OpenCheckIn("checkin-1", MORNING - timedelta(hours=3))
    turn = respond("1", asked_which(checkin=earlier), found("rent"))
    assert turn.checkin_answer is None
    assert turn.memory.needs == ("rent",)


def test_in_spanish_a_miss_and_something_else_are_spanish() -> None:
    turn = respond("otra cosa", asked_which(language=ES))
    assert turn.replies == (say("clarify_else", ES),)
    turn = respond("no entiendo nada de esto", later(turn), unclear())
    assert turn.replies == (say("second_miss", ES),)


def test_an_unclear_text_that_names_several_needs_is_taken_to_mean_all_of_them() -> None:
    talk, rasa = conversation(unclear("food", "rent"))
    rasa.answers.append((found("food", "rent"),))
    rasa.ranking = (("rent", 0.5), ("food", 0.4), ("legal", 0.05))
    turn = talk.respond_to("need food and help paying rent", NOBODY)
    first, second = rasa.asked
    assert second["metadata"]["chosen_need"] == "food"
    assert second["metadata"]["also_chosen"] == ["rent"]
    assert second["message_id"] != first["message_id"]
    assert turn.understood.offered == ()
    assert turn.memory.needs == ("food", "rent")
