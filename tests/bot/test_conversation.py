"""The order that every text passes through, and what comes out of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.checkin_answers import CheckinAnswer
from bot.safety.replies import approved
from bot.safety.screen import screen
from bot.turn import ConsentChange, Situation
from bot.wording import say
from directory.conversations.memory import Memory
from directory.messages.models import AnsweredBy
from directory.search import Query
from directory.tasks.models import TaskKind
from tests.bot.talking import (
    CHECKIN,
    DANGER,
    EN,
    ES,
    NOBODY,
    after_a_list,
    conversation,
    found,
    respond,
)
from tests.factories import a_search
from tests.fakes import MORNING

# --- danger comes before everything -------------------------------------------------------------


@pytest.mark.parametrize(
    "situation",
    [
        NOBODY,
        replace(NOBODY, checkin=CHECKIN),
        after_a_list(),
        replace(NOBODY, memory=Memory(needs=("rent",))),
    ],
    ids=["nothing open", "an open check-in", "a list to choose from", "a need asked"],
)
def test_danger_is_answered_with_the_approved_reply_and_a_task_whatever_is_open(
    situation: Situation,
) -> None:
    talk, rasa = conversation(down=True)
    turn = talk.respond_to(DANGER, situation)
    danger = screen(DANGER)
    assert danger is not None
    assert turn.replies[0] == approved(danger.risk, EN).text
    assert [task.kind for task in turn.tasks] == [TaskKind.DANGER]
    assert turn.answered_by is AnsweredBy.SAFETY
    assert rasa.asked == []


@pytest.mark.parametrize("text", [f"STOP {DANGER}", f"{DANGER}. stop", f"MORE {DANGER}"])
def test_a_keyword_inside_danger_does_not_silence_it(text: str) -> None:
    turn = respond(text)
    assert turn.answered_by is AnsweredBy.SAFETY
    assert turn.consent is None
    assert turn.replies


def test_danger_in_spanish_is_answered_in_spanish() -> None:
    turn = respond("me quiero matar esta noche")
    assert "988" in turn.replies[0]
    assert turn.memory.language == ES


def test_danger_off_shift_says_when_a_person_reads() -> None:
    turn = respond(DANGER, replace(NOBODY, on_shift=False))
    danger = screen(DANGER)
    assert danger is not None
    assert turn.replies[0] == approved(danger.risk, EN, on_shift=False).text


def test_danger_from_a_number_that_opted_out_sends_nothing_and_calls_a_person() -> None:
    turn = respond(DANGER, replace(NOBODY, opted_out=True))
    assert turn.replies == ()
    assert [task.kind for task in turn.tasks] == [TaskKind.OPTED_OUT_DANGER]


def test_danger_as_the_answer_to_a_check_in_closes_it() -> None:
    assert respond(DANGER, replace(NOBODY, checkin=CHECKIN)).checkin_answer == "crisis"


def test_after_danger_the_need_is_kept_and_more_goes_on_with_it() -> None:
    talk, _ = conversation(down=True)
    situation = replace(NOBODY, memory=Memory(needs=("food",), place="60540"))
    turn = talk.respond_to(DANGER, situation)
    assert turn.replies[1] == say("after_danger", EN, needs="food or groceries")
    turn = talk.respond_to("MORE", replace(situation, memory=turn.memory))
    assert "Pantry 1" in turn.replies[0]
    assert turn.memory.after_danger == ()
    assert turn.memory.place == "60540"


def test_after_danger_a_need_that_could_give_somebody_away_is_not_named() -> None:
    talk, _ = conversation(down=True)
    for need in ("lgbtq", "domestic_violence", "a need of an older version"):
        situation = replace(NOBODY, memory=Memory(needs=("food", need), place="60540"))
        turn = talk.respond_to(DANGER, situation)
        assert turn.replies[1] == say("after_danger_unnamed", EN)
        assert turn.memory.after_danger == ("food", need)


# --- keywords and silence -----------------------------------------------------------------------


def test_stop_is_confirmed_once_and_then_there_is_silence_until_start() -> None:
    talk, rasa = conversation()
    turn = talk.respond_to("STOP", NOBODY)
    assert (turn.replies, turn.consent) == ((say("stopped", EN),), ConsentChange.STOP)
    silent = replace(NOBODY, opted_out=True)
    for text in ("STOP", "food 60540", "HELP", "1", "", "hello?"):
        assert talk.respond_to(text, silent).replies == ()
    turn = talk.respond_to("START", silent)
    assert (turn.replies, turn.consent) == ((say("started", EN),), ConsentChange.START)
    assert rasa.asked == []


def test_stop_comes_before_an_open_check_in_and_a_list() -> None:
    for situation in (replace(NOBODY, checkin=CHECKIN), after_a_list()):
        assert respond("Stop.", situation).consent is ConsentChange.STOP


def test_help_names_both_lines_in_both_languages() -> None:
    for text, language in (("HELP", EN), ("AYUDA", ES)):
        (reply,) = respond(text, replace(NOBODY, language=language)).replies
        assert "911" in reply
        assert "988" in reply


# --- check-ins ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answer", "key"),
    [
        ("1", CheckinAnswer.BETTER, "checkin_better"),
        ("3", CheckinAnswer.CALL_ME, "person"),
        ("wrong number", CheckinAnswer.WRONG_PERSON, "checkin_wrong_person"),
    ],
)
def test_the_answer_to_an_open_check_in_needs_no_rasa(
    text: str, answer: CheckinAnswer, key: str
) -> None:
    talk, rasa = conversation(down=True)
    turn = talk.respond_to(text, replace(NOBODY, checkin=CHECKIN))
    assert turn.checkin_answer is answer
    assert turn.replies == (say(key, EN),)
    assert rasa.asked == []


def test_asking_for_a_call_or_being_worse_opens_a_task() -> None:
    for text in ("3", "worse"):
        turn = respond(text, replace(NOBODY, checkin=CHECKIN))
        assert [task.kind for task in turn.tasks] == [TaskKind.CALL_BACK]


def test_a_wrong_person_is_left_alone() -> None:
    turn = respond("wrong number", replace(NOBODY, checkin=CHECKIN))
    assert turn.consent is ConsentChange.WRONG_PERSON


def test_a_need_in_answer_to_a_check_in_is_served() -> None:
    turn = respond("2, food 60540", replace(NOBODY, checkin=CHECKIN), found("food"))
    assert turn.checkin_answer is CheckinAnswer.NEEDS_HELP
    assert "Pantry 1" in turn.replies[0]


def test_help_wanted_without_saying_what_is_asked_for() -> None:
    turn = respond("2", replace(NOBODY, checkin=CHECKIN))
    assert turn.replies == (say("checkin_needs_help", EN),)


def test_an_answer_that_nobody_understands_is_read_by_a_person() -> None:
    turn = respond("mmm qwerty", replace(NOBODY, checkin=CHECKIN))
    assert turn.checkin_answer is CheckinAnswer.UNCLEAR
    assert [task.kind for task in turn.tasks] == [TaskKind.CALL_BACK]


def test_a_number_speaks_of_whatever_came_last() -> None:
    checkin_first = after_a_list(checkin=CHECKIN)
    assert respond("1", checkin_first).answered_by is AnsweredBy.CHOICE
    list_first = after_a_list(at=timedelta(hours=2), checkin=CHECKIN)
    assert respond("1", list_first).answered_by is AnsweredBy.CHECKIN


# --- choices ------------------------------------------------------------------------------------


def test_more_shows_the_next_ones_and_then_says_that_there_are_no_more() -> None:
    situation = after_a_list()
    turn = respond("MORE", situation)
    assert "4 Pantry 4" in turn.replies[0]
    assert "5 Pantry 5" in turn.replies[0]
    assert turn.memory.shown == 5
    turn = respond("mas", replace(situation, memory=turn.memory))
    assert "211" in turn.replies[0]


@pytest.mark.parametrize("text", ["2", "2 info"])
def test_a_number_gives_the_details_of_that_service(text: str) -> None:
    (reply,) = respond(text, after_a_list()).replies
    assert "Pantry 2" in reply
    assert "630-555-0102" in reply
    assert "2 Example St." in reply


@pytest.mark.parametrize("text", ["4", "9", "99"])
def test_a_number_that_was_not_shown_is_told_the_range(text: str) -> None:
    assert respond(text, after_a_list()).replies == (say("pick_unknown", EN, last=3),)


def test_a_choice_without_a_list_says_what_to_text() -> None:
    for text in ("2", "MORE"):
        assert respond(text).replies == (say("no_list", EN),)


# --- needs, in words ----------------------------------------------------------------------------


def test_what_rasa_finds_is_shown_and_remembered() -> None:
    turn = respond("no groceries 60540", NOBODY, found("food"))
    assert turn.answered_by is AnsweredBy.RASA
    assert turn.tracked
    assert turn.replies[0].startswith("1 Pantry 1: 630-555-0101")
    assert (turn.memory.needs, turn.memory.place, turn.memory.shown) == (("food",), "60540", 3)


def test_only_the_place_that_is_lacking_is_asked_for() -> None:
    turn = respond("I need food", NOBODY, {"ask": "place", "needs": ["food"]})
    assert turn.replies == (say("ask_place", EN, needs="food or groceries"),)
    assert turn.memory.needs == ("food",)


def test_two_needs_of_which_one_is_served_by_nobody_are_both_spoken_of() -> None:
    query = Query(needs=("food", "grief"), place="60540", at=MORNING)
    result = a_search(unserved=("grief",))(query).as_json()
    turn = respond("food and grief", NOBODY, {"found": {"result": result}})
    assert "211" in turn.replies[0]
    assert "MORE" in turn.replies[0]
    assert "Pantry 1" in turn.replies[1]


def test_an_unserved_need_gets_no_filler_and_more_goes_on_with_the_nearest() -> None:
    talk, _ = conversation(down=True, unserved=("grief",))
    query = Query(needs=("grief",), place="60540", at=MORNING)
    result = talk.search(query).as_json()
    turn = respond("grief", NOBODY, {"found": {"result": result}})
    assert len(turn.replies) == 1
    assert "211" in turn.replies[0]
    assert "Pantry" not in turn.replies[0]
    turn = talk.respond_to("MORE", replace(NOBODY, memory=turn.memory))
    assert "Pantry 1" in turn.replies[0]
    assert turn.memory.needs == ("information",)


def test_asking_for_a_person_opens_a_task() -> None:
    turn = respond("can I talk to somebody", NOBODY, {"say": "person"})
    assert [task.kind for task in turn.tasks] == [TaskKind.CALL_BACK]


def test_the_language_follows_the_text_and_is_remembered() -> None:
    turn = respond("necesito comida por favor", NOBODY, found("food"))
    assert turn.memory.language == ES
    assert "Responda" in turn.replies[0]
    turn = respond("1", replace(NOBODY, language=ES, memory=turn.memory))
    assert "Despensa" in turn.replies[0]


# --- Rasa sees little, and may be gone ----------------------------------------------------------


def test_rasa_sees_an_opaque_id_and_redacted_text_only() -> None:
    talk, rasa = conversation(found("food"))
    situation = replace(NOBODY, memory=Memory(place="60540", needs=("rent",)))
    talk.respond_to("my name is Maria Example, call 630-555-0142 or a@b.org, food", situation)
    (asked,) = rasa.asked
    assert asked["sender"] == "person-1"
    assert asked["message_id"] == "message-1"
    assert "food" in asked["text"]
    for secret in ("Maria", "555", "0142", "a@b.org"):
        assert secret not in str(asked)
    assert asked["metadata"] == {
        "language": "en",
        "place": "60540",
        "needs": ["rent"],
        "now": MORNING.isoformat(),
    }


def test_without_rasa_the_directorys_own_search_answers() -> None:
    turn = respond("I need food 60540", down=True)
    assert turn.answered_by is AnsweredBy.FALLBACK
    assert "Pantry 1" in turn.replies[0]
    assert turn.tracked  # it was asked, and may have stored the text before it failed


def test_without_rasa_the_place_is_asked_for_and_then_used() -> None:
    talk, _ = conversation(down=True)
    turn = talk.respond_to("I need food", NOBODY)
    assert turn.replies == (say("ask_place", EN, needs="food or groceries"),)
    turn = talk.respond_to("60540", replace(NOBODY, memory=turn.memory))
    assert "Pantry 1" in turn.replies[0]


def test_what_cannot_be_understood_without_rasa_is_held_and_not_counted_as_a_miss() -> None:
    turn = respond("qwerty uiop", down=True)
    assert turn.answered_by is AnsweredBy.HOLDING
    assert turn.replies == (say("holding", EN),)
    assert turn.memory.misses == 0
