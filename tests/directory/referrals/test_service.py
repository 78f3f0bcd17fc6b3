"""Making and moving referrals: consent first, one history, and the clinician never left waiting."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from directory import database
from directory.database import Database
from directory.errors import Conflict, Invalid
from directory.listings.models import Service
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.partners import service as partners
from directory.partners.models import KeyScope, PartnerContact, PartnerKey
from directory.people.models import Purpose
from directory.referrals import clocks, outcomes, queries, silence
from directory.referrals import service as referrals
from directory.referrals.actors import partner
from directory.referrals.models import Priority, Referral
from directory.referrals.service import NewReferral
from directory.referrals.states import NotReceived, Status
from directory.tasks.models import Task, TaskKind, TaskStatus
from tests.directory.referrals.builders import (
    BY_CLINICIAN,
    a_contact,
    a_referral,
    a_service,
    agreed,
    read,
)
from tests.factories import CLINICIAN
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("partners")
DAY = timedelta(days=1)


def kinds(**by: str) -> list[str]:
    with database.read_scope() as session:
        statement = select(Notice.kind).filter_by(**by).order_by(Notice.created_at, Notice.id)
        return list(session.scalars(statement))


def tasks_of(referral_id: str) -> list[Task]:
    with database.read_scope() as session:
        return list(session.scalars(select(Task).filter_by(referral_id=referral_id)))


def move(referral_id: str, to: Status, reason: str | None = None, by: str = "contact-1") -> None:
    with database.session_scope() as session:
        referrals.move(session, referral_id, to, actor=partner(by), reason=reason, now=MORNING)


def pass_time(after: timedelta) -> None:
    with database.session_scope() as session:
        clocks.look(session, now=MORNING + after)


@pytest.fixture(name="referral_id")
def _referral_id() -> str:
    with database.session_scope() as session:
        return a_referral(session, reason="groceries until payday")


def test_a_referral_tells_the_partner_and_the_person(referral_id: str) -> None:
    assert sorted(kinds(referral_id=referral_id)) == ["referral_new", "referral_sent"]
    with database.read_scope() as session:
        (event,) = queries.history(session, referral_id)
    assert (event.status, event.by) == ("requested", f"staff:{CLINICIAN}")


def test_without_consent_nothing_leaves(partners: Database) -> None:
    with database.session_scope() as session:
        service = a_service(session)
        a_contact(session, service)
        person_id = agreed(session, Purpose.SMS)
        new = NewReferral(person_id=person_id, service_id=service.id)
        with pytest.raises(Invalid) as refused:
            referrals.create(session, new, actor=BY_CLINICIAN, now=MORNING)
    assert refused.value.code == "consent_missing"
    assert kinds() == []
    with database.read_scope() as session:
        assert session.scalars(select(Referral)).all() == []


def test_substance_use_needs_a_consent_of_its_own() -> None:
    with database.session_scope() as session:
        service = a_service(session, "substance_use")
        person_id = agreed(session)
        new = NewReferral(person_id=person_id, service_id=service.id)
        with pytest.raises(Invalid) as refused:
            referrals.create(session, new, actor=BY_CLINICIAN, now=MORNING)
        assert refused.value.context == {"purpose": "substance_use"}
        agreed(session, Purpose.SUBSTANCE_USE)
        assert referrals.create(session, new, actor=BY_CLINICIAN, now=MORNING).status == "requested"


def test_a_service_that_takes_none_is_refused() -> None:
    with database.session_scope() as session:
        service = a_service(session, "food", takes_referrals=True)
        service.accepts_referrals = False
        new = NewReferral(person_id=agreed(session), service_id=service.id)
        with pytest.raises(Invalid) as refused:
            referrals.create(session, new, actor=BY_CLINICIAN, now=MORNING)
    assert refused.value.code == "referral_not_accepted"


def test_a_referral_is_sent_when_it_is_requested_and_not_when_it_is_drafted(
    partners: Database,
) -> None:
    with database.session_scope() as session:
        drafted = a_referral(session, draft=True)
    assert read(drafted).requested_at is None
    for to, at in ((Status.REQUESTED, MORNING + DAY), (Status.ACCEPTED, MORNING + 2 * DAY)):
        with database.session_scope() as session:
            referrals.move(session, drafted, to, actor=BY_CLINICIAN, reason=None, now=at)
    assert read(drafted).requested_at == MORNING + DAY


def test_a_referral_that_is_no_draft_is_sent_at_once(referral_id: str) -> None:
    assert read(referral_id).requested_at == MORNING


@pytest.mark.parametrize("change", [{"accepts_referrals": False}, {"status": "inactive"}])
def test_a_draft_is_not_sent_to_a_service_that_has_closed_since(change: dict[str, object]) -> None:
    with database.session_scope() as session:
        referral_id = a_referral(session, draft=True)
    with database.session_scope() as session:
        service = session.get_one(Service, read(referral_id).service_id)
        for name, value in change.items():
            setattr(service, name, value)
    with pytest.raises(Invalid) as refused, database.session_scope() as session:
        referrals.move(
            session, referral_id, Status.REQUESTED, actor=BY_CLINICIAN, reason=None, now=MORNING
        )
    assert refused.value.code == "referral_not_accepted"
    assert read(referral_id).status == Status.DRAFT


@pytest.mark.parametrize(
    ("to", "answered"),
    [(Status.ACCEPTED, True), (Status.REJECTED, True), (Status.CANCELLED, False)],
)
def test_what_staff_takes_back_is_no_answer_of_the_partner(
    referral_id: str, to: Status, answered: bool
) -> None:
    with database.session_scope() as session:
        referrals.move(
            session, referral_id, to, actor=BY_CLINICIAN, reason="no answer", now=MORNING
        )
    assert (read(referral_id).answered_at is not None) == answered


def test_a_partner_without_contact_is_a_task_at_once() -> None:
    with database.session_scope() as session:
        referral_id = a_referral(session, contact=False)
    (task,) = tasks_of(referral_id)
    assert (task.kind, task.assigned_to) == (TaskKind.REFERRAL_UNANSWERED, CLINICIAN)
    assert read(referral_id).remind_at is None
    assert kinds(referral_id=referral_id) == [], "the person is not told that it was passed on"


@pytest.mark.parametrize(("priority", "hours"), [(Priority.ROUTINE, 24), (Priority.URGENT, 1)])
def test_a_partner_that_nobody_tells_is_called_as_soon_as_another_is_reminded(
    priority: Priority, hours: int
) -> None:
    with database.session_scope() as session:
        referral_id = a_referral(session, contact=False, priority=priority)
    (task,) = tasks_of(referral_id)
    assert task.due_at == MORNING + timedelta(hours=hours)
    with database.read_scope() as session:
        assert silence.nobody_knows(session, session.get_one(Referral, referral_id))


def test_who_was_told_and_left_has_heard_of_it(referral_id: str) -> None:
    with database.session_scope() as session:
        referral = session.get_one(Referral, referral_id)
        assert not silence.nobody_knows(session, referral)
        for notice in session.scalars(select(Notice).filter_by(kind=NoticeKind.REFERRAL_NEW)):
            notice.status = NoticeStatus.SENT
        for contact in session.scalars(select(PartnerContact)):
            contact.removed_at = MORNING
        session.flush()
        assert not silence.nobody_knows(session, referral)
        for notice in session.scalars(select(Notice).filter_by(kind=NoticeKind.REFERRAL_NEW)):
            notice.status = NoticeStatus.CANCELLED
        session.flush()
        assert silence.nobody_knows(session, referral)


@pytest.mark.parametrize("key", ["for listings", "ended"])
def test_a_key_that_opens_no_referrals_tells_nobody_of_one(key: str) -> None:
    with database.session_scope() as session:
        organization_id = a_service(session).organization_id
        scopes = tuple(KeyScope) if key == "ended" else (KeyScope.LISTINGS_READ,)
        partners.issue_key(session, organization_id, now=MORNING, scopes=scopes)
        session.flush()
        if key == "ended":
            session.scalars(select(PartnerKey)).one().expires_at = MORNING
        referral_id = a_referral(session, contact=False)
    (task,) = tasks_of(referral_id)
    assert task.kind == TaskKind.REFERRAL_UNANSWERED
    assert read(referral_id).remind_at is None


def test_a_partner_that_looks_for_itself_is_given_its_time() -> None:
    with database.session_scope() as session:
        service = a_service(session)
        partners.issue_key(session, service.organization_id, now=MORNING)
        referral_id = a_referral(session, contact=False)
    assert tasks_of(referral_id) == []
    pass_time(2 * DAY)
    (task,) = tasks_of(referral_id)
    assert task.kind == TaskKind.REFERRAL_UNANSWERED


def test_nobody_has_to_call_about_a_silence_that_has_ended() -> None:
    with database.session_scope() as session:
        referral_id = a_referral(session, contact=False)
    move(referral_id, Status.ACCEPTED)
    (task,) = tasks_of(referral_id)
    assert (task.status, task.done_by) == (TaskStatus.DONE, "system")


def test_who_accepts_first_wins_and_the_other_is_told(referral_id: str) -> None:
    move(referral_id, Status.ACCEPTED)
    with pytest.raises(Conflict) as refused:
        move(referral_id, Status.REJECTED, "full", by="contact-2")
    assert refused.value.code == "already_answered"
    assert read(referral_id).status == Status.ACCEPTED


def test_a_decline_hands_back_with_the_next_best(referral_id: str) -> None:
    move(referral_id, Status.REJECTED, "full until spring")
    (task,) = tasks_of(referral_id)
    assert task.kind == TaskKind.REFERRAL_DECLINED
    assert "full until spring" in (task.note or "")
    referral = read(referral_id)
    assert referral.suggestions
    assert referral.service_id not in referral.suggestions


@pytest.mark.parametrize(
    ("priority", "reminded", "handed_back"),
    [
        (Priority.ROUTINE, timedelta(hours=24), timedelta(hours=48)),
        (Priority.URGENT, timedelta(hours=1), timedelta(hours=2)),
    ],
)
def test_silence_is_reminded_and_then_handed_back(
    priority: Priority, reminded: timedelta, handed_back: timedelta
) -> None:
    with database.session_scope() as session:
        referral_id = a_referral(session, priority=priority)
    pass_time(reminded - timedelta(minutes=1))
    assert NoticeKind.REFERRAL_REMINDER not in kinds(referral_id=referral_id)
    pass_time(reminded)
    pass_time(reminded)
    assert kinds(referral_id=referral_id).count(NoticeKind.REFERRAL_REMINDER) == 1
    pass_time(handed_back)
    (task,) = tasks_of(referral_id)
    assert task.kind == TaskKind.REFERRAL_UNANSWERED
    assert read(referral_id).suggestions


def test_the_person_is_asked_within_a_day_of_the_closing(referral_id: str) -> None:
    move(referral_id, Status.ACCEPTED)
    move(referral_id, Status.COMPLETED)
    pass_time(timedelta(hours=3))
    assert NoticeKind.OUTCOME_QUESTION in kinds(referral_id=referral_id)


def test_without_a_closing_the_person_is_asked_after_the_usual_wait(referral_id: str) -> None:
    pass_time(timedelta(days=6))
    assert NoticeKind.OUTCOME_QUESTION not in kinds(referral_id=referral_id)
    pass_time(timedelta(days=7))
    assert NoticeKind.OUTCOME_QUESTION in kinds(referral_id=referral_id)


def test_asked_twice_and_never_answered_is_unknown(referral_id: str) -> None:
    for days in (7, 11, 15):
        pass_time(timedelta(days=days))
    assert kinds(referral_id=referral_id).count(NoticeKind.OUTCOME_QUESTION) == 2
    assert read(referral_id).outcome == "unknown"


def test_no_is_a_task_and_a_wrong_number_a_report(referral_id: str) -> None:
    with database.session_scope() as session:
        referral = session.get_one(Referral, referral_id)
        assert outcomes.not_received(session, referral, now=MORNING)
        outcomes.because(
            session,
            referral,
            NotReceived.WRONG_NUMBER,
            actor=BY_CLINICIAN,
            words="its a pizza place",
            now=MORNING,
        )
    found = {task.kind: task for task in tasks_of(referral_id)}
    assert set(found) == {TaskKind.REFERRAL_NOT_RECEIVED, TaskKind.LISTING_REPORT}
    assert "pizza" in (found[TaskKind.REFERRAL_NOT_RECEIVED].note or "")
    assert NoticeKind.LISTING_REPORTED in kinds()


def test_withdrawn_consent_ends_what_nobody_has_taken_up(referral_id: str) -> None:
    with database.session_scope() as session:
        person = session.get_one(Referral, referral_id).person_id
        from_person = referrals.people.by_id(session, person)
        assert from_person is not None
        referrals.withdraw_for(session, from_person, actor=BY_CLINICIAN, now=MORNING)
    assert read(referral_id).status == Status.CANCELLED
    assert NoticeKind.REFERRAL_WITHDRAWN in kinds(referral_id=referral_id)


def test_a_question_stops_the_clock_until_it_is_answered(referral_id: str) -> None:
    with database.session_scope() as session:
        referral = session.get_one(Referral, referral_id)
        referrals.remark(session, referral, "Any pets?", actor=partner("c"), now=MORNING)
    pass_time(3 * DAY)
    assert [task.kind for task in tasks_of(referral_id)] == [TaskKind.REFERRAL_QUESTION]
    with database.session_scope() as session:
        referral = session.get_one(Referral, referral_id)
        referrals.remark(session, referral, "A cat.", actor=BY_CLINICIAN, now=MORNING + 3 * DAY)
    assert NoticeKind.REFERRAL_ANSWERED in kinds(referral_id=referral_id)
    assert read(referral_id).remind_at is not None
