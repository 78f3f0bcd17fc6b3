"""The check-in waits for a yes from whoever holds the phone, or for the word agreed on."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.wording import say
from directory import database
from directory.checkins import service as checkins
from directory.checkins.models import CheckIn
from directory.database import Database
from directory.follow_up import end_texting
from directory.people.consents import Said, record
from directory.people.models import Consent, ConsentMethod, Person, Purpose
from directory.referrals import actors
from directory.tasks.models import TaskKind
from tests.bot.talking import DANGER, EN
from tests.bot.texting import Texting, person_of, rows, task_kinds
from tests.factories import CLINICIAN, read_checkin, read_person, visited
from tests.fakes import MORNING


def asked(*, code_word: str | None = None) -> CheckIn:
    """A check-in of which only the question whether it is a good time has gone out."""
    _, planned = visited()
    with database.session_scope() as session:
        checkin = session.get_one(CheckIn, planned[0].id)
        checkin.safe_first = checkin.safety_asked = True
        session.flush()
        checkins.mark_sent(session, checkin.id, now=MORNING)
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


# --- taken back since it was asked ----------------------------------------------------------------


def not_safe(session: Session, person: Person) -> None:
    person.safe_to_text = False


def marked_not_safe(session: Session, person: Person) -> None:
    person.safe_to_text = False
    end_texting(session, person, reason="not_safe_to_text", now=MORNING)


def refused_texts(session: Session, person: Person) -> None:
    said = Said(Purpose.SMS, given=False, method=ConsentMethod.VERBAL)
    record(session, person, said, actor=actors.staff(CLINICIAN), now=MORNING)


def consent_ran_out(session: Session, person: Person) -> None:
    session.execute(update(Consent).values(expires_at=MORNING + timedelta(seconds=1)))


TAKEN_BACK = {
    not_safe: "not_safe_to_text",
    marked_not_safe: "not_safe_to_text",
    refused_texts: "consent_missing",
    consent_ran_out: "consent_missing",
}


def taken_back(how: Callable[[Session, Person], None], checkin: CheckIn) -> None:
    with database.session_scope() as session:
        how(session, session.get_one(Person, checkin.person_id))


@pytest.mark.parametrize("how", TAKEN_BACK)
@pytest.mark.parametrize(("code_word", "text"), [(None, "1"), ("bluebird", "bluebird")])
def test_a_yes_lets_nothing_out_once_the_person_may_not_be_texted(
    any_database: Database,
    texting: Texting,
    how: Callable[[Session, Person], None],
    code_word: str | None,
    text: str,
) -> None:
    checkin = asked(code_word=code_word)
    taken_back(how, checkin)
    assert texting.text(text) == [say("safety_later", EN)]
    ended = read_checkin(checkin.id)
    assert (ended.status, ended.reason) == ("cancelled", TAKEN_BACK[how])
    assert ended.safety_confirmed_at is None
    assert texting.text(text) == [say("safety_later", EN)]


def test_nor_is_it_the_answer_to_the_check_in_before(db: Database, texting: Texting) -> None:
    checkin = asked()
    before = next(each for each in rows(CheckIn) if each.id != checkin.id)
    with database.session_scope() as session:
        checkins.mark_sent(session, before.id, now=MORNING - timedelta(days=2))
    taken_back(marked_not_safe, checkin)
    assert texting.text("1") == [say("safety_later", EN)]
    assert texting.text("3 call me") != []
    assert read_checkin(before.id).answer is None


def test_what_is_no_answer_to_a_question_that_was_ended_is_not_asked_again(
    db: Database, texting: Texting
) -> None:
    taken_back(marked_not_safe, asked())
    assert texting.text("hmm") != [say("safety_unclear", EN)]
    (reply,) = texting.text("i need food")
    assert reply == say("ask_place", EN, needs="food or groceries")


def test_a_no_to_a_question_that_was_ended_plans_nothing_anew(
    db: Database, texting: Texting
) -> None:
    checkin = asked()
    taken_back(marked_not_safe, checkin)
    assert texting.text("2") == [say("safety_later", EN)]
    assert read_checkin(checkin.id).status == "cancelled"
    assert task_kinds() == []


def test_a_yes_just_before_the_check_in_would_be_too_late_to_begin_still_lets_it_out(
    db: Database, texting: Texting
) -> None:
    """It was sent in time, and whoever answers waits for it."""
    checkin = asked()
    with database.session_scope() as session:
        session.get_one(CheckIn, checkin.id).due_at = MORNING - timedelta(hours=47)
    texting.clock.forward(hours=2)
    (reply,) = texting.text("1")
    assert "okay" in reply
