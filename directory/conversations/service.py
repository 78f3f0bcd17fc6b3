"""Leases and memory of conversations."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from directory import database
from directory.conversations.memory import Memory
from directory.conversations.models import Conversation

LEASE = timedelta(seconds=30)
# Done for every text, so it is built once.
_RELEASE = (
    update(Conversation)
    .where(
        Conversation.person_id == bindparam("person"), Conversation.leased_by == bindparam("run")
    )
    .values(leased_by=None, leased_until=None)
    .execution_options(synchronize_session=False)
)


def load(session: Session, person_id: str) -> Memory:
    conversation = session.get(Conversation, person_id)
    return Memory.from_text(conversation.memory if conversation else None)


def remember(session: Session, person_id: str, memory: Memory, *, now: datetime) -> None:
    conversation = _row(session, person_id)
    conversation.memory = memory.as_text()
    conversation.spoken_at = now


def begin(session: Session, person_id: str) -> None:
    """See to it that there is something to lock."""
    _row(session, person_id)


def lease(session: Session, person_id: str, *, by: str, wall: datetime) -> bool:
    """Take (or renew) the right to answer this person; False when another thread has it.

    `by` names one run on one thread: an id that two threads shared would let both in.
    """
    terms = {"person_id": person_id, "leased_by": by, "leased_until": wall + LEASE, "wall": wall}
    statement = _lease(session.get_bind().dialect.name)
    return session.execute(statement, terms).first() is not None


@cache
def _lease(dialect: str) -> Any:
    """Takes the conversation, which begins with this, if nobody else holds it."""
    table = Conversation.__table__
    new = database.insert_for(dialect, table).values(
        {each: bindparam(each) for each in ("person_id", "leased_by", "leased_until")}
    )
    free = or_(
        table.c.leased_until.is_(None),
        table.c.leased_until < bindparam("wall", type_=table.c.leased_until.type),
        table.c.leased_by == new.excluded.leased_by,
    )
    taken = {each: new.excluded[each] for each in ("leased_by", "leased_until")}
    upsert = new.on_conflict_do_update(index_elements=["person_id"], set_=taken, where=free)
    return upsert.returning(table.c.person_id)


def release(session: Session, person_id: str, *, by: str) -> None:
    session.execute(_RELEASE, {"person": person_id, "run": by})


def let_go(conversation: Conversation, *, by: str) -> None:
    """As `release`, of a row that is locked: written with whatever else of it has changed."""
    if conversation.leased_by == by:
        conversation.leased_by = conversation.leased_until = None


def release_of(session: Session, process: str) -> None:
    """What the runs of a process that is gone still hold (see directory.processes)."""
    session.execute(
        update(Conversation)
        .where(Conversation.leased_by.startswith(f"{process}-", autoescape=True))
        .values(leased_by=None, leased_until=None)
    )


def release_all(session: Session) -> None:
    """At the start of the only process: nobody else can hold a lease."""
    session.execute(update(Conversation).values(leased_by=None, leased_until=None))


def mark_tracked(session: Session, person_id: str) -> None:
    _row(session, person_id).tracked = True


def to_forget(session: Session, *, idle_since: datetime, limit: int = 50) -> list[str]:
    """People whose conversation ended and whose tracker Rasa still holds."""
    return list(
        session.scalars(
            select(Conversation.person_id)
            .where(Conversation.tracked.is_(True), Conversation.spoken_at < idle_since)
            .limit(limit)
        )
    )


def mark_forgotten(session: Session, person_id: str) -> None:
    session.execute(
        update(Conversation).where(Conversation.person_id == person_id).values(tracked=False)
    )


def _row(session: Session, person_id: str) -> Conversation:
    conversation = session.get(Conversation, person_id)
    if conversation is not None:
        return conversation
    new = database.insert_unless_there(
        session, Conversation, {"person_id": person_id}, unique="person_id"
    )
    return new or session.get_one(Conversation, person_id)  # another process was first
