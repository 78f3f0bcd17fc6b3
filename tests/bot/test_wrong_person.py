"""Who is silenced for good has said so plainly; who asks, errs or tells of a death is read by a
person. And a 3 that we have offered brings a call."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.checkin_answers import asks_who, is_surely_wrong_person, tells_of_death
from bot.rasa_client import Look, Seen
from bot.turn import Clinician, ConsentChange, Situation, Turn
from bot.wording import say
from directory import database
from directory.checkins import queries as checkins
from directory.checkins.models import CheckIn, CheckInStatus
from directory.database import Database
from directory.tasks.models import TaskKind
from tests.bot.talking import CHECKIN, EN, ES, NOBODY, after_a_list, conversation, later, respond
from tests.bot.texting import Texting
from tests.factories import met, visited
from tests.fakes import MORNING

ASKED = replace(NOBODY, checkin=CHECKIN)
ANSWERED = {"checkin": None, "now": MORNING + timedelta(minutes=5)}


def kinds(turn: Turn) -> list[TaskKind]:
    return [task.kind for task in turn.tasks]


@pytest.mark.parametrize(
    "text",
    [
        "no es facil",
        "no soy feliz, estoy muy sola",
        "ya no es igual sin el",
        "aqui no hay comida",
        "my husband doesnt live here anymore and im doing better",
        "they dont have any beds",
        "my mom doesnt have her meds",
        "the number you gave me is the wrong number",
        "i called the clinic and its the wrong number",
        "I just got a new phone but I need help",
        "its not her fault",
        "who is this",
        "quien es?",
    ],
)
def test_an_answer_that_only_sounds_like_it_silences_nobody(text: str) -> None:
    turn = respond(text, ASKED)
    assert turn.consent in (None, ConsentChange.NO_CHECKINS)
    assert turn.replies


@pytest.mark.parametrize(
    "text",
    [
        "wrong number",
        "sorry, wrong person",
        "who is this? wrong person",
        "im not her",
        "no soy esa persona",
        "numero equivocado",
        "just got this number",
        "WRONG NUMBER",
        "NUMERO EQUIVOCADO",
    ],
)
def test_who_says_so_plainly_gets_no_more_texts_and_staff_looks_for_the_number(text: str) -> None:
    assert is_surely_wrong_person(text)
    turn = respond(text, ASKED)
    assert turn.consent is ConsentChange.WRONG_PERSON
    assert "START" in turn.replies[0]  # the way back
    assert kinds(turn) == [TaskKind.SEND_FAILED]


@pytest.mark.parametrize("text", ["wrong person", "this is the wrong number", "numero equivocado"])
def test_it_counts_with_nothing_open_too(text: str) -> None:
    assert respond(text).consent is ConsentChange.WRONG_PERSON
    assert respond(text, replace(NOBODY, clinician=Clinician("staff-1"))).consent is None


def test_but_not_about_a_number_of_the_last_list() -> None:
    assert respond("wrong number", after_a_list()).consent is None


@pytest.mark.parametrize("text", ["who is this", "who dis", "quien es", "de parte de quien"])
def test_who_asks_is_told_how_to_end_it_and_the_check_in_stays_open(text: str) -> None:
    assert asks_who(text)
    turn = respond(text, ASKED)
    assert turn.replies[0] in {say("checkin_who", EN), say("checkin_who", ES)}
    assert (turn.checkin_answer, turn.consent, turn.tasks) == (None, None, ())


def test_what_may_be_the_wrong_person_is_read_first() -> None:
    turn = respond("never met you", ASKED)
    assert turn.replies == (say("checkin_seems_wrong", EN),)
    assert turn.consent is ConsentChange.NO_CHECKINS
    assert kinds(turn) == [TaskKind.CALL_BACK]


@pytest.mark.parametrize("seen", ["wrong_person", "stop"])
def test_the_classifier_alone_silences_nobody(seen: str) -> None:
    talk, rasa = conversation()
    rasa.sees = Look(checkin=Seen(seen, 0.9))
    turn = talk.respond_to("pues la verdad yo que se que decirle", ASKED)
    assert turn.consent in (None, ConsentChange.NO_CHECKINS)


@pytest.mark.parametrize(
    "text",
    [
        "he died",
        "she passed away",
        "this is his wife he passed away",
        "fallecio",
        "ya fallecio mi mama, soy su hija",
    ],
)
def test_told_of_a_death_we_condole_and_ask_no_more(text: str) -> None:
    assert tells_of_death(text)
    turn = respond(text, ASKED)
    assert turn.replies[0] in {say("checkin_died", EN), say("checkin_died", ES)}
    assert turn.consent is ConsentChange.NO_CHECKINS
    assert kinds(turn) == [TaskKind.CALL_BACK]


@pytest.mark.parametrize("text", ["my mom died last week", "mi esposo fallecio"])
def test_who_has_lost_somebody_is_not_taken_for_dead(text: str) -> None:
    assert not tells_of_death(text)
    assert respond(text, ASKED).consent is None


def test_nothing_more_goes_out_until_somebody_has_read_it(any_database: Database) -> None:
    _, planned = visited()
    with database.session_scope() as session:
        first = session.get_one(CheckIn, planned[0].id)
        first.status, first.sent_at = CheckInStatus.SENT, MORNING
    Texting().text("he died")
    with database.read_scope() as session:
        left = checkins.planned(session, met())
        after = {each.reason for each in session.query(CheckIn) if each.id != planned[0].id}
    assert (list(left), after) == ([], {"answer_to_be_read"})


# --- the 3 that we have offered ----------------------------------------------------------------


@pytest.mark.parametrize("first", ["same", "2", "mmm qwerty"])
@pytest.mark.parametrize("text", ["3", "tres", "3 please", "call me"])
def test_a_3_after_we_said_what_it_brings_is_a_call(first: str, text: str) -> None:
    asked = later(respond(first, ASKED), ASKED, **ANSWERED)
    turn = respond(text, asked)
    assert kinds(turn) == [TaskKind.CALL_BACK]
    assert turn.replies[0] in {say("person", EN), say("person", ES)}


def test_it_is_not_the_third_of_a_list_from_before() -> None:
    before = after_a_list(at=timedelta(hours=3), checkin=CHECKIN)
    turn = respond("3", later(respond("same", before), before, **ANSWERED))
    assert kinds(turn) == [TaskKind.CALL_BACK]


def test_of_a_list_that_came_since_it_is_the_third() -> None:
    answered = later(respond("same", ASKED), ASKED, **ANSWERED)
    memory = after_a_list().memory
    since = replace(memory, results_at=ANSWERED["now"], call_offered_at=MORNING)
    turn = respond("3", replace(answered, memory=since))
    assert turn.tasks == ()


@pytest.mark.parametrize("hours", [0, 30])
def test_the_other_numbers_count_as_offered_for_a_day(hours: int) -> None:
    now = MORNING + timedelta(hours=hours, minutes=5)
    asked: Situation = later(respond("mmm qwerty", ASKED), ASKED, checkin=None, now=now)
    turn = respond("1", asked)
    assert (turn.replies == (say("checkin_better", EN),)) == (hours == 0)


@pytest.mark.parametrize("text", ["okay 3", "1 and 3", "1, 3", "2 and 3", "3 y 2"])
def test_a_3_beside_another_number_is_a_call(text: str) -> None:
    assert kinds(respond(text, ASKED)) == [TaskKind.CALL_BACK]
