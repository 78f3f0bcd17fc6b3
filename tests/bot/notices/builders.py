"""Notices of every kind, made as the product makes them, and what became of them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.notices.hand_over import hand_over_due
from directory import database
from directory.messages.models import OutboundMessage
from directory.notices import service as notices
from directory.notices.models import Notice, NoticeKind
from directory.on_call import pause
from directory.partners.models import Channel
from directory.people.models import Person
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks.models import Task
from tests.directory.referrals.builders import a_contact, a_referral, a_service
from tests.factories import QUIET
from tests.fakes import MORNING

PARTNER = "+16305550150"
COLLEAGUE = "+16305550160"


def handed_over(now: datetime = MORNING, *, wall: datetime | None = None) -> list[OutboundMessage]:
    """The texts that a look at `now` hands to the outbox."""
    with database.session_scope() as session:
        return hand_over_due(session, quiet=QUIET, now=now, wall=wall or now)


def bodies(messages: Collection[OutboundMessage]) -> dict[str, str]:
    """Words by the kind of notice."""
    with database.read_scope() as session:
        return {
            session.get_one(Notice, message.notice_id).kind: message.body for message in messages
        }


def the_notice(kind: NoticeKind, **by: Any) -> Notice:
    with database.read_scope() as session:
        return session.scalars(select(Notice).filter_by(kind=kind, **by)).one()


def fates_of(kind: NoticeKind) -> list[tuple[str, str | None]]:
    with database.read_scope() as session:
        rows = session.execute(select(Notice.status, Notice.reason).where(Notice.kind == kind))
        return [(status, reason) for status, reason in rows]


def tasks_now() -> list[tuple[str, str]]:
    """Kind and note of every task."""
    with database.read_scope() as session:
        return [(task.kind, task.note or "") for task in session.scalars(select(Task))]


def referred(**given: Any) -> str:
    with database.session_scope() as session:
        return a_referral(session, **given)


def referred_to(channel: Channel, address: str) -> str:
    """The id of a referral whose partner is told by this channel, at this address."""
    with database.session_scope() as session:
        service = a_service(session)
        a_contact(session, service, channel=channel, address=address)
        return a_referral(session, contact=False)


def a_colleague(*, phone: str | None = COLLEAGUE, email: str = "on.call@naperville.example") -> str:
    with database.session_scope() as session:
        member = staff.add(session, email, Role.SUPERVISOR, password=None, phone=phone, now=MORNING)
        return member.id


def told_staff(
    staff_id: str,
    kind: NoticeKind = NoticeKind.ON_CALL,
    *,
    channel: Channel = Channel.SMS,
    now: datetime = MORNING,
    **given: Any,
) -> str:
    with database.session_scope() as session:
        notice = notices.to_staff(
            session, staff_id, kind, channel=channel, reference="test", now=now, **given
        )
        assert notice is not None
        return notice.id


def change_person(phone: str, **changes: Any) -> None:
    with database.session_scope() as session:
        person = the_person(session, phone)
        for name, value in changes.items():
            setattr(person, name, value)


def the_person(session: Session, phone: str) -> Person:
    index = database.current().cipher.blind_index(phone)
    return session.scalars(select(Person).filter_by(phone_index=index)).one()


def paused(*, ended: bool = False) -> None:
    with database.session_scope() as session:
        if ended:
            pause.end(session, by="command", now=MORNING)
        else:
            pause.start(session, by="command", now=MORNING)
