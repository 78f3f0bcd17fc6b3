"""Replies leave in the order in which they were decided, whichever processes send them.

A reply waits for an earlier one to the same person that has not reached the carrier: one that
failed for now, or whose sender died. Danger waits for nobody's reply but the parts of its own; and
nobody waits for long: what cannot be sent for minutes must not keep the next answer from a person.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from directory.messages.models import OutboundMessage, OutboundStatus, SendPriority
from directory.messages.outbox import UNREACHABLE

# Wall time, from the first try of the reply that is waited for.
PATIENCE = timedelta(minutes=2)
LOOK_AGAIN = timedelta(milliseconds=300)
# As many texts of ours before this one are looked at; more are never on their way to one person.
_LOOKED_AT = 30
# Asked for every reply, so they are built once.
_BEFORE = (
    select(OutboundMessage.retry_at, OutboundMessage.first_tried_at)
    .where(
        OutboundMessage.person_id == bindparam("person"),
        OutboundMessage.sequence < bindparam("number"),
        OutboundMessage.sequence >= bindparam("looked_at_from"),
        OutboundMessage.in_reply_to.is_not(None),
        OutboundMessage.not_before <= bindparam("now"),
    )
    .order_by(OutboundMessage.sequence.desc())
    .limit(1)
)
_BEFORE_DANGER = _BEFORE.where(
    OutboundMessage.in_reply_to == bindparam("text"),
    OutboundMessage.status == OutboundStatus.QUEUED,
    OutboundMessage.first_tried_at.is_(None),
)
_BEFORE_REPLY = _BEFORE.where(
    OutboundMessage.status.in_((OutboundStatus.QUEUED, OutboundStatus.SENDING)),
    or_(
        OutboundMessage.first_tried_at.is_(None),
        OutboundMessage.first_tried_at > bindparam("patient_since"),
    ),
    # Not the second try of one that the carrier had, and could not deliver.
    or_(OutboundMessage.reason.is_(None), OutboundMessage.reason != UNREACHABLE),
)


def turn_at(
    session: Session, message: OutboundMessage, *, now: datetime, wall: datetime
) -> datetime | None:
    """When to look again whether it is this text's turn (wall time); None when it is."""
    if message.in_reply_to is None or message.sequence == 1:
        return None
    danger = message.priority == SendPriority.DANGER
    terms = {
        "person": message.person_id,
        "number": message.sequence,
        "looked_at_from": message.sequence - _LOOKED_AT,
        "now": now,
    } | ({"text": message.in_reply_to} if danger else {"patient_since": wall - PATIENCE})
    earlier = session.execute(_BEFORE_DANGER if danger else _BEFORE_REPLY, terms).first()
    if earlier is None:
        return None
    again = max(earlier.retry_at or wall, wall + LOOK_AGAIN)
    tried_at = earlier.first_tried_at
    return again if tried_at is None else min(again, max(tried_at + PATIENCE, wall + LOOK_AGAIN))
