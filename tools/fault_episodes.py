"""Faults, one episode each: texts go in, something breaks in the middle, everything is counted."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

from bot.carrier.client import CarrierControl
from directory.failpoints import Point
from tools.drain import fictional_phones
from tools.fault_count import Count, count, wait_until_settled
from tools.topology import Topology

TEXTS = ("HELP", "need food 60540", "help with rent naperville", "who is this")
DANGER = "i want to kill myself"
# How long everything may take to be answered once the fault is over.
SETTLED_WITHIN = 120.0
# Anything doubled would come by then: what a dead process asked for last is looked up after five.
LINGER_SECONDS = 2.0


@dataclass
class World:
    """What an episode works with. `phones`: each is used once, so that episodes do not mix."""

    topology: Topology
    carrier: CarrierControl
    people: int = 6
    texts_each: int = 3
    pause: float = 0.05
    unused: Iterator[str] = field(default_factory=lambda: iter(fictional_phones(50_000)))

    def some_phones(self, count: int) -> list[str]:
        return [next(self.unused) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `recovery`: seconds from the end of the fault until every text that
    had been acknowledged was answered."""

    fault: str
    count: Count
    recovery: float
    deaths: int


# Breaks something on entering and mends it on leaving; the texts go in meanwhile.
Fault = Callable[[World], Iterator[None]]


def episode(world: World, name: str, fault: Fault, *, burst: int = 1) -> Row:
    """Send texts under a fault; count once all is answered. `burst`: times as many people."""
    phones = world.some_phones(world.people * burst)
    deaths = world.topology.deaths
    with contextmanager(fault)(world):
        send(world, phones)
    recovery = wait_until_settled(world.carrier, phones, within=SETTLED_WITHIN)
    time.sleep(LINGER_SECONDS)
    return Row(name, count(world.carrier, phones), recovery, world.topology.deaths - deaths)


def send(world: World, phones: Sequence[str]) -> None:
    """Each phone sends its texts, all of them at once and one after another."""
    for number in range(world.texts_each):
        for place, phone in enumerate(phones):
            world.carrier.text(phone, TEXTS[(number + place) % len(TEXTS)])
            time.sleep(world.pause)


# --- kills ----------------------------------------------------------------------------------------


def killed_at(*points: Point, everything: bool = False, within: float = 90.0) -> Fault:
    """SIGKILL to the process group that reaches each point next, or to all groups."""

    def fault(world: World) -> Iterator[None]:
        for point in points:
            world.topology.strike_at(point, everything=everything)
        yield
        # A point that a few texts do not reach is reached by a few more.
        deadline = time.monotonic() + within
        while not world.topology.struck() and time.monotonic() < deadline:
            send(world, world.some_phones(2))
            time.sleep(0.3)
        if not world.topology.struck():
            raise TimeoutError(f"nothing reached {[p.value for p in points]}")

    return fault


def killed(kind: str, *, times: int = 1, chance: random.Random) -> Fault:
    """SIGKILL to a process of this kind ("" for any) at a random moment."""

    def fault(world: World) -> Iterator[None]:
        names = [name for name in world.topology.members if name.startswith(kind)]

        def strike() -> None:
            for _ in range(times):
                time.sleep(chance.uniform(0.05, 0.5))
                world.topology.kill(chance.choice(names))

        striking = Thread(target=strike)
        striking.start()
        yield
        striking.join()

    return fault


# --- the carrier ----------------------------------------------------------------------------------


def carrier_does(**faults: float) -> Fault:
    """The carrier misbehaves while the texts go in, then works again."""

    def fault(world: World) -> Iterator[None]:
        world.carrier.faults(**faults)
        yield
        time.sleep(1.0)
        world.carrier.faults(**{name: 0 for name in faults if not name.endswith("_seconds")})

    return fault


def nothing(_: World) -> Iterator[None]:
    """For comparison."""
    yield


def hook(begin: Callable[[], object], end: Callable[[], object], *, seconds: float) -> Fault:
    """Something outside is broken for so long, beginning with the first text."""

    def fault(_: World) -> Iterator[None]:
        begin()
        try:
            yield
            time.sleep(seconds)
        finally:
            end()

    return fault
