"""Every SELECT on who speaks with whom at the moment."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.conversations.models import Conversation
from directory.messages.models import InboundMessage, OutboundMessage


def by_person(session: Session, person_id: str, *, for_update: bool = False) -> Conversation | None:
    """`for_update`: of two colleagues who take it at once one is first. Then it is read anew."""
    return session.get(
        Conversation,
        person_id,
        with_for_update=for_update or None,
        populate_existing=for_update,
    )


def held(session: Session, *, since_before: datetime, limit: int = 100) -> list[Conversation]:
    """Conversations that a member of staff took before `since_before`, the longest held first."""
    return list(
        session.scalars(
            select(Conversation)
            .where(Conversation.held_by.is_not(None), Conversation.held_since <= since_before)
            .order_by(Conversation.held_since)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def held_people(session: Session) -> frozenset[str]:
    """Whom staff speaks with now: a handful at any time."""
    return frozenset(
        session.scalars(select(Conversation.person_id).where(Conversation.held_by.is_not(None)))
    )


def held_by(session: Session, staff_id: str) -> list[Conversation]:
    """What a colleague holds, the longest first."""
    return list(
        session.scalars(
            select(Conversation)
            .where(Conversation.held_by == staff_id)
            .order_by(Conversation.held_since)
        )
    )


def last_written_at(session: Session, person_id: str) -> datetime | None:
    """When staff wrote to this person last."""
    return session.scalar(
        select(func.max(OutboundMessage.created_at)).where(
            OutboundMessage.person_id == person_id, OutboundMessage.written_by.is_not(None)
        )
    )


def first_text_after(session: Session, person_id: str, after: datetime) -> InboundMessage | None:
    """The first text of this person since `after`: it has waited longest."""
    return session.scalar(
        select(InboundMessage)
        .where(InboundMessage.person_id == person_id, InboundMessage.received_at > after)
        .order_by(InboundMessage.sequence)
        .limit(1)
    )


def last_text_at(session: Session, person_id: str) -> datetime | None:
    """When this person texted last."""
    return session.scalar(
        select(func.max(InboundMessage.received_at)).where(InboundMessage.person_id == person_id)
    )
