"""Every SELECT on notices."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from directory.messages.models import OutboundMessage, OutboundStatus
from directory.notices.models import Notice, NoticeKind, NoticeStatus


def by_id(session: Session, notice_id: str, *, for_update: bool = False) -> Notice | None:
    return session.get(Notice, notice_id, with_for_update=for_update or None)


def by_reference(session: Session, reference: str) -> Notice | None:
    return session.scalar(select(Notice).where(Notice.reference == reference))


def planned(
    session: Session,
    *,
    person_id: str | None = None,
    referral_id: str | None = None,
    kinds: Collection[NoticeKind] = (),
) -> list[Notice]:
    """Not handed over yet, of a person or of a referral."""
    theirs = _of(person_id, referral_id, kinds)
    statement = select(Notice).where(Notice.status == NoticeStatus.PLANNED, *theirs)
    return list(session.scalars(statement))


def handed_over(
    session: Session,
    *,
    person_id: str | None = None,
    referral_id: str | None = None,
    kinds: Collection[NoticeKind] = (),
) -> list[Notice]:
    """Handed over, and not known to have left or to have ended."""
    theirs = _of(person_id, referral_id, kinds)
    statement = select(Notice).where(Notice.status == NoticeStatus.HANDED_OVER, *theirs)
    return list(session.scalars(statement))


def anybody_told(session: Session, referral_id: str, kind: NoticeKind) -> bool:
    """Whether anybody was told so of a referral, or is going to be."""
    statement = select(Notice.id).where(
        Notice.referral_id == referral_id,
        Notice.kind == kind,
        Notice.status != NoticeStatus.CANCELLED,
    )
    return session.scalar(statement.limit(1)) is not None


def in_outbox(
    session: Session,
    *,
    person_id: str | None = None,
    referral_id: str | None = None,
    kinds: Collection[NoticeKind] = (),
) -> list[tuple[Notice, OutboundMessage]]:
    """Handed over as a text that has not left yet."""
    statement = (
        select(Notice, OutboundMessage)
        .join(OutboundMessage, OutboundMessage.notice_id == Notice.id)
        .where(OutboundMessage.status == OutboundStatus.QUEUED, *_of(person_id, referral_id, kinds))
    )
    return [(notice, message) for notice, message in session.execute(statement)]


def _of(
    person_id: str | None, referral_id: str | None, kinds: Collection[NoticeKind]
) -> list[ColumnElement[bool]]:
    conditions = []
    if person_id is not None:
        conditions.append(Notice.person_id == person_id)
    if referral_id is not None:
        conditions.append(Notice.referral_id == referral_id)
    if kinds:
        conditions.append(Notice.kind.in_(tuple(kinds)))
    return conditions


def due(
    session: Session,
    *,
    channels: Collection[str],
    now: datetime,
    wall: datetime,
    kinds: Collection[NoticeKind] = (),
    limit: int = 200,
) -> list[Notice]:
    """Whose time has come, by these channels; also those that a dead sender has left behind.

    `kinds`: of these only, so that what is held back never stands in the way of the others.
    """
    statement = _due(channels, kinds, now=now, wall=wall).limit(limit)
    return list(session.scalars(statement.with_for_update(skip_locked=True)))


def due_ids(
    session: Session,
    *,
    channels: Collection[str],
    now: datetime,
    wall: datetime,
    kinds: Collection[NoticeKind] = (),
    limit: int = 200,
) -> list[str]:
    """The same, only looked at: whoever sends one claims it first (service.claim)."""
    statement = _due(channels, kinds, now=now, wall=wall).limit(limit)
    return [notice.id for notice in session.scalars(statement)]


def _due(
    channels: Collection[str], kinds: Collection[NoticeKind], *, now: datetime, wall: datetime
) -> Select[Notice]:
    statement = select(Notice).where(
        Notice.due_at <= now, Notice.channel.in_(tuple(channels)), ready(wall)
    )
    if kinds:
        statement = statement.where(Notice.kind.in_(tuple(kinds)))
    return statement.order_by(Notice.due_at, Notice.id)


def ready(wall: datetime) -> ColumnElement[bool]:
    """Nobody has it, and the wait after a failed try is over."""
    waiting = (Notice.status == NoticeStatus.PLANNED) & (
        Notice.retry_at.is_(None) | (Notice.retry_at <= wall)
    )
    left = (Notice.status == NoticeStatus.SENDING) & (Notice.claimed_until < wall)
    return or_(waiting, left)


def was_told(
    session: Session, contact_id: str, referral_id: str, kinds: Collection[NoticeKind]
) -> bool:
    """Whether one of these about this referral has reached the contact, is on its way, or may
    have arrived: a try of it was not refused, whatever was noted of the notice since."""
    under_way = (NoticeStatus.HANDED_OVER, NoticeStatus.SENDING, NoticeStatus.SENT)
    # What became of a text that was tried before it was taken back is not known any more.
    taken_back = (OutboundMessage.status == OutboundStatus.DROPPED) & (OutboundMessage.attempts > 0)
    may_have = or_(
        Notice.attempts > 0, OutboundMessage.status == OutboundStatus.UNCERTAIN, taken_back
    )
    found = session.scalar(
        select(Notice.id)
        .outerjoin(OutboundMessage, OutboundMessage.notice_id == Notice.id)
        .where(
            Notice.contact_id == contact_id,
            Notice.referral_id == referral_id,
            Notice.kind.in_(tuple(kinds)),
            or_(Notice.status.in_(under_way), may_have),
        )
        .limit(1)
    )
    return found is not None


def withdrawals(session: Session, referral_ids: Collection[str]) -> list[Notice]:
    """What is still to tell, or is just telling, a contact that one of these is withdrawn."""
    to_come = (NoticeStatus.PLANNED, NoticeStatus.SENDING, NoticeStatus.HANDED_OVER)
    return list(
        session.scalars(
            select(Notice).where(
                Notice.referral_id.in_(tuple(referral_ids)),
                Notice.kind == NoticeKind.REFERRAL_WITHDRAWN,
                Notice.status.in_(to_come),
            )
        )
    )


def unsettled(session: Session, *, limit: int = 200) -> list[tuple[Notice, OutboundMessage]]:
    """Handed over as a text that was ended without a word to its notice."""
    ended = (OutboundStatus.DROPPED, OutboundStatus.FAILED, OutboundStatus.UNCERTAIN)
    rows = session.execute(
        select(Notice, OutboundMessage)
        .join(OutboundMessage, OutboundMessage.notice_id == Notice.id)
        .where(Notice.status == NoticeStatus.HANDED_OVER, OutboundMessage.status.in_(ended))
        .limit(limit)
    )
    return [(notice, message) for notice, message in rows]


def latest_sent(session: Session, person_id: str, kinds: Collection[NoticeKind]) -> Notice | None:
    """The newest of these that the person has got."""
    return session.scalar(
        select(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.kind.in_(tuple(kinds)),
            Notice.status == NoticeStatus.SENT,
        )
        .order_by(Notice.sent_at.desc())
        .limit(1)
    )


def sent_since(
    session: Session, person_id: str, kinds: Collection[NoticeKind], *, since: datetime
) -> list[Notice]:
    """All of these that the person has got since then (product time), the newest first."""
    return list(
        session.scalars(
            select(Notice)
            .where(
                Notice.person_id == person_id,
                Notice.kind.in_(tuple(kinds)),
                Notice.status == NoticeStatus.SENT,
                Notice.sent_at >= since,
            )
            .order_by(Notice.sent_at.desc(), Notice.created_at.desc(), Notice.id)
        )
    )


def under_way(
    session: Session, person_id: str, kinds: Collection[NoticeKind], *, sent_after: datetime
) -> Notice | None:
    """The newest of these that will leave, or has left after this moment (product time)."""
    to_come = Notice.status.in_((NoticeStatus.PLANNED, NoticeStatus.HANDED_OVER))
    lately = (Notice.status == NoticeStatus.SENT) & (Notice.sent_at > sent_after)
    return session.scalar(
        select(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.kind.in_(tuple(kinds)),
            or_(to_come, lately),
        )
        .order_by(Notice.created_at.desc())
        .limit(1)
    )


def not_tried_yet(
    session: Session, person_id: str, kinds: Collection[NoticeKind]
) -> tuple[Notice, OutboundMessage] | None:
    """The newest of these whose text still waits for its first try. Locked: its words may be
    changed before a sender takes it."""
    row = session.execute(
        select(Notice, OutboundMessage)
        .join(OutboundMessage, OutboundMessage.notice_id == Notice.id)
        .where(
            Notice.person_id == person_id,
            Notice.kind.in_(tuple(kinds)),
            Notice.status == NoticeStatus.HANDED_OVER,
            OutboundMessage.status == OutboundStatus.QUEUED,
            OutboundMessage.attempts == 0,
        )
        .order_by(OutboundMessage.sequence.desc())
        .limit(1)
        .with_for_update(of=OutboundMessage, skip_locked=True)
    ).first()
    return (row[0], row[1]) if row is not None else None
