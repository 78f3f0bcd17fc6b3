"""The check-in waits for a yes from whoever holds the phone, or for the word agreed on."""

import pytest

from bot.wording import say
from directory import database
from directory.checkins import service as checkins
from directory.checkins.models import CheckIn
from directory.database import Database
from directory.tasks.models import TaskKind
from tests.bot.talking import DANGER, EN
from tests.bot.texting import Texting, person_of, rows, task_kinds
from tests.factories import read_checkin, read_person, visited
from tests.fakes import MORNING


def asked(*, code_word: str | None = None) -> CheckIn:
    """A check-in of which only the question whether it is a good time has gone out."""
    _, planned = visited()
    with database.session_scope() as session:
        checkin = session.get_one(CheckIn, planned[0].id)
        checkin.safe_first = checkin.safety_asked = True
        session.flush()
        checkins.mark_sent(session, checkin.id, now=MORNING)
        from directory.people.models import Person

        session.get_one(Person, checkin.person_id).code_word = code_word
        return checkin


@pytest.fixture(name="texting")
def _texting() -> Texting:
    return Texting()


@pytest.mark.parametrize("text", ["1", "yes", "si"])
def test_a_yes_lets_the_check_in_out_and_its_answer_is_one(
    any_database: Database, texting: Texting, text: str
) -> None:
    checkin = asked()
    (reply,) = texting.text(text)
    assert "okay" in reply or "bien" in reply
    assert read_checkin(checkin.id).safety_confirmed_at == texting.clock()
    texting.text("1")
    assert read_checkin(checkin.id).answer == "better"


def test_a_no_is_asked_again_another_time(db: Database, texting: Texting) -> None:
    checkin = asked()
    assert texting.text("2") == [say("safety_later", EN)]
    assert read_checkin(checkin.id).status == "planned"
    assert task_kinds() == []


def test_what_is_neither_is_asked_plainly_and_a_need_is_served(
    db: Database, texting: Texting
) -> None:
    asked()
    assert texting.text("hmm") == [say("safety_unclear", EN)]
    (reply,) = texting.text("i need food")
    assert reply == say("ask_place", EN, needs="food or groceries")


def test_with_a_word_agreed_on_only_that_word_is_a_yes(db: Database, texting: Texting) -> None:
    checkin = asked(code_word="bluebird")
    (reply,) = texting.text("Bluebird")
    assert "okay" in reply
    assert read_checkin(checkin.id).safety_confirmed_at is not None


def test_a_wrong_word_ends_it_and_a_person_decides(db: Database, texting: Texting) -> None:
    checkin = asked(code_word="bluebird")
    assert texting.text("sparrow") == [say("safety_closed", EN)]
    assert read_checkin(checkin.id).answer == "wrong_word"
    assert task_kinds() == [TaskKind.CALL_BACK]


def test_danger_and_stop_come_first(db: Database, texting: Texting) -> None:
    asked()
    texting.text(DANGER)
    assert task_kinds() == [TaskKind.DANGER]
    assert texting.text("stop") == [say("stopped", EN)]
    assert read_person(person_of()).opted_out_at is not None
    assert {row.status for row in rows(CheckIn)} <= {"cancelled", "sent"}
