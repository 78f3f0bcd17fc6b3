"""Turns and trackers for the tests of the actions."""

from typing import Any

from rasa_sdk import Tracker

from bot.actions.turn import Turn
from tests.fakes import MORNING


def turn(text: str, intent: str | None, **known: Any) -> Turn:
    """A turn in which the classifier is quite sure, unless a ranking is given."""
    given = {"ranking": ((intent, 0.9),) if intent else (), "now": MORNING} | known
    return Turn(text=text, intent=intent, **given)


def tracker(
    text: str,
    intent: str,
    *,
    metadata: dict[str, Any] | None = None,
    slots: dict[str, Any] | None = None,
    ranking: list[dict[str, Any]] | None = None,
) -> Tracker:
    """A tracker as the action server gets it from our Rasa: no events."""
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "intent_ranking": ranking or [{"name": intent, "confidence": 0.9}],
        "metadata": {"now": MORNING.isoformat(), **(metadata or {})},
    }
    state = {"sender_id": "p", "slots": slots or {}, "latest_message": message}
    return Tracker.from_dict(state)
