"""What a large programme's rows cost a turn: the same turns on an empty and on a filled database.

Both products run at the same time, and are texted in short rounds, one after the other, so that
whatever else the machine does strikes both. While one is texted the other rests, and what it
computes then is its work in the background.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psutil

from benchmarks.measures import percentile
from benchmarks.turns.carrier import Carrier
from benchmarks.turns.filling import FOLLOWED, fill, settings_on
from benchmarks.turns.measure import CONVERSATION, KINDS, SEARCH, Kind, Rig, Waits
from benchmarks.turns.products import Running, product
from directory.settings import Settings
from tests.journeys.running import free_port
from tools.wheel_postgres import server_seconds

SIDES = ("empty", "filled")
MOST = 1.2  # times as long, and no longer: the goal
ROUNDS = 16
TURNS = 8
AT_ONCE = 8
# Of the rounds of one form of the product; what is there by then is what counts.
LONGEST_SECONDS = 200.0
# After the start: what is overdue in the year is begun, and code is read in.
_WARM_TURNS = 30
_SETTLE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of turn, who texts, and how many at a time."""

    name: str
    kind: Kind
    senders: int = 1
    turns: int = TURNS
    followed: bool = False


WAYS = (
    *(Way(each.name, each) for each in KINDS),
    Way("search, by somebody in follow-up", SEARCH, followed=True),
    Way(f"conversation, {AT_ONCE} at a time", CONVERSATION, senders=AT_ONCE, turns=3 * AT_ONCE),
)


@dataclass(slots=True)
class Round:
    """`computed`: processor seconds of the whole product."""

    waits: Waits
    computed: float

    @property
    def a_turn(self) -> float:
        return self.computed / len(self.waits.turns)


@dataclass
class Found:
    """The rounds of each way, by its name and side; and of each side the processor seconds that it
    takes a second when nobody texts."""

    kind: str
    sizes: dict[str, int]
    rounds: dict[tuple[str, str], list[Round]] = field(default_factory=dict)
    resting: dict[str, float] = field(default_factory=dict)
    load: float = 0.0

    def of(self, way: Way, side: str) -> list[Round]:
        return self.rounds.setdefault((way.name, side), [])

    def turns(self, way: Way, side: str) -> list[float]:
        return [turn for each in self.of(way, side) for turn in each.waits.turns]

    def ratio(self, way: Way) -> float:
        """How many times as long a turn takes: the middle one of all rounds' p50."""
        pairs = zip(self.of(way, "filled"), self.of(way, "empty"), strict=True)
        return median(median(a.waits.turns) / median(b.waits.turns) for a, b in pairs)

    def computed_ratio(self, way: Way) -> float:
        pairs = zip(self.of(way, "filled"), self.of(way, "empty"), strict=True)
        return median(a.a_turn / b.a_turn for a, b in pairs)


@dataclass
class _Side:
    """One of the two products, with phones of its own. `known`: those of people in follow-up."""

    name: str
    running: Running
    folder: Path
    rig: Rig
    known: Rig

    def computed(self) -> float:
        """Processor seconds so far. The database server is ours, and no child of the product."""
        own = sum(self.running.processor_seconds().values())
        return own + server_seconds(self.folder / "server")


async def measured(kind: str, folder: Path, *, texts: int) -> Found:
    """`kind`: "embedded" or "scaled". Some six minutes, filling included."""
    found = Found(kind, {})
    async with AsyncExitStack() as running:
        given = []
        for name in SIDES:
            made = settings_on(folder / f"{kind}-{name}", kind=kind)
            settings = running.enter_context(made)
            began, wanted = time.monotonic(), texts if name == "filled" else 0
            found.sizes = await asyncio.to_thread(fill, settings, texts=wanted)
            took = time.monotonic() - began
            print(f"{kind}, {name}: {found.sizes}, in {took:.0f} s", flush=True)
            given.append((name, settings))
        sides = [
            await running.enter_async_context(_side(kind, name, settings))
            for name, settings in given
        ]
        for each in sides:
            await each.rig.closed_loop(CONVERSATION, senders=2, turns=_WARM_TURNS)
        await asyncio.sleep(_SETTLE_SECONDS)
        await _rest(found, sides)
        await _rounds(found, sides)
    found.load = psutil.getloadavg()[1]
    return found


@asynccontextmanager
async def _side(kind: str, name: str, settings: Settings) -> AsyncIterator[_Side]:
    data = settings.data_dir
    async with Carrier(free_port()).listening() as carrier:
        starting = product(
            data,
            port=free_port(),
            carrier_url=carrier.url,
            command=("scale",) if kind == "scaled" else ("up",),
            name=name,
            database_url=settings.database_url,
        )
        running = await asyncio.to_thread(starting.__enter__)  # the carrier must answer meanwhile
        try:
            known = Rig(carrier, running.sms_url, iter(FOLLOWED))
            yield _Side(name, running, data, Rig(carrier, running.sms_url), known)
        finally:
            await asyncio.to_thread(starting.__exit__, None, None, None)


async def _rest(found: Found, sides: list[_Side]) -> None:
    """What each does when nobody texts."""
    before = [each.computed() for each in sides]
    await asyncio.sleep(_SETTLE_SECONDS)
    for side, earlier in zip(sides, before, strict=True):
        found.resting[side.name] = (side.computed() - earlier) / _SETTLE_SECONDS


async def _rounds(found: Found, sides: list[_Side]) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    for number in range(ROUNDS):
        for way in WAYS:
            # Whoever comes second finds the other's leftovers: they take turns.
            for side in sides if number % 2 else reversed(sides):
                found.of(way, side.name).append(await _round(way, side))
        if time.monotonic() > end:
            break
    for way in WAYS:
        print(f"{found.kind}: {way.name:40} {_row(found, way)}", flush=True)


async def _round(way: Way, side: _Side) -> Round:
    before = side.computed()
    rig = side.known if way.followed else side.rig
    waits = await rig.closed_loop(way.kind, senders=way.senders, turns=way.turns)
    return Round(waits, side.computed() - before)


# --- the table ------------------------------------------------------------------------------------


def text(found: list[Found]) -> str:
    """What stands between the marks of docs/performance.md."""
    memory = psutil.virtual_memory().total / 2**30
    return "\n".join(
        [
            f"{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, {memory:.0f} GB; "
            "phones, carrier and both products on the same cores.",
            *(line for each in found for line in _table(each)),
        ]
    )


def _table(found: Found) -> Iterator[str]:
    sizes = ", ".join(f"{number:,} {name}" for name, number in found.sizes.items())
    rounds = len(next(iter(found.rounds.values())))
    yield ""
    yield (
        f"{found.kind.capitalize()}, {sizes}; {rounds} rounds; the machine's load was "
        f"{found.load:.1f}:"
    )
    yield ""
    yield (
        "| turn | empty p50, ms | p95 | filled p50, ms | p95 | times as long "
        "| empty, processor ms | filled | times as much |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for way in WAYS:
        yield f"| {way.name} {_row(found, way)}"
    resting = ", ".join(f"{side} {100 * share:.0f} %" for side, share in found.resting.items())
    yield ""
    yield f"What it computes when nobody texts, of one core: {resting}. {_verdict(found)}"


def _row(found: Found, way: Way) -> str:
    times, computed = [], []
    for side in SIDES:
        turns = found.turns(way, side)
        times += [f"{1000 * median(turns):.0f}", f"{1000 * percentile(turns, 0.95):.0f}"]
        computed.append(f"{1000 * median(each.a_turn for each in found.of(way, side)):.0f}")
    cells = [*times, f"{found.ratio(way):.2f}", *computed, f"{found.computed_ratio(way):.2f}"]
    return f"| {' | '.join(cells)} |"


def _verdict(found: Found) -> str:
    over = [way.name for way in WAYS if max(found.ratio(way), found.computed_ratio(way)) > MOST]
    if over:
        return f"More than {MOST:g} times as long or as much: {'; '.join(over)}."
    return f"No kind of turn takes more than {MOST:g} times as long, nor computes as much more."
