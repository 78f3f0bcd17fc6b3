"""A question right after a list is answered of the service that is meant, and of no other."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.listing_turns import opened
from bot.report_deeds import ReportListing
from bot.sms.segments import segments
from bot.turn import Clinician, ConsentChange, Situation, Turn
from bot.wording import say
from directory.conversations.memory import AboutList, Memory
from directory.freshness.models import Reported
from directory.messages.models import AnsweredBy
from directory.search import FindResult, Query
from tests.bot.talking import (
    CHECKIN,
    DANGER,
    EN,
    ES,
    NOBODY,
    after_a_list,
    conversation,
    later,
    respond,
)
from tests.factories import a_match
from tests.fakes import MORNING

PANTRY = a_match(
    1,
    languages=("en", "es"),
    opening_hours="Mo-Fr 09:00-17:00",
    cost={"en": "Free", "es": "Gratis"},
    apply={"en": "Bring ID. Walk in.", "es": "Traiga identificacion. Llegue sin cita."},
    eligibility={"en": "All genders.", "es": "Todas las personas."},
)


def listed(*matches: Any, shown: int = 3, **changes: Any) -> Situation:
    result = FindResult(Query(needs=("food",), at=MORNING), matches=matches).as_json()
    memory = Memory(results=result, shown=shown, results_at=MORNING, needs=("food",))
    return replace(NOBODY, memory=memory, **changes)


ONE = listed(PANTRY, shown=1)
THREE = listed(PANTRY, *(a_match(number) for number in (2, 3, 4)))


def talk(situation: Situation, *texts: str) -> Turn:
    """The turn for the last of these texts."""
    speaking, _ = conversation()
    for text in texts:
        turn = speaking.respond_to(text, situation)
        situation = later(turn, situation)
    return turn


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("do they speak spanish", "Pantry 1: yes, they speak Spanish. 630-555-0101"),
        ("is it open sunday", "Pantry 1: Sun 3/22: closed. Hours: Mon-Fri 9am-5pm"),
        ("is it free", "Pantry 1: Free"),
        ("whats their address", "Pantry 1: 1 Example St., Naperville. 630-555-0101"),
        ("phone number", "Pantry 1: 630-555-0101"),
        ("what do i need to bring", "Pantry 1: Bring ID."),
        ("can i walk in", "Pantry 1: Bring ID. Walk in."),
        ("is that for women", "Pantry 1: All genders. To be sure, call first: 630-555-0101"),
        ("es gratis?", "Pantry 1: Gratis"),
        ("hablan español", "Pantry 1: si, hablan español. 630-555-0101"),
        ("hablan ingles?", "Pantry 1: si, hablan ingles. 630-555-0101"),
    ],
)
def test_the_only_service_of_a_list_is_asked_about(text: str, said: str) -> None:
    turn = respond(text, ONE)
    assert turn.replies == (said,)
    assert turn.answered_by is AnsweredBy.CHOICE


@pytest.mark.parametrize("text", ["do they take medicaid", "do they take dogs", "aceptan perros"])
def test_what_a_listing_does_not_say_is_not_guessed(text: str) -> None:
    (reply,) = respond(text, ONE).replies
    assert reply in [
        say("answer_ask_them", language, name="Pantry 1", contact="630-555-0101")
        for language in (EN, ES)
    ]


def test_a_question_about_one_of_several_asks_which_and_the_number_answers() -> None:
    turn = talk(THREE, "do they speak spanish")
    assert turn.replies == ("Which one do you mean? Reply 1, 2 or 3.",)
    assert turn.memory.language == EN
    turn = talk(THREE, "do they speak spanish", "1")
    assert "speak Spanish" in turn.replies[0]
    # From here on it is the one that is meant, and a bare number opens details again.
    assert "Free" in talk(THREE, "do they speak spanish", "1", "is it free").replies[0]
    assert "Example House" in talk(THREE, "do they speak spanish", "1", "2").replies[0]


def test_the_one_opened_last_or_named_by_its_number_is_meant() -> None:
    assert "Pantry 2" in talk(THREE, "2", "phone number").replies[0]
    assert "Pantry 3" in talk(THREE, "2", "phone number for 3").replies[0]
    assert "Pantry 2" in talk(THREE, "1", "2", "donde queda").replies[0]
    assert "Which" in talk(THREE, "1", "more", "address").replies[0]


@pytest.mark.parametrize(
    "text", ["food in aurora", "free food in aurora", "español por favor", "can you speak spanish"]
)
def test_a_new_search_or_a_word_to_us_is_not_about_the_list(text: str) -> None:
    speaking, rasa = conversation()
    speaking.respond_to(text, ONE)
    assert len(rasa.asked) == 1


def test_only_a_recent_list_is_asked_about() -> None:
    speaking, rasa = conversation()
    speaking.respond_to("is it free there", replace(ONE, now=MORNING + timedelta(days=2)))
    speaking.respond_to("phone number", NOBODY)
    assert len(rasa.asked) == 2


def test_danger_and_stop_come_first() -> None:
    assert respond(f"nobody answered. {DANGER}", ONE).answered_by is AnsweredBy.SAFETY
    assert respond("stop", THREE).consent is ConsentChange.STOP


def test_with_a_check_in_open_the_newer_list_is_meant() -> None:
    turn = respond("is it open sunday", replace(ONE, checkin=CHECKIN))
    assert "Sun" in turn.replies[0]
    assert turn.checkin_answer is None


@pytest.mark.parametrize(
    "text", ["nobody answered", "no contestan", "they said no", "me dijeron que no califico"]
)
def test_when_one_came_to_nothing_the_next_is_given(text: str) -> None:
    turn = talk(THREE, "1", text)
    assert "2 Pantry 2: 630-555-0102" in turn.replies[0]
    assert turn.deeds == ()
    assert turn.tasks == ()
    assert segments(turn.replies[0]) <= 2


def test_one_after_the_other_comes_to_nothing_until_none_is_left() -> None:
    no = "nobody picks up"
    assert "4 Pantry 4" in talk(THREE, "2", no, no).replies[0]
    assert "4 Pantry 4" in talk(THREE, "none of them answered").replies[0]
    assert "1 Pantry 1" in talk(THREE, "2", no, no, no).replies[0]
    assert talk(THREE, "2", no, no, no, no).replies == (say("answer_none_left", EN),)
    assert "Pantry 4" in talk(THREE, "3", no, "4").replies[0]


def test_which_number_is_dead_is_asked_before_it_is_reported() -> None:
    assert "Which" in talk(THREE, "wrong number").replies[0]
    turn = talk(THREE, "wrong number", "3")
    assert turn.deeds == (ReportListing("service-3", Reported.WRONG_NUMBER, "wrong number"),)
    assert "4 Pantry 4" in turn.replies[0]
    assert turn.consent is None


def test_a_clinicians_report_is_a_colleagues() -> None:
    on_site = replace(ONE, clinician=Clinician("staff-1"))
    (deed,) = respond("the number is disconnected", on_site).deeds
    assert deed == ReportListing(
        "service-1", Reported.WRONG_NUMBER, "the number is disconnected", "staff-1"
    )


def test_numbers_that_the_list_does_not_have_mean_nothing() -> None:
    turn = respond("is number 7 open sunday", THREE)
    assert "Pantry" not in turn.replies[0]


def test_the_memory_of_a_list_survives_being_stored() -> None:
    memory = opened(Memory(), 2, datetime.fromisoformat("2026-03-18T15:00:00+00:00"))
    about = AboutList(opened=2, asked="is it free", tried=(1, 3))
    memory = replace(memory, about_list=about)
    assert Memory.from_text(memory.as_text()) == memory


def test_no_call_comes_of_a_wrong_number_on_the_list() -> None:
    turn = respond("wrong number", after_a_list())
    assert turn.tasks == ()
