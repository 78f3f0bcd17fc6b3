"""Which processes hold something: a text that they send, a person whom they answer."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.conversations.models import Conversation
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.messages.outbox import ON_ITS_WAY


def holders(session: Session, *, wall: datetime) -> set[str]:
    """Names of the processes that hold a claim or a lease which would not end in a moment."""
    senders = session.scalars(
        select(OutboundMessage.claimed_by)
        .where(
            OutboundMessage.status == OutboundStatus.SENDING,
            OutboundMessage.claimed_until > wall + ON_ITS_WAY,
        )
        .distinct()
    )
    runs = session.scalars(
        select(Conversation.leased_by).where(Conversation.leased_until > wall).distinct()
    )
    # A run begins with the name of its process (directory.processes.new_run).
    answering = {run.partition("-")[0] for run in runs if run is not None}
    return answering | {name for name in senders if name is not None}
