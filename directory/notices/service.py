"""Planning and ending notices. Sending them is the bot's."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from directory.messages import outbox
from directory.messages.models import OutboundStatus
from directory.notices import queries
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.partners.models import Channel, PartnerContact
from directory.people.models import Person

# Longer than any try may take (bot/notices): who is slower than this is dead. Wall time.
CLAIM = timedelta(minutes=5)


def _plan(
    session: Session,
    kind: NoticeKind,
    *,
    reference: str,
    due_at: datetime,
    now: datetime,
    **who: Any,
) -> Notice | None:
    """Plan one notice; None when this very fact has been planned before."""
    whole = f"{kind.value}/{reference}"
    if queries.by_reference(session, whole) is not None:
        return None
    notice = Notice(kind=kind, reference=whole, due_at=due_at, created_at=now, **who)
    session.add(notice)
    session.flush()
    return notice


def to_resident(
    session: Session,
    person: Person,
    kind: NoticeKind,
    *,
    reference: str,
    now: datetime,
    referral_id: str | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Notice | None:
    """A text to a resident; whether it may go out is asked again when it is due."""
    return _plan(
        session,
        kind,
        reference=f"{reference}/{person.id}",
        due_at=due_at or now,
        now=now,
        channel=Channel.SMS,
        person_id=person.id,
        referral_id=referral_id,
        expires_at=expires_at,
    )


def to_contact(
    session: Session,
    contact: PartnerContact,
    kind: NoticeKind,
    *,
    reference: str,
    now: datetime,
    referral_id: str | None = None,
    facts: dict[str, Any] | None = None,
) -> Notice | None:
    """To somebody at a partner, by the channel that they chose."""
    return _plan(
        session,
        kind,
        reference=f"{reference}/{contact.id}",
        due_at=now,
        now=now,
        channel=contact.channel,
        contact_id=contact.id,
        referral_id=referral_id,
        facts=facts or {},
    )


def to_staff(
    session: Session,
    staff_id: str,
    kind: NoticeKind,
    *,
    channel: Channel,
    reference: str,
    now: datetime,
    task_id: str | None = None,
    facts: dict[str, Any] | None = None,
) -> Notice | None:
    """To a member of staff, by text (a registered phone) or e-mail. Without content, always."""
    return _plan(
        session,
        kind,
        reference=f"{reference}/{staff_id}/{channel.value}",
        due_at=now,
        now=now,
        channel=channel,
        staff_id=staff_id,
        task_id=task_id,
        facts=facts or {},
    )


def cancel(
    session: Session,
    *,
    reason: str,
    person_id: str | None = None,
    referral_id: str | None = None,
    kinds: Collection[NoticeKind] = (),
) -> None:
    """Take back what has not left: planned ones, and texts that still stand in the outbox."""
    for notice in queries.planned(
        session, person_id=person_id, referral_id=referral_id, kinds=kinds
    ):
        notice.status, notice.reason = NoticeStatus.CANCELLED, reason
    for notice, message in queries.in_outbox(
        session, person_id=person_id, referral_id=referral_id, kinds=kinds
    ):
        outbox.close(message, OutboundStatus.DROPPED, reason=reason)
        notice.status, notice.reason = NoticeStatus.CANCELLED, reason


def mark(
    session: Session, notice_id: str, status: NoticeStatus, *, now: datetime, reason: str | None
) -> None:
    """What has become of a notice; HANDED_OVER again when the carrier gave its text back."""
    notice = queries.by_id(session, notice_id, for_update=True)
    if notice is None:
        return
    notice.status, notice.reason, notice.claimed_until = status, reason, None
    if status is NoticeStatus.HANDED_OVER:
        notice.sent_at = None
    if status is NoticeStatus.SENT and notice.sent_at is None:
        notice.sent_at = now


def claim(session: Session, notice_id: str, *, now: datetime, wall: datetime) -> Notice | None:
    """Take a notice for sending; None when it is over, early, or another sender has it.

    The claim ends by itself after CLAIM, so that what a dead sender held is sent by another.
    """
    result = session.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.due_at <= now, queries.ready(wall))
        .values(
            status=NoticeStatus.SENDING,
            claimed_until=wall + CLAIM,
            attempts=Notice.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        return None
    return session.get(Notice, notice_id, populate_existing=True)


def try_again(notice: Notice, *, at: datetime, reason: str) -> None:
    """Back among what is planned, not before wall instant `at`."""
    notice.status, notice.reason, notice.retry_at = NoticeStatus.PLANNED, reason, at
    notice.claimed_until = None


def release_claims(session: Session, *, wall: datetime) -> None:
    """At the start of the only process: whoever held a claim is gone."""
    session.execute(
        update(Notice)
        .where(Notice.status == NoticeStatus.SENDING)
        .values(claimed_until=wall - timedelta(seconds=1))
    )
