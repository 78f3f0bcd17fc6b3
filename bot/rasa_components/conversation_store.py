"""Where Rasa keeps its conversations: SQL, whole turns only, and erasable."""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_components.turn import current_turn
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

logger = logging.getLogger(__name__)


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
            event.listen(self.engine, "connect", _prepare_sqlite)
            self.engine.dispose()  # the connection opened above has not been prepared

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the conversation, unless its latest turn failed.

        An error of the database is not passed on: Rasa would answer from memory instead. The
        gateway sees that the turn was not stored and refuses it.
        """
        turn = current_turn()
        if turn.failed_actions or not is_answered(tracker):
            return
        try:
            await super().save(tracker)
        except SQLAlchemyError as error:
            logger.error("a turn could not be stored: %s", type(error).__name__)  # noqa: TRY400
        else:
            turn.stored = tracker

    async def forget(self, sender_id: str) -> None:
        """Erase everything that was said with this person."""
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete()
            session.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # A turn is worth a second try, not a wait for the disk: NORMAL loses at most the last one.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
