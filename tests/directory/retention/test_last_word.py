"""What partners hear when somebody is erased whom they were asked to help."""

from collections.abc import Collection
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.sms import ends
from directory import database
from directory.listings.models import Organization
from directory.messages.models import OutboundMessage
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.partners import service as partners
from directory.partners.models import PartnerContact
from directory.people.models import Person
from directory.referrals import queries
from directory.referrals import service as referrals
from directory.referrals.actors import partner
from directory.referrals.models import Referral
from directory.referrals.states import Status
from directory.retention.erase import erase
from directory.tasks.models import Task, TaskKind, TaskStatus
from tests.bot.notices.builders import bodies, fates_of, handed_over, referred
from tests.directory.referrals.builders import BY_CLINICIAN, a_contact, a_service, read
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("partners")
NEW, WITHDRAWN = NoticeKind.REFERRAL_NEW, NoticeKind.REFERRAL_WITHDRAWN
LATER = MORNING + timedelta(hours=1)


def taken_by_the_carrier(texts: Collection[OutboundMessage]) -> None:
    with database.session_scope() as session:
        for each in texts:
            message = session.get_one(OutboundMessage, each.id)
            ends.accept(session, message, f"SM{each.id[:8]}", segments=1, now=MORNING)


def accepted(referral_id: str) -> None:
    with database.session_scope() as session:
        desk = partner("contact-1")
        referrals.move(session, referral_id, Status.ACCEPTED, actor=desk, reason=None, now=MORNING)


def erased(referral_id: str) -> None:
    with database.session_scope() as session:
        person_id = session.get_one(Referral, referral_id).person_id
        erase(session, person_id, by="command", now=LATER)


def partner_name(referral_id: str) -> str:
    with database.read_scope() as session:
        return session.get_one(Organization, read(referral_id).organization_id).name


def open_tasks() -> list[Task]:
    with database.read_scope() as session:
        return list(session.scalars(select(Task).where(Task.status != TaskStatus.DONE)))


@pytest.mark.parametrize("answered", [False, True])
def test_who_was_told_hears_that_it_is_withdrawn(answered: bool) -> None:
    referral_id = referred()
    taken_by_the_carrier(handed_over())
    if answered:
        accepted(referral_id)
    erased(referral_id)
    said = bodies(handed_over(LATER))
    assert set(said) == {WITHDRAWN}
    assert "request A for " in said[WITHDRAWN]  # by its letter they know which
    assert read(referral_id).status == Status.CANCELLED
    with database.read_scope() as session:
        assert [each.by for each in queries.history(session, referral_id)][-1] == "system"
        assert [each.kind for each in session.scalars(select(Notice))] == [WITHDRAWN]
    assert open_tasks() == []


def test_who_was_never_told_hears_nothing() -> None:
    referral_id = referred()
    (text,) = [each for each in handed_over() if "new request" in each.body]
    erased(referral_id)
    assert handed_over(LATER) == []
    with database.read_scope() as session:
        assert session.get_one(OutboundMessage, text.id).status == "dropped"
        assert session.scalars(select(Notice)).all() == []


def test_a_word_that_was_on_its_way_before_still_arrives() -> None:
    referral_id = referred()
    taken_by_the_carrier(handed_over())
    with database.session_scope() as session:
        person = session.get_one(Person, read(referral_id).person_id)
        referrals.withdraw_for(session, person, actor=BY_CLINICIAN, now=MORNING)
    erased(referral_id)
    assert set(bodies(handed_over(LATER))) == {WITHDRAWN}


@pytest.mark.parametrize("desks", [1, 2])
def test_a_word_that_does_not_arrive_is_one_call_about_nobody(desks: int) -> None:
    with database.session_scope() as session:
        for desk in range(1, desks):
            a_contact(session, a_service(session), address=f"+1630555016{desk}", name="Desk two")
    referral_id = referred()
    taken_by_the_carrier(handed_over())
    erased(referral_id)
    with database.session_scope() as session:
        for contact in session.scalars(select(PartnerContact)).all():
            index = database.current().cipher.blind_index(contact.address)
            number = session.scalars(select(Person).where(Person.phone_index == index)).one()
            number.opted_out_at = LATER
    assert handed_over(LATER) == []
    assert fates_of(WITHDRAWN) == [(NoticeStatus.FAILED, "opted_out")] * desks
    (task,) = open_tasks()
    assert (task.person_id, task.referral_id) == (None, referral_id)
    assert partner_name(referral_id) in (task.note or "")


def test_a_partner_that_accepted_and_that_nothing_reaches_is_called() -> None:
    referral_id = referred(contact=False)
    accepted(referral_id)
    erased(referral_id)
    (task,) = open_tasks()
    assert (task.kind, task.person_id) == (TaskKind.REFERRAL_UNANSWERED, None)
    assert task.referral_id == referral_id
    assert f"Please call the partner, {partner_name(referral_id)}" in (task.note or "")


def test_a_partner_whose_system_looks_for_itself_is_not_called() -> None:
    with database.session_scope() as session:
        partners.issue_key(session, a_service(session).organization_id, now=MORNING)
    referral_id = referred(contact=False)
    accepted(referral_id)
    erased(referral_id)
    assert open_tasks() == []


def test_nobody_is_called_about_what_was_forgotten_long_ago() -> None:
    referral_id = referred(contact=False)
    accepted(referral_id)
    with database.session_scope() as session:
        session.get_one(Referral, referral_id).changed_at = LATER - timedelta(days=366)
    erased(referral_id)
    assert read(referral_id).status == Status.CANCELLED
    assert open_tasks() == []
