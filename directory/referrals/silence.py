"""A partner's silence: from when it counts, whose turn it is then, and how it ends."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.clock import wall_now
from directory.partners import queries as partners
from directory.referrals.models import Priority, Referral
from directory.tasks import queries as task_queries
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

# First a reminder, then it is the clinician's again.
REMIND_AFTER = {Priority.ROUTINE: timedelta(hours=24), Priority.URGENT: timedelta(hours=1)}
ESCALATE_AFTER = {Priority.ROUTINE: timedelta(hours=48), Priority.URGENT: timedelta(hours=2)}
# Who closes a task that nobody has to do any more.
SYSTEM = "system"


def begin(session: Session, referral: Referral, *, told: bool, now: datetime) -> None:
    """Wait for the answer of a partner that knows of it; of one that cannot, a person must call.

    A partner that was not told may still look for itself, if it has a key that opens referrals.
    """
    if told or _looks(session, referral):
        wait(referral, now=now)
    else:
        _leave_to_a_person(session, referral, now=now)


def nobody_left(session: Session, referral: Referral, *, now: datetime) -> None:
    """The last contact was removed before they had heard: a person calls, rather than wait for
    the clock."""
    waiting = task_queries.not_done_about(session, referral.id, TaskKind.REFERRAL_UNANSWERED)
    if not waiting and not _looks(session, referral):
        _leave_to_a_person(session, referral, now=now)


def _looks(session: Session, referral: Referral) -> bool:
    return partners.reads_referrals(session, referral.organization_id, wall=wall_now())


def _leave_to_a_person(session: Session, referral: Referral, *, now: datetime) -> None:
    tasks.open_task(
        session,
        TaskKind.REFERRAL_UNANSWERED,
        person_id=referral.person_id,
        referral_id=referral.id,
        service_id=referral.service_id,
        assigned_to=referral.clinician_id,
        note="This partner has no contact with us: please call them about the referral.",
        now=now,
    )


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
