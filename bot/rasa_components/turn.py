"""What goes wrong while one text is being answered.

Rasa swallows the failure of an action: the bot goes on without it and the person gets half an
answer or none. A turn remembers such failures, so that it can be refused as a whole.
"""

from __future__ import annotations

from contextvars import ContextVar

_failed_actions: ContextVar[list[str] | None] = ContextVar("failed_actions", default=None)


def begin_turn() -> None:
    """Forget earlier failures; what follows in this task belongs to a new turn."""
    _failed_actions.set([])


def record_failure(action: str) -> None:
    """Note that an action of this turn did not do its work."""
    failed = _failed_actions.get()
    if failed is not None:
        failed.append(action)


def failed_actions() -> tuple[str, ...]:
    """Names of the actions that failed in this turn."""
    return tuple(_failed_actions.get() or ())
