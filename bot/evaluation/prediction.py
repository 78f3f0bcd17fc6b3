"""What was understood of one message, as plain data."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What was understood of the message `id`. `risk` may be named without being immediate.

    `acted_on`: the needs that the reply goes on with; `offered`: those that it asks to choose from,
    when it was not clear which was meant. `confidence`: of the first need, 0 to 1.
    `milliseconds`: from the text to the finished replies.
    """

    id: str
    needs: tuple[str, ...] = ()
    risk: str | None = None
    immediate: bool = False
    optout: bool = False
    checkin: str | None = None
    place: str | None = None
    acted_on: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    confidence: float | None = None
    milliseconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The prediction as `handoff evaluate --json` writes it."""
        return {
            "id": self.id,
            "needs": list(self.needs),
            "risk": self.risk,
            "immediate": self.immediate,
            "optout": self.optout,
            "checkin": self.checkin,
            "place": self.place,
        }

    def reply_as_json(self) -> dict[str, Any]:
        """What the reply did with it."""
        return {
            "id": self.id,
            "acted_on": list(self.acted_on),
            "offered": list(self.offered),
            "confidence": self.confidence,
        }
