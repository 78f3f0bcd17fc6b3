"""Texts in, texts out, and the time between: from the phone's side of the carrier."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks.turns.carrier import Carrier
from tools.drain import fictional_phones

PATIENCE = 60.0
# How long a carrier waits for the next part of a reply that has several.
_SETTLE = 0.05


@dataclass(frozen=True, slots=True)
class Kind:
    """A way through the product: what a phone texts, the last of which is timed."""

    name: str
    texts: tuple[tuple[str, ...], ...]


SEARCH = Kind(
    "search",
    tuple(
        (text,)
        for text in (
            "need food 60540",
            "help paying my electric bill in naperville",
            "someone to talk to 60563",
            "necesito comida en naperville",
            "i need a ride to the doctor, lisle",
            "lawyer for eviction 60540",
        )
    ),
)
SLOT = Kind(
    "slot",
    (
        ("i need food", "60540"),
        ("necesito comida", "naperville"),
        ("help with my rent", "lisle"),
        ("looking for a therapist", "naperville il"),
    ),
)
DANGER = Kind("danger", (("i want to kill myself",), ("quiero matarme",)))
KEYWORD = Kind("keyword", (("HELP",), ("AYUDA",)))
KINDS = (SEARCH, SLOT, DANGER, KEYWORD)
# The turns that go through Rasa, as residents mix them.
CONVERSATION = Kind("conversation", (*SEARCH.texts, *SLOT.texts))


@dataclass(slots=True)
class Waits:
    """Seconds from the webhook's departure to the text's arrival at the carrier; how long the
    webhooks took; the seconds that all of it took."""

    turns: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    took: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.turns) / self.took if self.took else 0.0


@dataclass
class Rig:
    """Phones that text one product. Every talk has a phone of its own, as residents do."""

    carrier: Carrier
    sms_url: str
    _phones: Iterator[str] = field(default_factory=lambda: iter(fictional_phones(75_000)))

    async def closed_loop(
        self,
        kind: Kind,
        *,
        senders: int,
        turns: int = 0,
        seconds: float = 0.0,
        every_turn: bool = False,
    ) -> Waits:
        """`senders` phones at a time, each waiting for its answer before the next text: so many
        `turns` in all, or for so many `seconds`. `every_turn`: the first text of a talk counts
        as well as its last."""
        waits, talks = Waits(), itertools.cycle(kind.texts)
        began = time.perf_counter()

        def more() -> bool:
            if turns:
                return len(waits.turns) < turns
            return time.perf_counter() - began < seconds

        async def sender() -> None:
            while more():
                await self._talk(next(talks), waits, every_turn=every_turn)

        await asyncio.gather(*(sender() for _ in range(senders)))
        waits.took = time.perf_counter() - began
        return waits

    async def _talk(self, texts: tuple[str, ...], waits: Waits, *, every_turn: bool) -> None:
        phone = next(self._phones)
        for place, body in enumerate(texts):
            left = await self.carrier.text(self.sms_url, phone, body)
            acknowledged = time.perf_counter() - left
            came = await self.carrier.handed_over(phone, within=PATIENCE)
            if every_turn or place == len(texts) - 1:
                waits.turns.append(came - left)
                waits.acknowledged.append(acknowledged)
            if place < len(texts) - 1:
                await asyncio.sleep(_SETTLE)
        self.carrier.nothing_more(phone)

    async def open_loop(self, kind: Kind, *, rate: float, seconds: float) -> Waits:
        """So many texts a second, whether they are answered or not; each of a new phone."""
        waits, talks = Waits(), itertools.cycle(kind.texts)
        began = time.perf_counter()

        async def one(body: str, at: float) -> None:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            phone = next(self._phones)
            left = await self.carrier.text(self.sms_url, phone, body)
            waits.acknowledged.append(time.perf_counter() - left)
            came = await self.carrier.handed_over(phone, within=PATIENCE * 3)
            waits.turns.append(came - left)
            self.carrier.nothing_more(phone)

        texts = int(rate * seconds)
        each = (one(next(talks)[0], began + number / rate) for number in range(texts))
        await asyncio.gather(*each)
        waits.took = time.perf_counter() - began
        return waits


def seconds_of(what: Callable[[], object], *, times: int = 300) -> list[float]:
    """How long a call takes, each time, in this process."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        taken.append(time.perf_counter() - began)
    return taken
