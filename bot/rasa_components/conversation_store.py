"""Where Rasa keeps its conversations: SQL, whole turns only, and erasable."""

from __future__ import annotations

import json
import logging
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_components.turn import current_turn
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

logger = logging.getLogger(__name__)

EVENTS = SQLTrackerStore.SQLEvent.__table__
OF_SENDER = EVENTS.c.sender_id == sa.bindparam("sender")

# The events of the latest session, as Rasa's own store selects them. Made once: putting such a
# statement together takes longer than running it.
_began = (
    sa.select(sa.func.max(EVENTS.c.timestamp))
    .where(OF_SENDER, EVENTS.c.type_name == SessionStarted.type_name)
    .scalar_subquery()
)
LATEST_SESSION = (
    sa.select(EVENTS.c.data)
    .where(OF_SENDER, sa.or_(EVENTS.c.timestamp >= _began, _began.is_(None)))
    .order_by(EVENTS.c.id)
)
FORGET = sa.delete(EVENTS).where(OF_SENDER)


def is_answered(tracker: DialogueStateTracker) -> bool:
    """True when the bot has said something since the person's latest text."""
    for happened in reversed(tracker.events):
        if isinstance(happened, BotUttered):
            return True
        if isinstance(happened, UserUttered):
            return False
    return False


class ConversationStore(SQLTrackerStore):
    """A tracker store that keeps a turn only when it was answered in full.

    A turn that failed leaves no trace, so the same text can be tried again as if for the first
    time. `db` is the path of an SQLite file, or an SQLAlchemy address (one with "://").
    """

    def __init__(
        self,
        domain: Domain | None = None,
        db: str = "",
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        address = db if "://" in db else host
        super().__init__(domain, host=address, db=db, event_broker=event_broker, **kwargs)
        if self.engine.dialect.name == "sqlite":
            self.engine = _kept_open(self.engine)
            self.sessionmaker.configure(bind=self.engine)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The latest session of a conversation; during a turn what the gateway has read."""
        turn = current_turn()
        return turn.read if turn.sender == sender_id else self.read(sender_id)

    def read(self, sender_id: str) -> DialogueStateTracker | None:
        """The latest session of a conversation as it is stored, or None."""
        with self.engine.connect() as connection:
            rows = connection.execute(LATEST_SESSION, {"sender": sender_id}).scalars().all()
        if not rows:
            return None
        events = [json.loads(data) for data in rows]
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep what a turn has added to the conversation, unless the turn failed.

        An error of the database is not passed on: Rasa would answer from memory instead. The
        gateway sees that the turn was not stored and refuses it.
        """
        turn = current_turn()
        if turn.failed_actions or not is_answered(tracker):
            return
        try:
            new = list(tracker.events)[self._known_events(tracker.sender_id) :]
            if new:
                with self.engine.begin() as connection:
                    connection.execute(EVENTS.insert(), [_row(tracker, event) for event in new])
        except SQLAlchemyError as error:
            logger.error("a turn could not be stored: %s", type(error).__name__)  # noqa: TRY400
        else:
            turn.known_events = len(tracker.events)
            turn.stored = tracker

    def _known_events(self, sender_id: str) -> int:
        turn = current_turn()
        if turn.sender == sender_id:
            return turn.known_events
        stored = self.read(sender_id)  # one of Rasa's own tools, outside of any turn
        return len(stored.events) if stored else 0

    async def forget(self, sender_id: str) -> None:
        """Erase everything that was said with this person."""
        with self.engine.begin() as connection:
            connection.execute(FORGET, {"sender": sender_id})
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                # What is erased must not live on in the write-ahead log.
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _row(tracker: DialogueStateTracker, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": tracker.sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _kept_open(engine: Engine) -> Engine:
    """The same SQLite file through a connection that stays open.

    Without this one is opened, prepared and closed each time, which took longer than the work.
    """
    kept = sa.create_engine(engine.url, poolclass=QueuePool)
    sa.event.listen(kept, "connect", _prepare_sqlite)
    engine.dispose()
    return kept


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # A turn is worth a second try, not a wait for the disk: with NORMAL a power cut may lose the
    # latest turns (never half of one), the end of this process none.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
