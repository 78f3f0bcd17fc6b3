"""Texts of ours: queued with the fact that causes them, claimed by one sender, receipts applied.

The outbox is the keel: retries, receipts, quiet hours, opt-outs and rate limits live on this
row, so that a crash anywhere loses nothing and doubles nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory import jobs
from directory.messages.models import (
    MessageKind,
    OutboundMessage,
    OutboundStatus,
    SendPace,
    SendPriority,
)

CLAIM = timedelta(seconds=45)
# How long a request of a process that died may take to reach the carrier.
ON_ITS_WAY = timedelta(seconds=3)
# Why a text is back in the queue, where that decides how it is tried again.
AMBIGUOUS = "ambiguous"  # it may have been sent: look it up first
UNREACHABLE = "unreachable"  # its last try is over and known: the next is a new text


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a sender needs, taken out of the session so that none is open while it sends."""

    id: str
    person_id: str
    body: str
    attempts: int
    initiated: bool
    after_opt_out: bool
    maybe_sent: bool
    first_tried_at: datetime
    expires_at: datetime | None


def queue_text(  # noqa: PLR0913  # an outbound message is exactly these facts
    session: Session,
    *,
    person_id: str,
    body: str,
    kind: MessageKind,
    now: datetime,
    in_reply_to: str | None = None,
    checkin_id: str | None = None,
    notice_id: str | None = None,
    priority: SendPriority = SendPriority.REPLY,
    initiated: bool = False,
    after_opt_out: bool = False,
    expires_at: datetime | None = None,
) -> OutboundMessage:
    """Write a text and its job in the transaction of the fact."""
    last = session.scalar(
        select(func.max(OutboundMessage.sequence)).where(OutboundMessage.person_id == person_id)
    )
    message = OutboundMessage(
        person_id=person_id,
        sequence=(last or 0) + 1,
        in_reply_to=in_reply_to,
        checkin_id=checkin_id,
        notice_id=notice_id,
        priority=priority,
        kind=kind,
        body=body,
        initiated=initiated,
        after_opt_out=after_opt_out,
        created_at=now,
        not_before=now,
        expires_at=expires_at,
    )
    session.add(message)
    session.flush()
    jobs.enqueue(session, jobs.Job.DELIVER, message.id, reference=message.id, delay_seconds=5)
    return message


def claim(session: Session, message_id: str, *, wall: datetime) -> Claimed | None:
    """Take a text for sending; None when it is over, early, or another sender has it.

    `maybe_sent`: an earlier sender died between asking the carrier and noting its answer. It
    stays so, whatever comes between, until an answer is noted.
    """
    due = or_(
        OutboundMessage.status == OutboundStatus.QUEUED,
        (OutboundMessage.status == OutboundStatus.SENDING) & (OutboundMessage.claimed_until < wall),
    )
    ready = or_(OutboundMessage.retry_at.is_(None), OutboundMessage.retry_at <= wall)
    before = session.scalar(
        select(OutboundMessage).where(OutboundMessage.id == message_id, due, ready)
    )
    if before is None:
        return None
    maybe_sent = before.status == OutboundStatus.SENDING or before.reason == AMBIGUOUS
    # Until here the ids of a try that was lost are kept, so that its late reports change nothing.
    anew = {"provider_id": None, "provider_status": None, "first_tried_at": wall}
    result = session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.id == message_id, due, ready)
        .values(
            status=OutboundStatus.SENDING,
            claimed_until=wall + CLAIM,
            attempts=OutboundMessage.attempts + 1,
            first_tried_at=func.coalesce(OutboundMessage.first_tried_at, wall),
            reason=AMBIGUOUS if maybe_sent else None,
        )
        .values(anew if before.reason == UNREACHABLE else {})
    )
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        return None
    session.refresh(before)
    return Claimed(
        id=before.id,
        person_id=before.person_id,
        body=before.body,
        attempts=before.attempts,
        initiated=before.initiated,
        after_opt_out=before.after_opt_out,
        maybe_sent=maybe_sent,
        first_tried_at=before.first_tried_at or wall,
        expires_at=before.expires_at,
    )


def by_id(session: Session, message_id: str, *, for_update: bool = False) -> OutboundMessage | None:
    """`for_update`: a sender and a report that come at once note one after the other."""
    return session.get(OutboundMessage, message_id, with_for_update=for_update or None)


def mark_sent(
    message: OutboundMessage, *, provider_id: str, segments: int | None, now: datetime
) -> bool:
    """The carrier has taken it; False when that was known: a report that came first stands."""
    message.segments = segments or message.segments
    if message.provider_id is not None:
        return False
    message.provider_id = provider_id
    message.sent_at = now
    message.claimed_until = message.retry_at = message.reason = None
    if message.status in (OutboundStatus.SENDING, OutboundStatus.QUEUED, OutboundStatus.UNCERTAIN):
        message.status = OutboundStatus.SENT
    return True


def retry_later(
    session: Session, message: OutboundMessage, *, at: datetime, wall: datetime, reason: str
) -> None:
    """Back into the queue, not before wall instant `at`, with a job of its own."""
    message.status, message.retry_at, message.reason = OutboundStatus.QUEUED, at, reason
    message.claimed_until = None
    jobs.enqueue(
        session,
        jobs.Job.DELIVER,
        message.id,
        reference=f"{message.id}/{message.attempts}",
        delay_seconds=max((at - wall).total_seconds(), 0.0),
    )


def postpone(message: OutboundMessage, *, until: datetime) -> None:
    """Quiet hours: wait for product instant `until`; the sweep takes it up again."""
    message.status, message.not_before = OutboundStatus.QUEUED, until
    message.claimed_until = None


def close(message: OutboundMessage, status: OutboundStatus, *, reason: str) -> None:
    message.status, message.reason, message.claimed_until = status, reason, None


def due(
    session: Session,
    *,
    now: datetime,
    wall: datetime,
    limit: int = 100,
    priority: SendPriority | None = None,
    replies_only: bool = False,
) -> list[str]:
    """Ids of texts that should be on their way and that no sender holds.

    Danger first, then replies, then what we start; within each the oldest. `priority`: of this
    one alone; `replies_only`: without what we start.
    """
    waiting = (OutboundMessage.status == OutboundStatus.QUEUED) & (
        OutboundMessage.not_before <= now
    )
    abandoned = (OutboundMessage.status == OutboundStatus.SENDING) & (
        OutboundMessage.claimed_until < wall
    )
    statement = select(OutboundMessage.id).where(
        or_(waiting, abandoned),
        or_(OutboundMessage.retry_at.is_(None), OutboundMessage.retry_at <= wall),
    )
    if priority is not None:
        statement = statement.where(OutboundMessage.priority == priority)
    if replies_only:
        statement = statement.where(OutboundMessage.initiated.is_(False))
    order = (OutboundMessage.priority, OutboundMessage.created_at, OutboundMessage.sequence)
    return list(session.scalars(statement.order_by(*order).limit(limit)))


def earlier_part_waits(session: Session, message: OutboundMessage, *, now: datetime) -> bool:
    """Whether a part of the same answer, decided before this one, still waits for its turn."""
    if message.in_reply_to is None:
        return False
    earlier = session.scalar(
        select(OutboundMessage.id)
        .where(
            OutboundMessage.in_reply_to == message.in_reply_to,
            OutboundMessage.sequence < message.sequence,
            OutboundMessage.status == OutboundStatus.QUEUED,
            OutboundMessage.retry_at.is_(None),
            OutboundMessage.not_before <= now,
        )
        .limit(1)
    )
    return earlier is not None


def by_provider_id(
    session: Session, provider_id: str, *, for_update: bool = False
) -> OutboundMessage | None:
    statement = select(OutboundMessage).where(OutboundMessage.provider_id == provider_id)
    return session.scalar(statement.with_for_update() if for_update else statement)


def provider_ids_of_others(session: Session, person_id: str, message_id: str) -> frozenset[str]:
    """The carrier's ids of the newest other texts to this person."""
    ids = session.scalars(
        select(OutboundMessage.provider_id)
        .where(
            OutboundMessage.person_id == person_id,
            OutboundMessage.id != message_id,
            OutboundMessage.provider_id.is_not(None),
        )
        .order_by(OutboundMessage.sequence.desc())
        .limit(500)
    )
    return frozenset(each for each in ids if each is not None)


def queued_for(session: Session, person_id: str) -> list[OutboundMessage]:
    """Texts to this person that have not left yet."""
    return list(
        session.scalars(
            select(OutboundMessage).where(
                OutboundMessage.person_id == person_id,
                OutboundMessage.status == OutboundStatus.QUEUED,
            )
        )
    )


def counts(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(OutboundMessage.status, func.count()).group_by(OutboundMessage.status)
    )
    return {str(status): int(count) for status, count in rows}


def reserve_slot(
    session: Session,
    sender: str,
    *,
    rate: float,
    wall: datetime,
    within: timedelta | None = None,
) -> datetime | None:
    """The wall instant at which this text may leave `sender`, at `rate` texts a second.

    Shared by all processes through the database; must be called in a writing transaction.
    `within`: None, and nothing reserved, when the next slot is further off than that.
    """
    pace = session.get(SendPace, sender, with_for_update=True)
    if pace is None:
        pace = _first_pace(session, sender, wall=wall)
    slot = max(pace.next_at, wall)
    if within is not None and slot - wall > within:
        return None
    pace.next_at = slot + timedelta(seconds=1 / rate)
    return slot


def next_slot(session: Session, sender: str, *, wall: datetime) -> datetime:
    """The next instant that nobody has reserved; only looked at."""
    pace = session.get(SendPace, sender)
    return wall if pace is None else max(pace.next_at, wall)


def _first_pace(session: Session, sender: str, *, wall: datetime) -> SendPace:
    try:
        with session.begin_nested():
            pace = SendPace(sender=sender, next_at=wall)
            session.add(pace)
    except IntegrityError:  # another process was first
        return session.get_one(SendPace, sender, with_for_update=True)
    return pace


def release_claims(session: Session, *, wall: datetime) -> None:
    """At the start of the only process: whoever held a claim is gone.

    What it had asked of the carrier last may still be on its way there: looked up a moment too
    early, it would be sent again.
    """
    session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.status == OutboundStatus.SENDING)
        .values(claimed_until=wall + ON_ITS_WAY)
    )
