"""Texts of ours: queued with the fact that causes them, claimed by one sender, receipts applied.

The outbox is the keel: retries, receipts, quiet hours, opt-outs and rate limits live on this
row, so that a crash anywhere loses nothing and doubles nothing. What a person waits for has a job
besides; what we start is paced by those who look at the rows, and they find it after a crash too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session

from directory import jobs
from directory.database import new_id
from directory.messages.models import (
    MessageKind,
    OutboundMessage,
    OutboundStatus,
    SendPriority,
)
from directory.retention import carrier_copies

CLAIM = timedelta(seconds=45)
# How long a request of a process that died may take to reach the carrier.
ON_ITS_WAY = timedelta(seconds=5)
# Why a text is back in the queue, where that decides how it is tried again.
AMBIGUOUS = "ambiguous"  # it may have been sent: look it up first
UNREACHABLE = "unreachable"  # its last try is over and known: the next is a new text


# Asked for every text, so they are built once.
_BY_IDS_LOCKED = (
    select(OutboundMessage)
    .where(OutboundMessage.id.in_(bindparam("ids", expanding=True)))
    .order_by(OutboundMessage.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_LAST_SEQUENCE = select(func.max(OutboundMessage.sequence)).where(
    OutboundMessage.person_id == bindparam("person")
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a sender needs, taken out of the session so that none is open while it sends."""

    id: str
    person_id: str
    in_reply_to: str | None
    kind: str
    priority: int
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
    written_by: str | None = None,
    after: int | None = None,
) -> OutboundMessage:
    """Write a text, and the job of one that is waited for, in the transaction of the fact.

    `after`: the number of the person's last text, where the caller has it.
    """
    last = session.scalar(_LAST_SEQUENCE, {"person": person_id}) if after is None else after
    message = OutboundMessage(
        id=new_id(),
        person_id=person_id,
        sequence=(last or 0) + 1,
        in_reply_to=in_reply_to,
        checkin_id=checkin_id,
        notice_id=notice_id,
        priority=priority,
        kind=kind,
        body=body,
        # Said here and not left to the insert: who queued it may claim it before it is written.
        status=OutboundStatus.QUEUED,
        attempts=0,
        initiated=initiated,
        written_by=written_by,
        after_opt_out=after_opt_out,
        created_at=now,
        not_before=now,
        expires_at=expires_at,
    )
    session.add(message)
    if _has_job(message):
        jobs.enqueue(
            session,
            jobs.Job.DELIVER,
            message.id,
            reference=message.id,
            delay_seconds=jobs.RECOVERY_AFTER_SECONDS,
        )
    return message


def _has_job(message: OutboundMessage) -> bool:
    """What can wait is paced: a job would mostly find that it is not its turn."""
    return message.priority <= SendPriority.REPLY


def claimable(
    session: Session, message_ids: Sequence[str], *, wall: datetime
) -> list[OutboundMessage]:
    """Those of these texts that may be claimed now, in this order; locked, so that of several
    senders one gets each. What is over, early, or held by another sender is left out.

    What a sender has left behind may have been sent. It is marked so here, and stays so, whatever
    comes between, until an answer is noted.
    """
    statement = select(OutboundMessage).where(
        OutboundMessage.id.in_(message_ids),
        or_(OutboundMessage.status == OutboundStatus.QUEUED, _abandoned(wall)),
        _ready(wall),
    )
    rows = session.scalars(
        statement.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    )
    found = {message.id: message for message in rows}
    for message in found.values():
        if message.status == OutboundStatus.SENDING:
            message.reason = AMBIGUOUS
    return [found[each] for each in message_ids if each in found]


def claim(
    session: Session, message: OutboundMessage, *, wall: datetime, by: str | None = None
) -> Claimed:
    """Take a claimable text for sending. `by`: the name of this process."""
    if message.reason == UNREACHABLE:
        # Until here the ids of a try that was lost are kept, so that its late reports change
        # nothing. The carrier has a copy of that try, which is to be blanked as well.
        if message.provider_id is not None:
            carrier_copies.put_down_apart(session, message, message.provider_id)
        message.provider_id = message.provider_status = message.first_tried_at = None
    maybe_sent = message.reason == AMBIGUOUS
    message.reason = AMBIGUOUS if maybe_sent else None
    message.status = OutboundStatus.SENDING
    message.claimed_until, message.claimed_by = wall + CLAIM, by
    message.attempts += 1
    message.first_tried_at = message.first_tried_at or wall
    return Claimed(
        id=message.id,
        person_id=message.person_id,
        in_reply_to=message.in_reply_to,
        kind=message.kind,
        priority=message.priority,
        body=message.body,
        attempts=message.attempts,
        initiated=message.initiated,
        after_opt_out=message.after_opt_out,
        maybe_sent=maybe_sent,
        first_tried_at=message.first_tried_at,
        expires_at=message.expires_at,
    )


def give_back(session: Session, claimed: Collection[Claimed]) -> None:
    """Texts that were claimed and, for certain, not begun: as if nobody had taken them."""
    for message in by_ids(session, [each.id for each in claimed if not each.maybe_sent]).values():
        if message.status != OutboundStatus.SENDING:
            continue
        message.status, message.claimed_until = OutboundStatus.QUEUED, None
        message.attempts -= 1
        if message.attempts == 0:
            message.first_tried_at = None


def _waiting(now: datetime) -> ColumnElement[bool]:
    return (OutboundMessage.status == OutboundStatus.QUEUED) & (OutboundMessage.not_before <= now)


def _abandoned(wall: datetime) -> ColumnElement[bool]:
    return (OutboundMessage.status == OutboundStatus.SENDING) & (
        OutboundMessage.claimed_until < wall
    )


def _ready(wall: datetime) -> ColumnElement[bool]:
    return or_(OutboundMessage.retry_at.is_(None), OutboundMessage.retry_at <= wall)


def by_id(session: Session, message_id: str, *, for_update: bool = False) -> OutboundMessage | None:
    """`for_update`: a sender and a report that come at once note one after the other."""
    return session.get(OutboundMessage, message_id, with_for_update=for_update or None)


def by_ids(session: Session, message_ids: Collection[str]) -> dict[str, OutboundMessage]:
    """Texts by id, locked: all in one order, so that two who want some never block each other."""
    rows = session.scalars(_BY_IDS_LOCKED, {"ids": list(message_ids)})
    return {message.id: message for message in rows}


def mark_sent(
    session: Session,
    message: OutboundMessage,
    *,
    provider_id: str,
    segments: int | None,
    now: datetime,
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
    if _has_job(message):
        done = {jobs.Job.DELIVER: message.id}
        if message.in_reply_to is not None:
            done[jobs.Job.ANSWER] = message.in_reply_to
        jobs.withdraw(session, done)
    return True


def retry_later(
    session: Session, message: OutboundMessage, *, at: datetime, wall: datetime, reason: str
) -> None:
    """Back into the queue, not before wall instant `at`."""
    message.status, message.retry_at, message.reason = OutboundStatus.QUEUED, at, reason
    message.claimed_until = None
    if _has_job(message):
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


def anything_due(session: Session, *, now: datetime, wall: datetime) -> bool:
    """Whether `due` finds any, in one statement: mostly there is none."""
    states = (_waiting(now), _abandoned(wall))
    return any(session.execute(select(*(exists().where(each) for each in states))).one())


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

    Danger first, then replies, then what we start; within each what was due first. `priority`: of
    this one alone; `replies_only`: without what we start.
    """
    order = (
        OutboundMessage.priority,
        OutboundMessage.not_before,
        OutboundMessage.created_at,
        OutboundMessage.sequence,
    )
    found: list[tuple[Any, ...]] = []
    for state in (_waiting(now), _abandoned(wall)):  # two questions, so that each follows its index
        statement = select(OutboundMessage.id, *order).where(state, _ready(wall))
        if priority is not None:
            statement = statement.where(OutboundMessage.priority == priority)
        if replies_only:
            statement = statement.where(OutboundMessage.initiated.is_(False))
        found += map(tuple, session.execute(statement.order_by(*order).limit(limit)))
    return [message_id for message_id, *_ in sorted(found, key=lambda row: row[1:])[:limit]]


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


def release_claims(session: Session, *, wall: datetime, of: str | None = None) -> None:
    """Let go what a process had claimed that is gone: `of` this name, or any.

    What it had asked of the carrier last may still be on its way there: looked up a moment too
    early, it would be sent again.
    """
    held = OutboundMessage.status == OutboundStatus.SENDING
    if of is not None:
        held &= OutboundMessage.claimed_by == of
    still_held = OutboundMessage.claimed_until > wall + ON_ITS_WAY
    session.execute(
        update(OutboundMessage).where(held, still_held).values(claimed_until=wall + ON_ITS_WAY)
    )
