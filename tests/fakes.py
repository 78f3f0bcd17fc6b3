"""Stand-ins with memory: a carrier, a clock, Rasa and the search. No network, no waiting."""

from collections import deque
from collections.abc import Callable, Collection, Container
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from bot.lanes import Lanes, Work
from bot.rasa_client import Look, RasaAnswer, RasaUnavailable
from bot.sms.gateway import (
    AmbiguousSendError,
    DeliveryStatus,
    PermanentSendError,
    RetryableSendError,
    SendError,
    SendFailure,
    Sent,
)
from directory.messages.models import OutboundMessage
from directory.people.models import Person

# A Wednesday, 10:00 in Chicago: staff is there and nothing is quiet.
MORNING = datetime(2026, 3, 18, 15, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that moves only when told to."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **amount: float) -> datetime:
        self.at += timedelta(**amount)
        return self.at


class Lost(SendError):
    """In a script: the carrier takes the text and its answer is lost."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A text that the carrier has."""

    provider_id: str
    to: str
    body: str
    reference: str
    validity_seconds: int | None
    at: datetime


@dataclass
class FakeGateway:
    """A carrier in memory (an SmsGateway). `script` holds what the next sends come to.

    None in the script is a send that goes well. `opted_out` are numbers that it blocks.
    """

    wall: Clock = field(default_factory=Clock)
    script: deque[Exception | None] = field(default_factory=deque)
    carried: list[Carried] = field(default_factory=list)
    opted_out: set[str] = field(default_factory=set)
    lookups: int = 0
    lookups_fail: bool = False
    sends: int = 0
    _lock: Lock = field(default_factory=Lock)

    def then(self, *outcomes: Exception | None) -> None:
        self.script.extend(outcomes)

    def send(self, *, to: str, body: str, reference: str, validity_seconds: int | None) -> Sent:
        with self._lock:
            self.sends += 1
            outcome = self.script.popleft() if self.script else None
            if to in self.opted_out:
                raise PermanentSendError(SendFailure.OPTED_OUT)
            if outcome is not None and not isinstance(outcome, Lost):
                raise outcome
            provider_id = f"SM{len(self.carried):032x}"
            text = Carried(provider_id, to, body, reference, validity_seconds, self.wall())
            self.carried.append(text)
        if isinstance(outcome, Lost):
            raise AmbiguousSendError("the answer was lost")
        return Sent(provider_id, DeliveryStatus.QUEUED, 1)

    def find_sent(
        self, *, to: str, body: str, since: datetime, excluding: Container[str] = ()
    ) -> Sent | None:
        self.lookups += 1
        if self.lookups_fail:
            raise RetryableSendError("the look-up failed")
        for text in self.carried:
            known = text.provider_id in excluding
            if (text.to, text.body) == (to, body) and text.at >= since and not known:
                return Sent(text.provider_id, DeliveryStatus.SENT, 1)
        return None

    def redact(self, provider_id: str) -> None:
        """Nothing to blank."""

    def ping(self) -> bool:
        return True


@dataclass
class FakeRasa:
    """Answers every text with `answers` in turn (the last one stays), or is down.

    `asked` keeps all that it was told: nothing in there may identify a person.
    """

    answers: list[tuple[dict[str, Any], ...]] = field(default_factory=list)
    ranking: tuple[tuple[str, float], ...] = ()
    down: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)
    sees: Look | None = None

    def look(self, text: str) -> Look:
        self.asked.append({"text": text})
        if self.down:
            raise RasaUnavailable("down")
        return self._seen

    @property
    def _seen(self) -> Look:
        return replace(self.sees or Look(), ranking=self.ranking)

    def ask(
        self, *, sender: str, message_id: str, text: str, metadata: dict[str, Any]
    ) -> RasaAnswer:
        self.asked.append(
            {"sender": sender, "message_id": message_id, "text": text, "metadata": metadata}
        )
        if self.down:
            raise RasaUnavailable("down")
        messages = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return RasaAnswer(messages, self._seen)


class AtOnce(Lanes):
    """In the place of lanes: the caller does the work."""

    def busy(self, name: str) -> bool:
        return False

    def put(self, name: str, work: Work, *, instead: Work | None = None) -> None:
        work()


@dataclass
class NobodySends:
    """In the place of the sender: what was queued stays as it is. `instead`: done for each."""

    instead: Callable[[str], None] = lambda _: None

    def take_reply(self, _: Session, message: OutboundMessage, __: Person) -> Any:
        return message.id

    def send(self, message_id: Any) -> None:
        self.instead(message_id)

    def deliver(self, message_id: str) -> None:
        self.instead(message_id)

    def give_back(self, unsent: Collection[Any]) -> None:
        pass
