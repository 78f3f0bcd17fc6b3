"""Moving a referral from outside, by the rules of who moves it."""

from datetime import datetime

from sqlalchemy.orm import Session

from api.fhir.access import Caller, receives, sent
from api.fhir.task_changes import TaskChange
from directory.referrals import service as referrals
from directory.referrals.actors import Actor
from directory.referrals.models import Referral
from directory.referrals.states import Status


def move(
    session: Session, caller: Caller, referral: Referral, change: TaskChange, *, now: datetime
) -> None:
    """Make the Task what it shall be; what it is already changes nothing.

    Raises Conflict for a move that the rules do not have, Invalid where a reason is missing.
    """
    if change.status == referral.status:
        return
    actor = acting(caller, referral, change.status)
    referrals.move(session, referral.id, change.status, actor=actor, reason=change.reason, now=now)


def acting(caller: Caller, referral: Referral, to: Status) -> Actor:
    """As whom: who was sent a referral answers it, who has sent it takes it back."""
    takes_back = to is Status.CANCELLED or not receives(caller, referral)
    return caller.as_sender if sent(caller, referral) and takes_back else caller.actor
