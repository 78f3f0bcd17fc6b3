"""What those who watch ask of texts: how many are under way, and how long they have waited."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.messages.models import OutboundMessage, OutboundStatus, SendPriority


def counts(session: Session) -> dict[str, int]:
    """How many texts are under way, or ended where somebody has to look: by status. Those that
    went well are most of a million rows, and are not counted here."""
    looked_at = OutboundMessage.status.in_(
        (
            OutboundStatus.QUEUED,
            OutboundStatus.SENDING,
            OutboundStatus.FAILED,
            OutboundStatus.UNCERTAIN,
        )
    )
    rows = session.execute(
        select(OutboundMessage.status, func.count())
        .where(looked_at)
        .group_by(OutboundMessage.status)
    )
    return {str(status): int(count) for status, count in rows}


def queue_by_priority(
    session: Session, *, now: datetime
) -> dict[SendPriority, tuple[int, datetime]]:
    """Of each priority how many texts should have left by now, and since when the first should
    (product time)."""
    rows = session.execute(
        select(OutboundMessage.priority, func.count(), func.min(OutboundMessage.not_before))
        .where(OutboundMessage.status == OutboundStatus.QUEUED, OutboundMessage.not_before <= now)
        .group_by(OutboundMessage.priority)
    )
    return {SendPriority(priority): (count, since) for priority, count, since in rows}
