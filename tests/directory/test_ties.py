"""What is known of a number: each thing for what it is, and nothing of anybody else."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from directory import database
from directory.checkins.models import CheckIn, CheckInStatus
from directory.notices.models import NoticeKind
from directory.people import queries as people
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind
from directory.ties import Ties, ties_of
from directory.visits.models import CallType, Visit
from tests.bot.texting import got
from tests.directory.referrals.builders import a_referral
from tests.factories import PHONE, met, visited
from tests.fakes import MORNING

NONE = Ties(
    staff=False,
    contact=False,
    checkin=False,
    notice=False,
    referral=False,
    violence=False,
    call=False,
)
COLLEAGUE, PARTNER = "+16305550120", "+16305550150"


def ties(phone: str = PHONE, now: datetime = MORNING) -> Ties:
    person_id = met(phone)
    with database.read_scope() as session:
        person = people.by_id(session, person_id)
        assert person is not None
        return ties_of(session, person, now=now)


@pytest.mark.usefixtures("any_database")
def test_a_new_number_has_none() -> None:
    assert ties() == NONE


@pytest.mark.usefixtures("partners")
def test_each_is_seen_for_the_number_that_has_it() -> None:
    with database.session_scope() as session:
        referral_id = a_referral(session)
        staff.add(
            session, "a@example.org", Role.CLINICIAN, password=None, phone=COLLEAGUE, now=MORNING
        )
    assert ties() == replace(NONE, referral=True)
    got(NoticeKind.REFERRAL_SENT, referral_id)
    assert ties() == replace(NONE, referral=True, notice=True)
    assert ties(COLLEAGUE) == replace(NONE, staff=True)
    assert ties(PARTNER) == replace(NONE, contact=True)


@pytest.mark.usefixtures("any_database")
def test_a_check_in_counts_while_it_can_be_answered() -> None:
    visited()
    seen = {}
    for status in CheckInStatus:
        with database.session_scope() as session:
            session.execute(update(CheckIn).values(status=status))
        seen[status] = ties().checkin
    assert [status for status, there in seen.items() if there] == [CheckInStatus.SENT]


@pytest.mark.usefixtures("any_database")
def test_a_visit_for_domestic_violence_counts_unless_it_never_was() -> None:
    visit, _ = visited(call_type=CallType.DOMESTIC_VIOLENCE)
    assert ties().violence
    with database.session_scope() as session:
        session.get_one(Visit, visit.id).voided_at = MORNING
    assert not ties().violence


@pytest.mark.usefixtures("any_database")
def test_a_call_counts_until_a_week_after_it_was_made() -> None:
    person_id = met()
    with database.session_scope() as session:
        task = tasks.open_task(session, TaskKind.CALL_BACK, person_id=person_id, now=MORNING)
        session.flush()
        task_id = task.id
    assert ties(now=MORNING + timedelta(days=30)).call
    with database.session_scope() as session:
        tasks.finish(session.get_one(Task, task_id), by="staff-1", now=MORNING)
    assert ties(now=MORNING + timedelta(days=6)).call
    assert not ties(now=MORNING + timedelta(days=8)).call
