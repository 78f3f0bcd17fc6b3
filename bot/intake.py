"""Texts that were kept on disk while the database was down, taken into the inbox in their order."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory import database
from directory.messages import inbox
from directory.messages.inbox import Received
from directory.messages.spool import Spool, SpooledText
from directory.telemetry import traces


def take_in(spool: Spool, *, now: datetime) -> list[str]:
    """Store what waits; ids of the people whose texts they are.

    One process at a time, or of two texts of one person the second might be stored first. Raises
    SQLAlchemyError when the database is still down; what is stored by then is not stored again.
    """
    people: dict[str, None] = {}
    with spool.alone():
        spool.clear()
        for path, text in spool.waiting():
            with database.session_scope() as session:
                received = store(session, text, now=now)
            path.unlink(missing_ok=True)
            came = int(text.received.timestamp() * 1e9)
            repeated = not received.new
            traces.received(received.inbound_id, began=came, spooled=True, repeated=repeated)
            people[received.person_id] = None
    return list(people)


def store(session: Session, text: SpooledText, *, now: datetime) -> Received:
    """Into the inbox, as if it came now."""
    return inbox.record_inbound(
        session,
        provider_id=text.provider_id,
        phone=text.phone,
        body=text.body,
        media_count=text.media_count,
        now=now,
    )
