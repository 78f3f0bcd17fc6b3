"""Texts of others that concern somebody under a legal hold: what colleagues texted about a visit.

A text concerns a person when it gives their number, or their whole name (of two words or more: a
first name alone is anybody's), whoever wrote it; when it answers such a text; when we told a
colleague or partner with it of the person's task or referral; and when it came from that phone
within a day after. Words are encrypted, so this reads them; it does so only while a hold on a
person stands, and only what is about to go.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directory.conversations.models import Conversation
from directory.errors import Conflict
from directory.messages.models import InboundMessage, OutboundMessage
from directory.notices.models import Notice
from directory.people.models import Person
from directory.referrals.models import Referral
from directory.retention.models import LegalHold
from directory.tasks.models import Task

# A run of digits that is somebody's number ends in these many of its own.
NATIONAL = 10
AN_ANSWER = timedelta(days=1)
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Named:
    """What a text may call a person: the last digits of the number, and names as patterns."""

    digits: str
    name: re.Pattern[str] | None

    def in_text(self, text: str) -> bool:
        if self.digits and self.digits in re.sub(r"\D", "", text):
            return True
        return self.name is not None and bool(self.name.search(text))


def named(person: Person, *, words: int = 1) -> Named:
    """`words`: a name of fewer is not looked for."""
    name = " ".join((person.name or "").split())
    looked_for = len(name) > 2 and len(name.split()) >= words
    pattern = r"\s+".join(re.escape(word) for word in name.split())
    return Named(
        re.sub(r"\D", "", person.phone)[-NATIONAL:],
        re.compile(rf"\b{pattern}\b", re.IGNORECASE) if looked_for else None,
    )


@dataclass(frozen=True, slots=True)
class Held:
    """Who is under a hold by name; nothing is read when that is nobody."""

    ids: frozenset[str]
    people: tuple[Named, ...]

    def in_text(self, text: str | None) -> bool:
        return bool(text) and any(each.in_text(text or "") for each in self.people)


def held(session: Session) -> Held:
    standing = select(LegalHold.person_id).where(LegalHold.released_at.is_(None))
    found = session.scalars(select(Person).where(Person.id.in_(standing))).all()
    return Held(frozenset(each.id for each in found), tuple(named(each, words=2) for each in found))


def concerning(session: Session, table: str, keys: Collection[Any]) -> set[Any]:
    """Those of these rows of a table that a hold on somebody else covers too."""
    look = _LOOKS.get(table)
    if look is None or not keys or not (whom := held(session)).ids:
        return set()
    return {key for some in batches(keys) for key in look(session, whom, some)}


def require_none_by(session: Session, person_id: str) -> None:
    """Raise Conflict `legal_hold` where a text of or to this person concerns one under a hold."""
    if not held(session).ids:
        return
    for model in (InboundMessage, OutboundMessage):
        theirs = select(model.id).where(model.person_id == person_id, model.body != "")
        if concerning(session, model.__tablename__, session.scalars(theirs).all()):
            raise Conflict(
                "legal_hold",
                "Texts of this person are about somebody under a legal hold (or give the same "
                "name): nothing of them may be removed until counsel has it released.",
            )


def _inbound(session: Session, whom: Held, keys: Collection[Any]) -> set[Any]:
    rows = session.execute(
        select(
            InboundMessage.id,
            InboundMessage.person_id,
            InboundMessage.received_at,
            InboundMessage.body,
        ).where(InboundMessage.id.in_(keys))
    ).all()
    told = _told(session, whom, {row.person_id for row in rows})
    return {
        row.id
        for row in rows
        if whom.in_text(row.body)
        or any(at <= row.received_at <= at + AN_ANSWER for at in told.get(row.person_id, ()))
    }


def _outbound(session: Session, whom: Held, keys: Collection[Any]) -> set[Any]:
    of_notices = select(OutboundMessage.id).where(
        OutboundMessage.id.in_(keys), OutboundMessage.notice_id.in_(_notices(whom))
    )
    found: set[Any] = set(session.scalars(of_notices))
    rows = session.execute(
        select(OutboundMessage.id, OutboundMessage.in_reply_to, OutboundMessage.body).where(
            OutboundMessage.id.in_(keys)
        )
    ).all()
    asked = {row.in_reply_to for row in rows if row.in_reply_to is not None}
    asked = _inbound(session, whom, asked)
    return found | {row.id for row in rows if row.in_reply_to in asked or whom.in_text(row.body)}


def _tasks(session: Session, whom: Held, keys: Collection[Any]) -> set[Any]:
    rows = session.execute(
        select(Task.id, Task.inbound_id, Task.note, Task.done_note).where(Task.id.in_(keys))
    ).all()
    texts = {row.inbound_id for row in rows if row.inbound_id is not None}
    texts = _inbound(session, whom, texts)
    return {
        row.id
        for row in rows
        if row.inbound_id in texts or whom.in_text(row.note) or whom.in_text(row.done_note)
    }


def _conversations(session: Session, whom: Held, keys: Collection[Any]) -> set[Any]:
    rows = session.execute(
        select(Conversation.person_id, Conversation.memory).where(Conversation.person_id.in_(keys))
    )
    return {row.person_id for row in rows if whom.in_text(row.memory)}


_LOOKS = {
    "inbound_messages": _inbound,
    "outbound_messages": _outbound,
    "tasks": _tasks,
    "conversations": _conversations,
}


def _notices(whom: Held) -> Any:
    """What was told about these people: of their own, of a referral, of a task."""
    referrals = select(Referral.id).where(Referral.person_id.in_(whom.ids))
    theirs = select(Task.id).where(Task.person_id.in_(whom.ids))
    return select(Notice.id).where(
        or_(
            Notice.person_id.in_(whom.ids),
            Notice.referral_id.in_(referrals),
            Notice.task_id.in_(theirs),
        )
    )


def _told(session: Session, whom: Held, phones: Collection[str]) -> dict[str, list[datetime]]:
    """When each of these phones (ids of people) was told about somebody under a hold."""
    found: dict[str, list[datetime]] = {}
    for person_id, at in session.execute(
        select(OutboundMessage.person_id, OutboundMessage.created_at).where(
            OutboundMessage.notice_id.in_(_notices(whom)),
            OutboundMessage.person_id.in_(phones),
        )
    ):
        found.setdefault(person_id, []).append(at)
    return found


def batches(keys: Iterable[Any]) -> Iterable[list[Any]]:
    """So many at a time as a statement may name."""
    rest = list(keys)
    return (rest[start : start + AT_ONCE] for start in range(0, len(rest), AT_ONCE))
