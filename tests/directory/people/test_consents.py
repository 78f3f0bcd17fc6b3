"""What a person says about a purpose, and what a no ends at once."""

from datetime import UTC, datetime, timedelta

import pytest

from directory import database
from directory.checkins.models import CheckInStatus
from directory.database import Database
from directory.errors import Invalid
from directory.people import consents, queries
from directory.people.consents import Said
from directory.people.models import ConsentMethod, Person, Purpose
from directory.referrals.states import Status
from tests.directory.referrals.builders import BY_CLINICIAN, a_referral, agreed, read
from tests.factories import met, read_checkin, visited
from tests.fakes import MORNING

DAY = timedelta(days=1)


def say(person_id: str, purpose: Purpose, *, given: bool, until: datetime | None = None) -> None:
    with database.session_scope() as session:
        consents.record(
            session,
            session.get_one(Person, person_id),
            Said(purpose, given, ConsentMethod.VERBAL, until),
            actor=BY_CLINICIAN,
            now=MORNING + timedelta(minutes=1),
        )


def valid(person_id: str, purpose: Purpose, at: datetime = MORNING + DAY) -> bool:
    with database.read_scope() as session:
        return queries.valid_consent(session, person_id, purpose, now=at) is not None


def test_a_no_to_texts_ends_what_was_planned(any_database: Database) -> None:
    visit, planned = visited()
    say(visit.person_id, Purpose.SMS, given=False)
    assert not valid(visit.person_id, Purpose.SMS)
    assert valid(visit.person_id, Purpose.REFERRAL)
    assert {read_checkin(each.id).status for each in planned} == {CheckInStatus.CANCELLED}
    assert {read_checkin(each.id).reason for each in planned} == {"consent_missing"}


def test_a_consent_ends_when_it_was_said_to(db: Database) -> None:
    person_id = met()
    say(person_id, Purpose.REFERRAL, given=True, until=MORNING + 30 * DAY)
    assert valid(person_id, Purpose.REFERRAL, MORNING + 29 * DAY)
    assert not valid(person_id, Purpose.REFERRAL, MORNING + 30 * DAY)


@pytest.mark.parametrize(
    "until", [MORNING, MORNING - DAY, MORNING + 4000 * DAY, datetime.max.replace(tzinfo=UTC)]
)
def test_an_end_that_makes_no_sense_is_refused(db: Database, until: datetime) -> None:
    person_id = met()
    with pytest.raises(Invalid) as refused:
        say(person_id, Purpose.REFERRAL, given=True, until=until)
    assert refused.value.code == "expires_at_implausible"
    assert not valid(person_id, Purpose.REFERRAL)


@pytest.mark.usefixtures("partners")
def test_a_no_to_referrals_withdraws_what_nobody_has_taken_up() -> None:
    with database.session_scope() as session:
        referral_id = a_referral(session)
    say(read(referral_id).person_id, Purpose.REFERRAL, given=False)
    assert read(referral_id).status == Status.CANCELLED


def test_a_yes_to_telling_of_substance_use_is_in_writing(db: Database) -> None:
    person_id = met()
    with pytest.raises(Invalid) as refused:
        say(person_id, Purpose.SUBSTANCE_USE, given=True)
    assert refused.value.code == "consent_not_written"
    say(person_id, Purpose.SUBSTANCE_USE, given=False)
    assert not valid(person_id, Purpose.SUBSTANCE_USE)


@pytest.mark.usefixtures("partners")
def test_a_no_to_telling_of_substance_use_withdraws_only_what_tells_of_it() -> None:
    with database.session_scope() as session:
        person_id = agreed(session, Purpose.SMS, Purpose.REFERRAL, Purpose.SUBSTANCE_USE)
        food = a_referral(session, person_id=person_id)
        recovery = a_referral(session, need="substance_use", person_id=person_id)
    say(person_id, Purpose.SUBSTANCE_USE, given=False)
    assert read(food).status == Status.REQUESTED
    assert read(recovery).status == Status.CANCELLED
    assert valid(person_id, Purpose.REFERRAL)
