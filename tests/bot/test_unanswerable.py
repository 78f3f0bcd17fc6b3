"""Who asks for no answer because somebody else reads the phone gets none that says anything."""

from dataclasses import replace

import pytest

from bot.plain_rules import on_keyword
from bot.safety.screen import screen
from bot.sms.keywords import Keyword
from bot.turn import Clinician, ConsentChange
from bot.unanswerable import must_not_be_answered
from bot.wording import say
from directory.checkins.models import CheckIn
from directory.database import Database
from directory.messages.flood import Flood
from directory.messages.models import AnsweredBy
from directory.people.models import AuditEntry
from directory.tasks.models import Task, TaskKind
from tests.bot.talking import CHECKIN, DANGER, EN, NOBODY, conversation, later, respond
from tests.bot.texting import Texting, person_of, rows
from tests.factories import read_person, visited

OK = "OK."
TOLD = [
    "dont text back hes reading my phone",
    "Don't text back, he's reading my phone",
    "do not text back he will see",
    "dont reply he has my phone",
    "dont text he has my phone",
    "please dont answer my husband checks my messages",
    "dont respond she goes through my texts",
    "no reply please my ex reads everything",
    "dont write back he is right here",
    "dont call me back my boyfriend took my phone",
    "pls dont message me right now he is watching me",
    "i need to get out tonight. dont text back im on his phone",
    "dont reply my phone is being monitored",
    "you cant text me back he sees my screen",
    "its not safe to text back my dad checks my phone",
    "dont answer this so he wont see it",
    "no me conteste el tiene mi telefono",
    "no conteste, mi esposo revisa mi celular",
    "por favor no respondan mi marido lee mis mensajes",
    "no me respondas el esta aqui",
    "no me escriba ahora el va a ver",
    "no me contesten me revisan el telefono",
    "no me llame tiene mi celular mi novio",
    "no contesten este es el telefono de el",
]
OTHERS = [
    "dont text back",
    "stop",
    "HELP",
    "no reply needed, thanks",
    "dont reply im driving",
    "dont text back my son has my phone today",
    "they dont answer my calls and he has my phone number",
    "he wont answer my texts",
    "my husband has my phone number wrong",
    "can someone read my texts",
    "does he see what i write here",
    "i dont answer when he calls",
    "no me contestan en la clinica",
    "no contestan y el tiene mi numero de telefono",
    "mi esposo tiene mi telefono",
    "no tengo telefono",
    "quien lee mis mensajes",
    "no me contesta el doctor",
]


@pytest.mark.parametrize("text", TOLD)
def test_such_a_text_gets_ok_and_a_person_is_told(text: str) -> None:
    talk, rasa = conversation(down=True)
    turn = talk.respond_to(text, NOBODY)
    assert turn.replies == (OK,)
    (task,) = turn.tasks
    assert task.kind is TaskKind.DANGER
    assert "not safe" in (task.note or "")
    assert text in (task.note or "")
    assert turn.answered_by is AnsweredBy.SAFETY
    assert turn.consent is ConsentChange.NO_CHECKINS
    assert rasa.asked == []  # nothing that can fail
    assert turn.understood.danger == screen(text)  # as screened


@pytest.mark.parametrize("text", OTHERS)
def test_other_texts_are_answered_as_ever(text: str) -> None:
    assert not must_not_be_answered(text)
    assert respond(text, down=True).replies != (OK,)


@pytest.mark.parametrize("text", ["STOP", "stop.", "HELP", "ayuda", "alto"])
def test_it_swallows_no_keyword(text: str) -> None:
    turn = respond(text)
    assert turn.answered_by is AnsweredBy.KEYWORD
    word = Keyword.HELP if text in ("HELP", "ayuda") else Keyword.STOP
    assert turn == on_keyword(word, text, NOBODY)


@pytest.mark.parametrize(
    "text",
    [
        "stop texting me he reads my phone",
        "dont text me anymore my husband checks my messages",
        "dont text back he has my phone. stop texting me",
        "ya no me manden mensajes mi esposo lee mi telefono",
    ],
)
def test_an_opt_out_beside_it_is_heeded_and_says_no_more(text: str) -> None:
    turn = respond(text)
    assert turn.consent is ConsentChange.STOP
    assert turn.replies == (say("stopped", "es" if "manden" in text else "en"),)  # type: ignore[arg-type]
    assert [task.kind for task in turn.tasks] == [TaskKind.DANGER]


def test_danger_is_not_put_on_the_screen_that_somebody_else_reads() -> None:
    text = "dont text back he has my phone, he hit me again"
    turn = respond(text)
    assert turn.replies == (OK,)
    assert turn.understood.danger == screen(text)
    assert turn.understood.danger is not None
    # But who asks it of nobody else's accord is answered in danger.
    assert respond("dont text back i want to die").replies != (OK,)


def test_an_overdose_is_answered_all_the_same() -> None:
    turn = respond("dont reply my mom checks my phone i took all the pills i overdosed")
    assert "911" in turn.replies[0]


def test_who_opted_out_gets_nothing_and_a_person_calls() -> None:
    turn = respond(TOLD[0], replace(NOBODY, opted_out=True))
    assert turn.replies == ()
    assert [task.kind for task in turn.tasks] == [TaskKind.OPTED_OUT_DANGER]


def test_a_colleague_writes_of_others() -> None:
    colleague = replace(NOBODY, clinician=Clinician("staff-1"))
    assert respond(TOLD[0], colleague).replies != (OK,)


def test_an_open_check_in_is_answered_by_it_and_no_number_counts_after() -> None:
    asked = replace(NOBODY, checkin=CHECKIN)
    turn = respond(TOLD[0], asked)
    assert turn.checkin_answer == "crisis"
    assert respond("3", later(turn, asked, checkin=None)).tasks == ()


def test_in_a_flood_it_is_ok_once() -> None:
    flooded = replace(NOBODY, flood=Flood(first=False))
    turn = respond(TOLD[0], flooded)
    assert turn.replies == (OK,)
    assert respond(TOLD[0], later(turn, flooded)).replies == ()
    assert respond(DANGER, flooded).answered_by is AnsweredBy.SAFETY


def test_from_then_on_nothing_names_anybody(any_database: Database) -> None:
    visited()
    texting = Texting()
    assert texting.text(TOLD[1]) == [OK]
    person = read_person(person_of())
    assert person.number_shared
    assert person.opted_out_at is None
    assert [task.kind for task in rows(Task)] == [TaskKind.DANGER]
    assert {row.status for row in rows(CheckIn)} == {"cancelled"}
    assert [entry.action for entry in rows(AuditEntry, person_id=person.id)].count(
        "person.change"
    ) == 1
    assert texting.text("who is this") == [say("unnamed_who", EN)]
