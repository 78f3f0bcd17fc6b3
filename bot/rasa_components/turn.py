"""What happens while one text is being answered: which actions failed, and what was stored.

Rasa swallows the failure of an action: the bot goes on without it and the person gets half an
answer or none. A turn remembers such failures, so that it can be refused as a whole.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from rasa.shared.core.trackers import DialogueStateTracker


@dataclass
class Turn:
    """One text on its way through Rasa. `stored` is the conversation once the turn is kept."""

    failed_actions: list[str] = field(default_factory=list)
    stored: DialogueStateTracker | None = None


_current: ContextVar[Turn | None] = ContextVar("turn", default=None)


def begin_turn() -> Turn:
    """A new turn; what follows in this task belongs to it."""
    turn = Turn()
    _current.set(turn)
    return turn


def current_turn() -> Turn:
    """The turn of this task; outside the gateway (Rasa's own tools) one that nobody reads."""
    return _current.get() or Turn()
