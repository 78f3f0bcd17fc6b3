"""A partner's silence: from when it counts, whose turn it is then, and how it ends."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.clock import wall_now
from directory.notices import queries as notices
from directory.notices.models import NoticeKind
from directory.partners import queries as partners
from directory.referrals.models import Priority, Referral
from directory.referrals.states import Status
from directory.tasks import queries as task_queries
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

# First a reminder, then it is the clinician's again.
REMIND_AFTER = {Priority.ROUTINE: timedelta(hours=24), Priority.URGENT: timedelta(hours=1)}
ESCALATE_AFTER = {Priority.ROUTINE: timedelta(hours=48), Priority.URGENT: timedelta(hours=2)}
# Until when a person should have called a partner that nothing else tells: as soon as a partner
# that was told would be reminded.
CALL_WITHIN = REMIND_AFTER
# Who closes a task that nobody has to do any more.
SYSTEM = "system"


def begin(session: Session, referral: Referral, *, told: bool, now: datetime) -> bool:
    """Wait for the answer of a partner that knows of it; of one that cannot, a person must call.
    Returns whether it can know.

    A partner that was not told may still look for itself, if it has a key that opens referrals.
    """
    if told or _looks(session, referral.organization_id):
        wait(referral, now=now)
        return True
    _leave_to_a_person(session, referral, now=now)
    return False


def can_be_told(session: Session, organization_id: str, service_id: str) -> bool:
    """Whether a referral to this service comes to the partner without anybody's call."""
    contacts = partners.contacts_for(session, organization_id, service_id)
    return bool(contacts) or _looks(session, organization_id)


def nobody_knows(session: Session, referral: Referral) -> bool:
    """Whether it waits for a partner that was not told, and is not going to be: a person calls."""
    return (
        referral.status == Status.REQUESTED
        and not can_be_told(session, referral.organization_id, referral.service_id)
        and not notices.anybody_told(session, referral.id, NoticeKind.REFERRAL_NEW)
    )


def nobody_left(session: Session, referral: Referral, *, now: datetime) -> None:
    """The last contact was removed before they had heard: a person calls, rather than wait for
    the clock."""
    waiting = task_queries.not_done_about(session, referral.id, TaskKind.REFERRAL_UNANSWERED)
    if not waiting and not _looks(session, referral.organization_id):
        _leave_to_a_person(session, referral, now=now)


def _looks(session: Session, organization_id: str) -> bool:
    return partners.reads_referrals(session, organization_id, wall=wall_now())


def _leave_to_a_person(session: Session, referral: Referral, *, now: datetime) -> None:
    task = tasks.open_task(
        session,
        TaskKind.REFERRAL_UNANSWERED,
        person_id=referral.person_id,
        referral_id=referral.id,
        service_id=referral.service_id,
        assigned_to=referral.clinician_id,
        note="This partner has no contact with us, so nobody there was told: please call them "
        "about the referral.",
        now=now,
    )
    # An urgent one cannot wait a day for its call, when one that was told is reminded in an hour.
    task.due_at = min(task.due_at, now + CALL_WITHIN[Priority(referral.priority)])


def wait(referral: Referral, *, now: datetime) -> None:
    """From now on silence counts."""
    priority = Priority(referral.priority)
    referral.remind_at = now + REMIND_AFTER[priority]
    referral.escalate_at = now + ESCALATE_AFTER[priority]


def end(session: Session, referral: Referral, *, now: datetime) -> None:
    """The partner has answered, or need not any more: nobody has to call about its silence."""
    referral.remind_at = referral.escalate_at = None
    for task in task_queries.not_done_about(session, referral.id, TaskKind.REFERRAL_UNANSWERED):
        tasks.finish(task, by=SYSTEM, now=now, note=f"The referral is {referral.status} now.")
