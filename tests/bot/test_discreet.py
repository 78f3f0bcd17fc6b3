"""A phone that somebody else may hold is told nothing of who writes, or why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.discreet import asks_about_us
from bot.turn import Clinician, Situation
from bot.wording import say
from directory import database
from directory.checkins import service as checkins
from directory.checkins.models import CheckIn
from directory.database import Database
from directory.languages import Language
from directory.people.models import Person
from directory.visits.models import Visit
from tests.bot.talking import DANGER, EN, ES, NOBODY, respond
from tests.bot.texting import Texting, task_kinds
from tests.bot.wording.test_sentences import REVEALING
from tests.factories import visited
from tests.fakes import MORNING

UNNAMED = replace(NOBODY, unnamed=True)
ASKS = [
    "who is this", "Who are you??", "who r u", "whos this", "who is texting me", "what is this",
    "what number is this", "whose number is this", "why are you texting me", "is this the police",
    "how did you get my number", "where are you texting from", "are you a bot",
    "who gave you my number", "what is this about", "who sent me this",
    "what kind of place is this",
]  # fmt: skip
PREGUNTAS = [
    "quien es", "¿Quién es?", "quienes son ustedes", "quien me escribe", "de parte de quien",
    "que es esto", "de quien es este numero", "que numero es este", "por que me escriben",
    "son de la policia", "como consiguieron mi numero", "con quien hablo", "es un robot",
    "quien les dio mi numero",
]  # fmt: skip


@pytest.mark.parametrize("text", [*ASKS, *PREGUNTAS])
def test_a_question_who_we_are_is_one(text: str) -> None:
    assert asks_about_us(text)


@pytest.mark.parametrize(
    "text",
    [
        "what kind of help is there",
        "who can help me with rent",
        "what is the number of the food pantry",
        "who do i call about my landlord",
        "is there a shelter near me",
        "why did they cut my power",
        "i need a lawyer",
        "quien me puede ayudar con la renta",
        "que numero tiene la despensa",
        "donde esta la clinica",
        "por que me cortaron la luz",
        "a quien llamo para comida",
    ],
)
def test_a_question_for_help_is_none(text: str) -> None:
    assert not asks_about_us(text)


def test_who_asks_from_such_a_phone_learns_no_name_and_rasa_is_not_asked() -> None:
    assert respond("who is this", UNNAMED, down=True).replies == (say("unnamed_who", EN),)
    assert respond("¿quién es?", UNNAMED, down=True).replies == (say("unnamed_who", ES),)


@pytest.mark.parametrize(
    ("key", "instead"), [("who_are_you", "unnamed_who"), ("greeting", "unnamed_start")]
)
def test_nor_where_only_rasa_sees_what_is_asked(key: str, instead: str) -> None:
    assert respond("and you be", UNNAMED, {"say": key}).replies == (say(instead, EN),)
    assert respond("and you be", NOBODY, {"say": key}).replies == (say(key, EN),)


@pytest.mark.parametrize(("text", "language"), [("HELP", EN), ("info", EN), ("AYUDA", ES)])
def test_help_still_names_sender_way_out_and_both_lines(text: str, language: Language) -> None:
    (reply,) = respond(text, UNNAMED).replies
    assert reply == say("unnamed_help", language)
    for required in ("Handoff", "STOP", "911", "988"):
        assert required in reply
    assert respond(text).replies == (say("help", language),)


@pytest.mark.parametrize("text", ["", "?!"])
def test_a_text_without_words_calls_forth_no_name(text: str) -> None:
    assert respond(text, UNNAMED).replies == (say("unnamed_start", EN),)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "key", ["unnamed_who", "unnamed_start", "unnamed_help", "safety_who", "safety_unclear"]
)
def test_what_is_said_then_tells_nobody_who_writes_or_why(key: str, language: Language) -> None:
    required = {"unnamed_help": {"handoff", "911", "988"}, "unnamed_start": {"ciudad"}}
    text = say(key, language).casefold()
    assert {word for word in REVEALING if word in text} <= required.get(key, set())


def test_danger_and_needs_are_answered_as_ever() -> None:
    assert respond(DANGER, UNNAMED).replies == respond(DANGER).replies
    asked = {"ask": "place", "needs": ["food"]}
    assert respond("i need food", UNNAMED, asked).replies == respond("food", NOBODY, asked).replies


def test_a_colleague_who_asks_for_help_gets_theirs() -> None:
    colleague: Situation = replace(NOBODY, clinician=Clinician("staff-1"))
    assert respond("HELP", colleague).replies != (say("unnamed_help", EN),)


# --- whose phone that is --------------------------------------------------------------------------


def known(**changes: object) -> str:
    _, planned = visited()
    with database.session_scope() as session:
        person = session.get_one(Person, planned[0].person_id)
        for field, value in changes.items():
            setattr(person, field, value)
    return planned[0].id


def after_violence() -> str:
    checkin_id = known()
    with database.session_scope() as session:
        session.get_one(
            Visit, session.get_one(CheckIn, checkin_id).visit_id
        ).call_type = "domestic_violence"
    return checkin_id


def asked_whether_it_is_a_good_time(checkin_id: str) -> None:
    with database.session_scope() as session:
        checkin = session.get_one(CheckIn, checkin_id)
        checkin.safe_first = checkin.safety_asked = True
        checkins.mark_sent(session, checkin_id, now=MORNING)


@pytest.mark.parametrize(
    "changes", [{"number_shared": True}, {"safe_to_text": False}, {"code_word": "bluebird"}]
)
def test_a_phone_that_others_read_is_told_nothing(db: Database, changes: dict[str, object]) -> None:
    known(**changes)
    assert Texting().text("who is this") == [say("unnamed_who", EN)]
    assert Texting().text("HELP") == [say("unnamed_help", EN)]


def test_anybody_elses_may_know(db: Database) -> None:
    known()
    assert Texting().text("HELP") == [say("help", EN)]


def test_after_domestic_violence_it_is_told_nothing_until_the_time_is_good(
    any_database: Database,
) -> None:
    checkin_id, texting = after_violence(), Texting()
    assert texting.text("who is this") == [say("unnamed_who", EN)]
    asked_whether_it_is_a_good_time(checkin_id)
    assert texting.text("HELP") == [say("unnamed_help", EN)]
    assert texting.text("1") != []
    assert texting.text("HELP") == [say("help", EN)]
    texting.clock.forward(days=2)
    assert texting.text("HELP") == [say("unnamed_help", EN)]


@pytest.mark.parametrize(
    "text", ["who is this", "who are you", "who r u", "what is this", "quien es", "que es esto",
             "why are you texting me at this hour", "quien eres y como tienes este numero"],
)  # fmt: skip
def test_while_we_ask_whether_it_is_a_good_time_that_is_all_that_is_said(
    db: Database, text: str
) -> None:
    asked_whether_it_is_a_good_time(known())
    reply = Texting().text(text)
    assert reply in ([say("safety_who", EN)], [say("safety_who", ES)])
    assert task_kinds() == []


def test_that_it_is_the_wrong_number_is_heard_then_too(db: Database) -> None:
    asked_whether_it_is_a_good_time(known())
    assert Texting().text("wrong number") == [say("checkin_wrong_person", EN)]


def test_a_question_that_was_ended_is_answered_no_more_openly(db: Database) -> None:
    asked_whether_it_is_a_good_time(after_violence())
    with database.session_scope() as session:
        for checkin in session.query(CheckIn).filter(CheckIn.sent_at.is_not(None)):
            checkin.status = "cancelled"
    texting = Texting()
    assert texting.text("who is this") == [say("unnamed_who", EN)]
    texting.clock.forward(days=3)
    assert timedelta(days=2) < texting.clock() - MORNING
    assert texting.text("who is this") == [say("unnamed_who", EN)]
