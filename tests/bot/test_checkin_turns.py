"""What an answer to a check-in calls for, and for how long its numbers go on to mean something."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.checkin_answers import CheckinAnswer, tells_of_no_call
from bot.rasa_client import Look, Seen
from bot.turn import Situation, Turn
from bot.wording import say
from directory import database
from directory.checkins import service as checkins
from directory.database import Database
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind
from tests.bot.talking import (
    CHECKIN,
    DANGER,
    EN,
    ES,
    NOBODY,
    after_a_list,
    conversation,
    found,
    later,
    respond,
)
from tests.bot.texting import Texting, rows, task_kinds
from tests.factories import met, visited
from tests.fakes import MORNING

ASKED = replace(NOBODY, checkin=CHECKIN)
MINUTES_LATER = {"checkin": None, "now": MORNING + timedelta(minutes=5)}


def kinds(turn: Turn) -> list[TaskKind]:
    return [task.kind for task in turn.tasks]


def answered(text: str, *payload: dict[str, object], **changes: object) -> Situation:
    """Minutes after this answer."""
    return later(respond(text, ASKED, *payload), ASKED, **(MINUTES_LATER | changes))


# --- the numbers of a check-in that has been answered ---------------------------------------------


@pytest.mark.parametrize("first", ["1", "fine", "okay", "bien", "2", "worse", "same", "3"])
@pytest.mark.parametrize("text", ["3", "3 please", "tres", "ok 3", "call me", "llameme"])
def test_a_3_after_any_answer_is_a_call(first: str, text: str) -> None:
    turn = respond(text, answered(first))
    assert kinds(turn) == [TaskKind.CALL_BACK]
    assert turn.replies[0] in {say("person", EN), say("person", ES)}


@pytest.mark.parametrize(("text", "key"), [("2", "checkin_needs_help"), ("1", "checkin_better")])
def test_so_do_the_other_numbers(text: str, key: str) -> None:
    assert respond(text, answered("1")).replies == (say(key, EN),)
    # Of the list from before the check-in nobody thinks any more.
    before = after_a_list(at=timedelta(hours=3), checkin=CHECKIN)
    since = later(respond("1", before), before, **MINUTES_LATER)
    assert respond(text, since).replies == (say(key, EN),)


def test_a_need_that_was_named_but_not_listed_leaves_the_3() -> None:
    asked_where = answered("2 i need food", {"ask": "place", "needs": ["food"]})
    assert kinds(respond("3", asked_where)) == [TaskKind.CALL_BACK]
    assert respond("2", asked_where).replies != (say("checkin_needs_help", EN),)


def test_of_the_list_that_answered_it_a_3_is_the_third() -> None:
    listed = answered("2, food 60540", found("food"))
    turn = respond("3", listed)
    assert "Pantry 3" in turn.replies[0]
    assert turn.tasks == ()


def test_of_a_question_that_answered_it_the_numbers_are_its_own() -> None:
    talk, rasa = conversation()
    rasa.sees = Look(checkin=Seen("worse", 0.9))
    rasa.ranking = (("food", 0.5), ("rent", 0.4), ("housing", 0.35))
    turn = talk.respond_to("its all worse since the landlord came by", ASKED)
    assert turn.memory.question is not None
    third = respond("3", later(turn, ASKED, **MINUTES_LATER), found("housing"))
    assert "Pantry" in third.replies[0]
    assert third.tasks == ()


@pytest.mark.parametrize("text", ["3", "2"])
def test_a_day_later_or_after_danger_they_mean_nothing(text: str) -> None:
    next_day = answered("1", now=MORNING + timedelta(hours=25))
    assert respond(text, next_day).replies == (say("no_list", EN),)
    danger = respond(DANGER, answered("1"))
    after = replace(answered("1"), memory=danger.memory, now=MORNING + timedelta(minutes=9))
    assert respond(text, after).replies == (say("no_list", EN),)


@pytest.mark.parametrize(
    "text", ["can i call a food pantry", "who can i call about rent", "a donde llamo por comida"]
)
def test_a_need_in_the_hours_after_an_answer_is_no_request_for_a_call(text: str) -> None:
    turn = respond(text, answered("1"), found("food"))
    assert turn.tasks == ()
    assert "Pantry" in turn.replies[0]


@pytest.mark.parametrize("first", ["wrong number", "he died", "never met you"])
def test_who_is_not_the_person_is_offered_no_call(first: str) -> None:
    assert respond("3", answered(first)).tasks == ()


def test_asked_for_twice_it_is_one_call(any_database: Database) -> None:
    _, planned = visited()
    with database.session_scope() as session:
        checkins.mark_sent(session, planned[0].id, now=MORNING)
    texting = Texting()
    for text in ("1", "3", "3 please"):
        (reply,) = texting.text(text)
    assert reply == say("person", EN)
    assert task_kinds() == [TaskKind.CALL_BACK]


def test_the_answer_on_record_stays_what_it_was() -> None:
    assert respond("1", ASKED).checkin_answer is CheckinAnswer.BETTER


# --- a call that was promised and did not come ----------------------------------------------------

NO_CALL = [
    "no one called me back", "nobody called me", "Nobody has called", "still waiting for that call",
    "no one ever called me like you said", "you never called me back", "yall never called",
    "still no call", "i never got a call", "you said someone would call me",
    "im still waiting on someone to call me",
    "where is my call", "the lady you said never called me",
    "nadie me llamo", "nadie me ha llamado", "no me han llamado todavía", "todavia no me llaman",
    "sigo esperando la llamada", "sigo esperando que me llamen", "nunca me llamaron",
    "dijeron que me iban a llamar", "no me regresaron la llamada", "no recibi ninguna llamada",
    "aun no me llama nadie",
]  # fmt: skip
OTHER_CALLS = [
    "still no call from the clinic", "the pantry never called me back", "no me llamo Maria",
    "todavia no me llaman de la clinica", "nobody called the landlord about my rent",
    "i never call them", "he called me names", "waiting for food", "nadie me ayuda",
    "no one calls the food pantry here", "todavia no me contestan",
]  # fmt: skip
OWED = replace(NOBODY, call_awaited=True)


@pytest.mark.parametrize("text", NO_CALL)
def test_a_call_that_did_not_come_is_promised_again_and_staff_is_told(text: str) -> None:
    assert tells_of_no_call(text)
    in_answer = respond(text, ASKED, {"say": "clarify", "needs": ["employment"]})
    assert in_answer.checkin_answer is CheckinAnswer.CALL_ME
    assert in_answer.consent is None  # the plan stays
    for turn in (in_answer, respond(text, answered("1")), respond(text, OWED)):
        assert kinds(turn) == [TaskKind.CALL_BACK]
        assert "did not come" in (turn.tasks[0].note or "")
        assert turn.replies[0] in {say("person", EN), say("person", ES)}


@pytest.mark.parametrize("text", OTHER_CALLS)
def test_somebody_elses_call_is_none_of_ours(text: str) -> None:
    assert not tells_of_no_call(text)


@pytest.mark.parametrize("text", ["when is someone going to call me", "cuando me van a llamar"])
def test_who_asks_when_a_call_that_is_owed_will_come_is_promised_it_again(text: str) -> None:
    assert kinds(respond(text, OWED)) == [TaskKind.CALL_BACK]
    assert respond(text).tasks == ()


def test_where_no_call_was_promised_it_is_understood_as_any_text() -> None:
    assert respond("no one called me back").tasks == ()


def test_danger_that_only_the_classifier_sees_comes_before_it() -> None:
    talk, rasa = conversation()
    rasa.sees = Look(danger=Seen("suicide", 0.9, raised=True))
    turn = talk.respond_to("no one ever called me like you said", OWED)
    assert kinds(turn) == [TaskKind.DANGER]


def test_it_is_noted_on_the_call_that_waits(any_database: Database) -> None:
    texting, person_id, kind = Texting(), met(), TaskKind.CALL_BACK
    with database.session_scope() as session:
        tasks.open_task(session, kind, person_id=person_id, note="First.", now=MORNING)
    assert texting.text("nobody called me back") == [say("person", EN)]
    (task,) = rows(Task)
    assert "First." in task.note
    assert "did not come" in task.note


# --- a bare yes or no -----------------------------------------------------------------------------


@pytest.mark.parametrize("say_what", [{"say": "goodbye"}, {"ask": "need"}])
@pytest.mark.parametrize(
    "text", ["no", "No.", "nope", "nah", "no thanks", "yes", "yes please", "si", "no gracias"]
)
def test_a_bare_yes_or_no_to_how_things_are_is_asked_about(
    text: str, say_what: dict[str, str]
) -> None:
    turn = respond(text, ASKED, say_what)
    assert turn.checkin_answer is CheckinAnswer.UNCLEAR
    assert kinds(turn) == [TaskKind.CALL_BACK]
    assert turn.replies[0] in {say("checkin_unclear", EN), say("checkin_unclear", ES)}
    after = later(turn, ASKED, **MINUTES_LATER)
    assert kinds(respond("3", after)) == [TaskKind.CALL_BACK]


@pytest.mark.parametrize("text", ["not today", "bye", "nothing more for today i think"])
def test_nothing_is_taken_for_a_goodbye_then(text: str) -> None:
    turn = respond(text, ASKED, {"say": "goodbye"})
    assert turn.replies == (say("checkin_unclear", EN),)
    assert kinds(turn) == [TaskKind.CALL_BACK]


@pytest.mark.parametrize(("text", "answer"), [("ok", "better"), ("no bien", "worse")])
def test_what_says_more_than_that_is_read_as_it_says(text: str, answer: str) -> None:
    assert respond(text, ASKED).checkin_answer == answer


@pytest.mark.parametrize(
    "text",
    [
        "llámame",
        "Llámame por favor",
        "llámeme",
        "call me back",
        "please call back",
        "quiero que me llamen",
        "marcame",
        "necesito que me llamen",
        "could you please give me a ring tomorrow",
    ],
)
def test_who_asks_to_be_called_is_called_also_without_a_check_in(text: str) -> None:
    turn = respond(text)
    assert kinds(turn) == [TaskKind.CALL_BACK]
    assert turn.tasks[0].note == "Asked to be called."
    assert turn.checkin_answer is None
    assert turn.replies[0] in (say("person", EN), say("person", ES))


@pytest.mark.parametrize(
    "text",
    ["can i call a food pantry", "call me crazy but i need food", "i need to talk about rent"],
)
def test_who_names_a_need_is_served(text: str) -> None:
    assert TaskKind.CALL_BACK not in kinds(respond(text))
