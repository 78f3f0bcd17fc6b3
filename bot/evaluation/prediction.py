"""What was understood of one message, as plain data."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What was understood of the message `id`. `risk` may be named without being immediate.

    `milliseconds`: from the text to the finished replies.
    """

    id: str
    needs: tuple[str, ...] = ()
    risk: str | None = None
    immediate: bool = False
    optout: bool = False
    checkin: str | None = None
    place: str | None = None
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
