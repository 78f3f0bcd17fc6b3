"""A Rasa that hears everything as the same, and remembers what it was asked."""

from dataclasses import dataclass, field
from typing import Any

from bot.rasa_client import Look, RasaAnswer, RasaUnavailable


@dataclass
class FakeRasa:
    """Ranks `ranking` for every text; while `down` it gives no answer."""

    ranking: tuple[tuple[str, float], ...] = (("food", 0.9),)
    down: bool = False
    senders: list[str] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)

    def ask(
        self, *, sender: str, message_id: str, text: str, metadata: dict[str, Any]
    ) -> RasaAnswer:
        self.senders.append(sender)
        self.metadata.append(metadata)
        if self.down:
            raise RasaUnavailable("it is down")
        needs = [name for name, _ in self.ranking][:1]
        payload = {"ask": "place", "needs": needs}
        return RasaAnswer((payload,), Look(intent=needs[0], ranking=self.ranking))

    def look(self, text: str) -> Look:
        if self.down:
            raise RasaUnavailable("it is down")
        return Look(ranking=self.ranking)
