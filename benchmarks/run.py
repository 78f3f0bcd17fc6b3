"""One engine on one corpus, in a process of its own: so memory is its own, and nothing is warm.

    python -m benchmarks.run ENGINE TASK.pickle OUT.json [--prepare]

The parent (`benchmarks.search`) writes the task and reads what comes out. With --prepare only the
engine's database is filled; a second process then finds it as a running system would.
"""

import gc
import json
import os
import pickle
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from benchmarks import engines
from benchmarks.corpus import Record
from benchmarks.engines.base import Ask, Engine, best
from benchmarks.measures import percentile

LIMIT = 10
_SEED = 7
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and, where it has filters, the ids that pass them."""

    id: str
    ask: Ask
    allowed: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Task:
    """`folder`: the engine's files. `passes`: how often all queries are timed."""

    folder: Path
    records: list[Record]
    queries: list[Asked]
    passes: int


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Times":
        return cls(*(percentile(seconds, share) * 1000 for share in (0.5, 0.95, 0.99)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """`found`: query id -> the ten best. `memory`: MB that the index added. `encoding`: of a
    query's words, which `latency` is without."""

    engine: str
    services: int
    build_seconds: float
    memory: float
    latency: Times
    per_second: float
    timed: int
    encoding: Times | None
    found: dict[str, list[str]] = field(default_factory=dict)


def measure(key: str, task: Task) -> Outcome:
    """Builds, asks everything once (which warms and is what is scored), then times it."""
    before = _memory([])
    engine = engines.make(key, task.folder)
    try:
        started = time.perf_counter()
        engine.build(task.records)
        build_seconds = time.perf_counter() - started
        found = {
            asked.id: best(
                engine,
                asked.ask,
                LIMIT,
                asked.allowed.__contains__ if asked.allowed is not None else None,
            )
            for asked in task.queries
        }
        seconds = _timed(engine, task)
        gc.collect()
        return Outcome(
            engine=key,
            services=len(task.records),
            build_seconds=build_seconds,
            memory=_memory(engine.processes()) - before,
            latency=Times.of(seconds),
            per_second=len(seconds) / sum(seconds),
            timed=len(seconds),
            encoding=_encoding(engine, task),
            found=found,
        )
    finally:
        engine.close()


def _timed(engine: Engine, task: Task) -> list[float]:
    """Seconds of each question: the words alone, ten answers, in a new order each time. The
    filters' test is the benchmark's own and is not timed; a model's share is timed apart, as the
    first time that each text was asked has left it in the engine's memory."""
    chance = random.Random(_SEED)
    seconds = []
    for _ in range(task.passes):
        for asked in chance.sample(task.queries, len(task.queries)):
            seconds.append(_seconds(lambda ask=asked.ask: engine.search(ask, LIMIT)))  # type: ignore[misc]
    return seconds


def _encoding(engine: Engine, task: Task) -> Times | None:
    if not engine.encode(Ask("food", "en")):
        return None
    return Times.of(
        [
            _seconds(lambda ask=asked.ask: engine.encode(ask))  # type: ignore[misc]
            for asked in task.queries
        ]
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _memory(others: list[int]) -> float:
    """Megabytes of this process, and of others their share (a server's processes share most)."""
    gc.collect()
    own = psutil.Process().memory_info().rss
    shared = sum(psutil.Process(pid).memory_full_info().pss for pid in others)
    return float(own + shared) / _MEGABYTE


def main() -> None:
    key, task_file, out_file = sys.argv[1:4]
    # One core, so that queries per second are of one; servers that are started here share it.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    task: Task = pickle.loads(Path(task_file).read_bytes())
    if "--prepare" in sys.argv:
        engine = engines.make(key, task.folder)
        engine.prepare(task.records)
        engine.close()
        return
    outcome = measure(key, task)
    Path(out_file).write_text(json.dumps(asdict(outcome)), encoding="utf-8")


if __name__ == "__main__":
    main()
