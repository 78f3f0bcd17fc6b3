"""What happens while one text is being answered: what was read, what failed, what was stored.

Rasa swallows the failure of an action: the bot goes on without it and the person gets half an
answer or none. A turn remembers such failures, so that it can be refused as a whole.

It also holds the conversation as the gateway read it, so that Rasa doesn't read it again: nothing
can have changed, because a person's texts are taken one after the other.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from rasa.shared.core.trackers import DialogueStateTracker


@dataclass
class Turn:
    """One text on its way through Rasa.

    `read` is the conversation before the text; Rasa adds to this very object. Of its events the
    first `known_events` are in the store. `stored` is the conversation once the turn is kept.
    """

    sender: str | None = None
    read: DialogueStateTracker | None = None
    known_events: int = 0
    failed_actions: list[str] = field(default_factory=list)
    stored: DialogueStateTracker | None = None


_current: ContextVar[Turn | None] = ContextVar("turn", default=None)


def begin_turn(sender: str, conversation: DialogueStateTracker | None) -> Turn:
    """A new turn of a person whose `conversation` was just read (None: there is none yet).

    What follows in this task belongs to it.
    """
    known = len(conversation.events) if conversation else 0
    turn = Turn(sender, conversation, known)
    _current.set(turn)
    return turn


def current_turn() -> Turn:
    """The turn of this task; outside the gateway (Rasa's own tools) one that nobody reads."""
    return _current.get() or Turn()
