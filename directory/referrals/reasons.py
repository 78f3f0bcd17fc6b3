"""Why a partner declined, when it says so only after it has declined."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.referrals import queries
from directory.referrals.actors import Actor
from directory.referrals.models import Referral
from directory.referrals.states import Status
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

NOT_GIVEN = "No reason given."


def add_reason(
    session: Session, referral: Referral, reason: str, *, actor: Actor, now: datetime
) -> bool:
    """Write the reason down where there was none, and tell who has the task.

    False when this actor did not decline it, or has given a reason before.
    """
    for event in queries.history(session, referral.id):
        if event.status == Status.REJECTED and event.by == actor.by and event.reason == NOT_GIVEN:
            event.reason = reason
            tasks.open_task(
                session,
                TaskKind.REFERRAL_DECLINED,
                person_id=referral.person_id,
                referral_id=referral.id,
                service_id=referral.service_id,
                assigned_to=referral.clinician_id,
                note=f"Why it was declined: {reason}",
                now=now,
            )
            return True
    return False
