"""What may forbid a text at the last moment, whatever was true when it was queued."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot import staff_texts
from bot.notices import fates
from bot.sms import ends
from directory.checkins import queries as checkin_queries
from directory.checkins import service as checkins
from directory.checkins.models import CheckInStatus
from directory.messages import outbox
from directory.messages.models import MessageKind, OutboundMessage, OutboundStatus
from directory.notices import queries as notices
from directory.notices.models import NoticeStatus
from directory.notices.permission import refusal
from directory.people.models import Person
from directory.quiet_hours import QuietHours


def withheld(
    session: Session,
    message: OutboundMessage,
    person: Person,
    *,
    quiet: QuietHours,
    now: datetime,
    wall: datetime,
) -> bool:
    """Whether a text must not leave now; then it has been ended or postponed here."""
    if message.notice_id is not None and _overtaken(session, message, now=now, wall=wall):
        return True
    if person.opted_out_at is not None and not message.after_opt_out:
        ends.close(session, message, OutboundStatus.DROPPED, "opted_out", now=now)
        return True
    if person.unreachable_because is not None:
        reason = person.unreachable_because
        ends.close(session, message, OutboundStatus.FAILED, reason, now=now)
        return True
    return message.initiated and _ill_timed(session, message, person, quiet=quiet, now=now)


def _overtaken(
    session: Session, message: OutboundMessage, *, now: datetime, wall: datetime
) -> bool:
    """For the text of a notice: taken back, or things have moved on since it was handed over."""
    notice = notices.by_id(session, message.notice_id or "")
    if notice is None or notice.status in (NoticeStatus.CANCELLED, NoticeStatus.DROPPED):
        outbox.close(message, OutboundStatus.DROPPED, reason="cancelled")
        return True
    why_not = refusal(session, notice, now=now, wall=wall)
    if why_not is None:
        return False
    outbox.close(message, OutboundStatus.DROPPED, reason=why_not.reason)
    fates.ended(session, notice, why_not, now=now)
    return True


def _ill_timed(
    session: Session,
    message: OutboundMessage,
    person: Person,
    *,
    quiet: QuietHours,
    now: datetime,
) -> bool:
    """For what we start: too late, taken back, no longer allowed, or not at this hour."""
    if message.expires_at is not None and now > message.expires_at:
        ends.close(session, message, OutboundStatus.DROPPED, "stale", now=now)
        return True
    if message.checkin_id is not None:
        checkin = checkin_queries.by_id(session, message.checkin_id)
        gone = checkin is None or checkin.status != CheckInStatus.PLANNED
        why = None if checkin is None else checkins.forbidden(session, checkin, now=now)
        if gone or why is not None:
            reason = why[1] if why else "cancelled"
            ends.close(session, message, OutboundStatus.DROPPED, reason, now=now)
            return True
    if message.kind == MessageKind.STAFF:
        why_not = staff_texts.forbidden_since(
            session, person, written_at=message.created_at, now=now
        )
        if why_not is not None:
            ends.close(session, message, OutboundStatus.DROPPED, why_not, now=now)
            return True
    if quiet.covers(now):
        outbox.postpone(message, until=quiet.end_after(now))
        return True
    return False
