"""What an action may know: the latest text, how it was understood, and what is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from rasa_sdk import Tracker

from directory.needs import taxonomy

FALLBACK = "nlu_fallback"


def is_need(name: str | None) -> bool:
    """True when an intent is one of the needs of data/taxonomy.yml."""
    return name in taxonomy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One text of a person within a conversation.

    `chosen` are the needs that the person picked when we asked which were meant; `text` is then
    the earlier text that the question was about.
    `known_needs` and `known_place` are what is remembered: this session's slots, else what the
    application sent along. `asking` is true when the text follows our question for the place.
    `ranking`: intents with their confidence, which add up to one; `scores`: how well each fits,
    whatever else does too.
    """

    text: str
    intent: str | None
    chosen: tuple[str, ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    language: str | None = None
    now: datetime
    known_needs: tuple[str, ...] = ()
    known_place: str | None = None
    open_now: bool = False
    place_misses: int = 0
    asking: bool = False

    @classmethod
    def of(cls, tracker: Tracker) -> Self:
        """Read a tracker as the action server gets it."""
        message: dict[str, Any] = tracker.latest_message
        metadata: dict[str, Any] = message.get("metadata") or {}
        slots: dict[str, Any] = tracker.slots
        return cls(
            text=metadata.get("said") or message.get("text") or "",
            intent=(message.get("intent") or {}).get("name"),
            chosen=_chosen(metadata),
            ranking=_ranking(message),
            scores=_scores(message),
            language=metadata.get("language"),
            now=_instant(metadata.get("now")),
            known_needs=tuple(slots.get("needs") or metadata.get("needs") or ()),
            known_place=slots.get("place") or metadata.get("place"),
            open_now=bool(slots.get("open_now")),
            place_misses=int(slots.get("place_misses") or 0),
            asking=slots.get("requested_slot") == "place",
        )

    def confidence(self, name: str) -> float:
        """How likely the classifier holds `name`; 0 when it isn't ranked."""
        return dict(self.ranking).get(name, 0.0)


def _chosen(metadata: dict[str, Any]) -> tuple[str, ...]:
    first = metadata.get("chosen_need")
    return (first, *(metadata.get("also_chosen") or ())) if first else ()


def _ranking(message: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    guesses = message.get("intent_ranking") or []
    return tuple((g["name"], g["confidence"]) for g in guesses if g["name"] != FALLBACK)


def _scores(message: dict[str, Any]) -> dict[str, float]:
    return {g["name"]: g["score"] for g in message.get("intent_ranking") or [] if "score" in g}


def _instant(value: str | None) -> datetime:
    """The product time sent along; wall time only when Rasa is tried without the application."""
    return datetime.fromisoformat(value) if value else datetime.now(UTC)
