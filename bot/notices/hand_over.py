"""Due texts go to the outbox, after one more look at everything that may forbid them.

From there on the outbox is their keel: pace, quiet hours, retries and receipts. What its end was
comes back to the notice (bot/notices/fates.py).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.notices import facts, fates, listing_checks, listing_news, sign_in, together, words
from directory import database
from directory.messages import outbox
from directory.messages.models import MessageKind, OutboundMessage, OutboundStatus, SendPriority
from directory.notices import queries
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.notices.permission import ASKED_FOR, TO_STAFF, refusal, urgent
from directory.on_call import pause
from directory.partners import queries as partners
from directory.partners.models import Channel
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Person
from directory.quiet_hours import QuietHours
from directory.staff import queries as staff


@dataclass(frozen=True, slots=True)
class _Text:
    """Who gets which words."""

    person: Person
    body: str


def hand_over_due(
    session: Session, *, quiet: QuietHours, now: datetime, wall: datetime
) -> list[OutboundMessage]:
    """Queue every text whose time has come and that nothing holds back.

    A pause and quiet hours hold back everything but what staff must know at once, and quiet hours
    let through what somebody has just asked for. What is held back stays planned, so that it is
    looked at afresh when its hour comes.
    """
    settle(session, now=now)
    paused = pause.standing(session)
    held = quiet.covers(now) or paused
    asked_for = () if paused else ASKED_FOR
    due = queries.due(
        session,
        channels=(Channel.SMS,),
        kinds=(*TO_STAFF, *asked_for) if held else (),
        now=now,
        wall=wall,
    )
    going = [each for each in due if urgent(each) or not held or each.kind in asked_for]
    queued = [_hand_over(session, group, now=now, wall=wall) for group in together.grouped(going)]
    return [message for message in queued if message is not None]


def settle(session: Session, *, now: datetime) -> None:
    """Tell notices what became of texts that were ended by others than the sender: by STOP, say."""
    for _, message in queries.unsettled(session):
        status = OutboundStatus(message.status)
        reason = message.reason or "cancelled"
        fates.text_ended(session, message, status, reason, now=now)


def _hand_over(
    session: Session, group: list[Notice], *, now: datetime, wall: datetime
) -> OutboundMessage | None:
    """Queue the one text of these notices, less those that must not go out any more.

    None when nothing is left to say, or an earlier text says it too.
    """
    going = [notice for notice in group if _may_go(session, notice, now=now, wall=wall)]
    if not going:
        return None
    first = going[0]
    if first.person_id is not None:
        resident = people.by_id(session, first.person_id)
        assert resident is not None  # noqa: S101  # `refusal` has seen to it
        if together.add_to_waiting(session, resident, going):
            return None
        text = _Text(resident, together.text(session, resident, going, now=now))
    else:
        text = _text(session, first, now=now, wall=wall)
    first.status = NoticeStatus.HANDED_OVER
    at_once = urgent(first)
    return outbox.queue_text(
        session,
        person_id=text.person.id,
        body=text.body,
        kind=MessageKind.NOTICE,
        notice_id=first.id,
        priority=SendPriority.DANGER if at_once else SendPriority.NOTICE,
        initiated=not at_once and first.kind not in ASKED_FOR,
        expires_at=first.expires_at,
        now=now,
    )


def _may_go(session: Session, notice: Notice, *, now: datetime, wall: datetime) -> bool:
    why_not = refusal(session, notice, now=now, wall=wall)
    if why_not is not None:
        fates.ended(session, notice, why_not, now=now)
    return why_not is None


def _text(session: Session, notice: Notice, *, now: datetime, wall: datetime) -> _Text:
    """To a partner or a colleague. `refusal` has seen to it that they are there with a number."""
    kind = NoticeKind(notice.kind)
    if notice.contact_id is not None:
        contact = partners.contact_by_id(session, notice.contact_id)
        assert contact is not None  # noqa: S101
        person = people_service.find_or_create(session, contact.address, now=now)
        if kind in listing_checks.KINDS:
            asked = listing_checks.facts_of(session, notice, contact, wall=wall)
            return _Text(person, listing_checks.text(kind, asked))
        if kind in listing_news.KINDS:
            news = listing_news.news_of(session, notice, contact)
            return _Text(person, listing_news.text(kind, news))
        if kind in sign_in.KINDS:
            return _Text(person, sign_in.text(kind, sign_in.facts_of(notice, contact)))
        told = facts.of_contact(session, notice, contact, now=now, wall=wall)
        return _Text(person, words.partner_text(kind, told))
    member = staff.active_by_id(session, notice.staff_id or "")
    assert member is not None and member.phone is not None  # noqa: S101
    person = people_service.find_or_create(session, member.phone, now=now)
    return _Text(person, words.staff_text(kind, notice.facts, console=console()))


def console() -> str:
    """The address of the staff console."""
    return f"{database.current().settings.base_url}/console"
