"""Texts that reached us: stored once, answered in the order in which a person sent them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from directory import jobs
from directory.conversations import service as conversations
from directory.conversations.models import Conversation
from directory.database import new_id
from directory.messages.models import AnsweredBy, InboundMessage, OutboundMessage
from directory.people import service as people
from directory.people.models import Person

# Asked for every text, so they are built once.
_WAITS = (
    InboundMessage.person_id == bindparam("person"),
    InboundMessage.answered_at.is_(None),
)
_REPEATED = InboundMessage.provider_id == bindparam("provider")
_BEFORE = select(
    select(InboundMessage.id).where(_REPEATED).scalar_subquery().label("id"),
    select(InboundMessage.person_id).where(_REPEATED).scalar_subquery().label("person_id"),
    select(func.max(InboundMessage.sequence))
    .where(InboundMessage.person_id == bindparam("person"))
    .scalar_subquery()
    .label("sequence"),
    exists().where(*_WAITS).label("unanswered"),
)
_BY_ID_LOCKED = (
    select(InboundMessage, Person, Conversation)
    .join(Person, Person.id == InboundMessage.person_id)
    .join(Conversation, Conversation.person_id == InboundMessage.person_id)
    .where(InboundMessage.id == bindparam("id"))
    .with_for_update(of=(InboundMessage, Conversation))
    .execution_options(populate_existing=True)
)
_NEXT_UNANSWERED = (
    select(InboundMessage, Person, Conversation)
    .join(Person, Person.id == InboundMessage.person_id)
    .join(Conversation, Conversation.person_id == InboundMessage.person_id)
    .where(*_WAITS)
    .order_by(InboundMessage.sequence)
    .limit(1)
)
_CAME = select(InboundMessage.received_at).where(
    InboundMessage.id == bindparam("id"), InboundMessage.owed.is_(False)
)
_BESIDE = select(
    exists().where(*_WAITS, InboundMessage.id != bindparam("this")).label("unanswered"),
    select(func.coalesce(func.max(OutboundMessage.sequence), 0))
    .where(OutboundMessage.person_id == bindparam("person"))
    .scalar_subquery()
    .label("sent"),
)


@dataclass(frozen=True, slots=True)
class Received:
    """What the webhook learns: whose text it is, whether it is new, and whether whoever asked for
    it has the lease and is to answer it now."""

    inbound_id: str
    person_id: str
    new: bool
    leased: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Who would answer a text as soon as it is stored: the name of a run, and the wall time."""

    name: str
    wall: datetime


def record_inbound(
    session: Session,
    *,
    provider_id: str,
    phone: str,
    body: str,
    media_count: int = 0,
    now: datetime,
    run: Run | None = None,
) -> Received:
    """Store one text and its job. A provider id that is known already changes nothing.

    `run`: gets the lease with it, unless another text waits before it or somebody else has it.
    """
    # One text of a person at a time: the count below and the look for a repeat stay true.
    person = people.find_or_create(session, phone, now=now, locked=True)
    before = session.execute(_BEFORE, {"provider": provider_id, "person": person.id}).one()
    if before.id is not None:
        return Received(before.id, before.person_id, new=False)
    # Who texts can be texted: whatever the carrier once said of the number is over.
    person.unreachable_because = None
    leased = (
        run is not None
        and not before.unanswered
        and conversations.lease(session, person.id, by=run.name, wall=run.wall)
    )
    inbound = InboundMessage(
        id=new_id(),
        provider_id=provider_id,
        person_id=person.id,
        sequence=(before.sequence or 0) + 1,
        body=body,
        media_count=media_count,
        received_at=now,
        attempts=int(leased),
    )
    session.add(inbound)
    # Delayed, because the process that stored the text answers it at once: the job is the
    # recovery, for the case that this process dies first.
    jobs.enqueue(
        session,
        jobs.Job.ANSWER,
        person.id,
        reference=inbound.id,
        delay_seconds=jobs.RECOVERY_AFTER_SECONDS,
    )
    return Received(inbound.id, person.id, new=True, leased=leased)


def next_unanswered(
    session: Session, person_id: str
) -> tuple[InboundMessage, Person, Conversation] | None:
    """The text that this person has waited longest with, the person, and the leased
    conversation."""
    return session.execute(_NEXT_UNANSWERED, {"person": person_id}).first()


@dataclass(frozen=True, slots=True)
class Beside:
    """What else there is of a person: whether another text waits, and how many were written to
    them."""

    unanswered: bool
    sent: int


def beside(session: Session, inbound: InboundMessage) -> Beside:
    """What there is of the same person beside this text."""
    if any(isinstance(each, OutboundMessage) for each in session.new):
        session.flush()
    terms = {"person": inbound.person_id, "this": inbound.id}
    with session.no_autoflush:  # nothing else that has changed matters here
        return Beside(*session.execute(_BESIDE, terms).one())


def by_id(session: Session, inbound_id: str) -> InboundMessage | None:
    return session.get(InboundMessage, inbound_id)


def came_at(session: Session, inbound_id: str) -> datetime | None:
    """When a text came; None for one whose answer is still owed."""
    return session.scalar(_CAME, {"id": inbound_id})


def texted_since(session: Session, person_id: str, since: datetime) -> bool:
    """Whether a text of this person came after `since`."""
    statement = select(InboundMessage.id).where(
        InboundMessage.person_id == person_id, InboundMessage.received_at > since
    )
    return session.scalar(statement.limit(1)) is not None


def being_answered(
    session: Session, inbound_id: str
) -> tuple[InboundMessage, Person, Conversation] | None:
    """A text, whose it is, and the leased conversation. Text and conversation are locked."""
    return session.execute(_BY_ID_LOCKED, {"id": inbound_id}).first()


def people_waiting(session: Session, *, before: datetime, limit: int = 100) -> list[str]:
    """Ids of people with a text that has waited for an answer since before `before`."""
    return list(
        session.scalars(
            select(InboundMessage.person_id)
            .where(InboundMessage.answered_at.is_(None), InboundMessage.received_at < before)
            .distinct()
            .limit(limit)
        )
    )


def owed(
    session: Session,
    *,
    since: datetime | None = None,
    before: datetime | None = None,
    limit: int = 100,
) -> list[InboundMessage]:
    """Texts that got a holding answer only, the oldest first: of those that came since then, or
    before then (product time)."""
    statement = select(InboundMessage).where(InboundMessage.owed.is_(True))
    if since is not None:
        statement = statement.where(InboundMessage.received_at >= since)
    if before is not None:
        statement = statement.where(InboundMessage.received_at < before)
    return list(session.scalars(statement.order_by(InboundMessage.received_at).limit(limit)))


def mark_answered(
    session: Session,
    inbound: InboundMessage,
    by: AnsweredBy,
    *,
    now: datetime,
    replied: bool = False,
) -> None:
    """Nobody need look after it any more. `replied`: there are texts in reply to it; its job goes
    with theirs (directory/messages/outbox.py), which takes one statement and not two."""
    waited = inbound.answered_at is None
    inbound.answered_at = inbound.answered_at or now
    inbound.answered_by = by
    inbound.owed = by is AnsweredBy.HOLDING
    if waited and not replied:
        jobs.withdraw(session, {jobs.Job.ANSWER: inbound.id})


def turns_by_answerer(session: Session) -> dict[str, int]:
    """How many texts each part of the product has answered."""
    rows = session.execute(
        select(InboundMessage.answered_by, func.count())
        .where(InboundMessage.answered_by.is_not(None))
        .group_by(InboundMessage.answered_by)
    )
    return {str(by): count for by, count in rows}


def waiting_since(session: Session) -> datetime | None:
    """When the text came that waits longest for its answer (product time)."""
    waiting = InboundMessage.answered_at.is_(None)
    return session.scalar(select(func.min(InboundMessage.received_at)).where(waiting))


def owed_count(session: Session) -> int:
    """How many texts got a holding answer and wait for the full one."""
    return session.scalar(select(func.count()).where(InboundMessage.owed.is_(True))) or 0


def waiting_count(session: Session) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(InboundMessage)
            .where(InboundMessage.answered_at.is_(None))
        )
        or 0
    )
