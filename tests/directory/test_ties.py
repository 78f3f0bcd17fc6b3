"""What is known of a number: each thing for what it is, and nothing of anybody else."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from directory import database
from directory.checkins.models import CheckIn, CheckInStatus
from directory.notices.models import NoticeKind
from directory.people import queries as people
from directory.staff import service as staff
from directory.staff.models import Role
from directory.ties import Ties, ties_of
from tests.bot.texting import got
from tests.directory.referrals.builders import a_referral
from tests.factories import PHONE, met, visited
from tests.fakes import MORNING

NONE = Ties(staff=False, contact=False, checkin=False, notice=False, referral=False, violence=False)
COLLEAGUE, PARTNER = "+16305550120", "+16305550150"


def ties(phone: str = PHONE) -> Ties:
    person_id = met(phone)
    with database.read_scope() as session:
        person = people.by_id(session, person_id)
        assert person is not None
        return ties_of(session, person)


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
