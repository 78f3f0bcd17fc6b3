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
# Among the facts of notices that one text tells: on the first the ids of the others, on each of
# the others the id of the first.
_ALSO, _TOLD_IN = "also", "told_in"


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
    """Take back what has not left: planned ones, and texts that still stand in the outbox.

    A text that speaks of others too stays for them (`tell_together`).
    """
    for notice in queries.handed_over(
        session, person_id=person_id, referral_id=referral_id, kinds=kinds
    ):
        if _TOLD_IN in notice.facts:
            notice.status, notice.reason = NoticeStatus.CANCELLED, reason
    for notice in queries.planned(
        session, person_id=person_id, referral_id=referral_id, kinds=kinds
    ):
        notice.status, notice.reason = NoticeStatus.CANCELLED, reason
    for notice, message in queries.in_outbox(
        session, person_id=person_id, referral_id=referral_id, kinds=kinds
    ):
        outbox.close(message, OutboundStatus.DROPPED, reason=reason)
        notice.status, notice.reason = NoticeStatus.CANCELLED, reason
        _follow(session, notice)


def tell_together(session: Session, first: Notice, others: Collection[Notice]) -> list[Notice]:
    """The text of `first` speaks of the others too: what becomes of it becomes of them.

    Where it ends for a reason of its own they are planned again. Returns all that it speaks of,
    `first` included.
    """
    for other in others:
        other.status, other.facts = NoticeStatus.HANDED_OVER, {**other.facts, _TOLD_IN: first.id}
    ids = [*first.facts.get(_ALSO, []), *(other.id for other in others)]
    if ids:
        first.facts = {**first.facts, _ALSO: ids}
    session.flush()
    return [first, *_told_with(session, first)]


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
    _follow(session, notice)


def _told_with(session: Session, first: Notice) -> list[Notice]:
    """What the text of `first` speaks of besides, as far as it has not been taken back."""
    others = [queries.by_id(session, each) for each in first.facts.get(_ALSO, [])]
    over = (NoticeStatus.CANCELLED, NoticeStatus.DROPPED)
    return [
        each
        for each in others
        if each is not None and each.facts.get(_TOLD_IN) == first.id and each.status not in over
    ]


def _follow(session: Session, first: Notice) -> None:
    """Let those that were told with `first` become what it has become.

    A text that was taken back, or overtaken, says nothing about the others: they go by themselves.
    """
    for other in _told_with(session, first):
        if first.status in (NoticeStatus.CANCELLED, NoticeStatus.DROPPED):
            other.status, other.reason = NoticeStatus.PLANNED, None
            other.facts = {name: fact for name, fact in other.facts.items() if name != _TOLD_IN}
        else:
            other.status, other.reason = first.status, first.reason
            other.sent_at = first.sent_at


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


def nothing_left(notice: Notice) -> None:
    """The try for which it was claimed was none: it was refused, or not even begun."""
    notice.attempts -= 1


def release_claims(session: Session, *, wall: datetime) -> None:
    """At the start of the only process: whoever held a claim is gone."""
    session.execute(
        update(Notice)
        .where(Notice.status == NoticeStatus.SENDING)
        .values(claimed_until=wall - timedelta(seconds=1))
    )
