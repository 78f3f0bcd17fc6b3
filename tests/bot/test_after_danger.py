"""A text that spoke of danger sets aside what we had asked: "1" may then be "press 1"."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.wording import say
from directory import database
from directory.checkins import queries as checkins
from directory.checkins.models import CheckIn, CheckInStatus
from directory.conversations.memory import Memory
from directory.database import Database
from directory.messages.models import OutboundMessage
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.referrals import clocks
from directory.referrals.models import Referral
from directory.tasks.models import TaskKind
from tests.bot.talking import DANGER, EN
from tests.bot.texting import Texting, got, rows, task_kinds
from tests.directory.referrals.builders import a_referral, read
from tests.factories import read_checkin, visited
from tests.fakes import MORNING

QUESTION = NoticeKind.OUTCOME_QUESTION
NO_LIST = say("no_list", EN)


@pytest.fixture(name="texting")
def _texting(partners: Database) -> Texting:
    return Texting()


@pytest.fixture(name="referral_id")
def _referral_id(partners: Database) -> str:
    with database.session_scope() as session:
        return a_referral(session)


def a_checkin(texting: Texting, **changes: object) -> str:
    """The id of a check-in that has just been sent."""
    _, planned = visited(MORNING - timedelta(days=1), occurred_at=MORNING - timedelta(days=1))
    with database.session_scope() as session:
        checkin = session.get_one(CheckIn, planned[0].id)
        checkin.status, checkin.sent_at = CheckInStatus.SENT, texting.clock()
        for name, value in changes.items():
            setattr(checkin, name, value)
    return planned[0].id


@pytest.mark.parametrize("number", ["1", "2", "3", "yes", "no", "ok"])
def test_a_bare_answer_after_danger_says_nothing_of_the_outcome(
    texting: Texting, referral_id: str, number: str
) -> None:
    got(QUESTION, referral_id)
    texting.text(DANGER)
    texting.text(number)
    assert read(referral_id).outcome is None
    assert TaskKind.REFERRAL_NOT_RECEIVED not in task_kinds()


def test_what_can_mean_nothing_else_counts_all_the_same(texting: Texting, referral_id: str) -> None:
    got(QUESTION, referral_id)
    texting.text(DANGER)
    assert texting.text("yes i got it") == [say("outcome_received", EN)]
    assert read(referral_id).outcome == "service_received"


def test_it_is_asked_again_by_the_plan_and_then_a_number_counts(
    texting: Texting, referral_id: str
) -> None:
    asked = texting.clock()
    with database.session_scope() as session:
        session.get_one(Referral, referral_id).ask_at = asked
        clocks.look(session, now=asked)
    got(QUESTION, referral_id, at=asked)
    texting.text(DANGER)
    texting.text("1")
    again = read(referral_id).ask_at
    assert again is not None, "a person has a task besides"
    assert TaskKind.DANGER in task_kinds()
    with database.session_scope() as session:
        clocks.look(session, now=again)
    texting.clock.at = again
    with database.session_scope() as session:
        second = session.scalars(
            select(Notice).where(Notice.kind == QUESTION, Notice.status == NoticeStatus.PLANNED)
        ).one()
        second.status, second.sent_at = NoticeStatus.SENT, again
    assert texting.text("1") == [say("outcome_received", EN)]


def test_news_of_a_referral_is_not_what_a_number_asks_for(
    texting: Texting, referral_id: str
) -> None:
    got(NoticeKind.REFERRAL_SENT, referral_id)
    texting.text(DANGER)
    assert texting.text("1") == [NO_LIST]


def test_an_open_check_in_is_answered_by_the_danger(texting: Texting) -> None:
    checkin_id = a_checkin(texting)
    texting.text(DANGER)
    assert read_checkin(checkin_id).answer == "crisis"
    assert texting.text("1") == [NO_LIST]
    assert read_checkin(checkin_id).answer == "crisis"


def test_whether_it_is_a_good_time_is_not_answered_by_a_number_after_danger(
    texting: Texting,
) -> None:
    checkin_id = a_checkin(texting, safe_first=True, safety_asked=True)
    texting.text(DANGER)
    before = len(rows(OutboundMessage))
    assert texting.text("1") == [NO_LIST]
    assert len(rows(OutboundMessage)) == before + 1
    assert read_checkin(checkin_id).safety_confirmed_at is None, "no check-in went out"


def test_a_check_in_that_comes_after_the_danger_is_asked_anew(texting: Texting) -> None:
    texting.text(DANGER)
    texting.clock.forward(minutes=5)
    checkin_id = a_checkin(texting)
    texting.text("1")
    with database.read_scope() as session:
        checkin = checkins.by_id(session, checkin_id)
    assert checkin is not None
    assert checkin.answer == "better"


def test_the_moment_of_danger_is_kept_in_the_memory() -> None:
    memory = Memory(danger_at=MORNING)
    assert Memory.from_text(memory.as_text()) == memory
    assert Memory.from_text('{"needs": []}').danger_at is None
