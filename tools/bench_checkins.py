"""How 10,000 due check-ins leave while processes are killed, and what 100,000 future ones cost.

    python -m tools.bench_checkins [--database sqlite|postgresql|both] [--people N] [--rate N]
                                   [--kills N] [--future N] [--seed N]

The whole product runs (web, workers, delivery reports), one process on SQLite, two on PostgreSQL,
against the simulated carrier. All check-ins are due at the same moment; processes are killed with
-9 at random moments and started again at once. Prints what was lost and doubled, counted at the
carrier; how late texts left, behind the moment that the set rate allows for; and what each process
computed, which on a busy machine says more than the clock. Then a year of contacts is planned for
as many people as make the future check-ins, and a look of the sweep is timed, and its memory taken,
before and after.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil

from api.services import build
from benchmarks.measures import percentile
from directory import database, migrations
from directory.clock import wall_now
from directory.database import Database
from directory.settings import Settings, load_settings
from tests.journeys.running import carrier_process, free_port
from tools.drain import (
    Starter,
    Worker,
    drain,
    environment_of,
    fictional_phones,
    log_visits,
    outcome_of,
    processor_seconds,
)
from tools.wheel_postgres import running_postgres, server_seconds

PROCESSES = {"sqlite": 1, "postgresql": 2}
CONTACTS_A_YEAR = 10  # of the plan caring_contacts
LOOKS = 30
MEGABYTE = 2**20
say = sys.stdout.write


def main() -> int:
    options = _options()
    kinds = tuple(PROCESSES) if options.database == "both" else (options.database,)
    if not options.people:
        kinds = ()
    wrong = 0
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder:
            Path(folder).chmod(0o755)  # the database server may run as another user
            with _settings(kind, Path(folder), rate=options.rate) as settings:
                wrong += bench_drain(kind, settings, options)
    with (
        tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder,
        _settings("sqlite", Path(folder), rate=options.rate) as settings,
    ):
        bench_future(settings, future=options.future)
    return min(wrong, 1)


def bench_drain(kind: str, settings: Settings, options: argparse.Namespace) -> int:
    """Drain what is due while processes are killed; how many were lost or doubled."""
    people, rate = options.people, options.rate
    phones = fictional_phones(people)
    say(f"{kind}: {people} due check-ins, {rate:g} a second, {options.kills} kills\n")
    day_ago = wall_now() - timedelta(days=1)
    log_visits(settings, phones, occurred_at=day_ago, now=day_ago)
    server_before = _server_seconds(settings)
    with (
        carrier_process(
            settings.data_dir, port=settings.carrier_port, settings=settings
        ) as carrier,
        Starter() as starter,
    ):
        workers = [
            Worker(
                starter, _environment(settings, number), settings.data_dir / f"{number}.log", True
            )
            for number in range(PROCESSES[kind])
        ]
        started = wall_now()
        took = drain(
            workers,
            people=people,
            kills=options.kills,
            give_up_after=600 + 5 * people / rate,
            chance=random.Random(options.seed),
            tell=lambda what: say(f"  {what}\n"),
        )
        carrier_took, server_took = _carrier_seconds(), _server_seconds(settings) - server_before
        outcome = outcome_of(carrier, phones, started=started, rate=rate)
    behind = sorted(outcome.behind)
    say(f"  lost {outcome.lost}, doubled {outcome.doubled}, of {people}\n")
    say(f"  took {took:.0f} s; the rate alone asks for {people / rate:.0f} s\n")
    late = sum(each > options.late_after for each in behind)
    say(f"  late (over {options.late_after:g} s behind the rate): {late}\n")
    say(f"  behind the rate: median {percentile(behind, 0.5):.1f} s, ")
    say(f"p95 {percentile(behind, 0.95):.1f} s, most {behind[-1]:.1f} s\n")
    peaks = ", ".join(f"{worker.peak_bytes / MEGABYTE:.0f} MB" for worker in workers)
    say(f"  peak memory of each process: {peaks}\n")
    computed = [f"{worker.processor_seconds:.0f} s" for worker in workers]
    each = sum(worker.processor_seconds for worker in workers) / people * 1000
    say(f"  processor time of each process: {', '.join(computed)} ({each:.1f} ms a text); ")
    say(f"of the carrier {carrier_took:.0f} s, of the database server {server_took:.0f} s\n")
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    say(f"  load of the machine over the last 1, 5 and 15 minutes: {load}\n")
    return outcome.lost + outcome.doubled


def bench_future(settings: Settings, *, future: int) -> None:
    """What check-ins of the coming year cost a look of the sweep."""
    workers = build(settings).workers  # not started: the looks are ours
    process = psutil.Process()

    def look() -> float:
        times = []
        for _ in range(LOOKS):
            began = time.perf_counter()
            workers.sweep(slow=False)
            times.append(time.perf_counter() - began)
        return statistics.median(times)

    look()  # what is read in once
    empty = look()
    now = wall_now()
    began = time.perf_counter()
    log_visits(
        settings,
        fictional_phones(future // CONTACTS_A_YEAR),
        occurred_at=now,
        now=now,
        follow_up="caring_contacts",
    )
    planned = time.perf_counter() - began
    before = process.memory_info().rss
    full = look()
    after = process.memory_info().rss
    database.current().close()
    say(f"{future} future check-ins, planned in {planned:.0f} s\n")
    say(f"  memory before the sweep {before / MEGABYTE:.0f} MB, after {LOOKS} looks ")
    say(f"{after / MEGABYTE:.0f} MB ({(after - before) / MEGABYTE:+.1f} MB)\n")
    say(f"  a look: {empty * 1000:.1f} ms with none, {full * 1000:.1f} ms with them all ")
    say(f"(x {full / empty:.2f})\n")


@contextmanager
def _settings(kind: str, folder: Path, *, rate: float) -> Iterator[Settings]:
    """Settings on an empty, migrated database of this kind, which this process uses."""

    def opened(url: str) -> Settings:
        settings = load_settings(
            data_dir=folder / "data",
            database_url=url,
            port=free_port(),
            carrier_port=free_port(),
            send_rate=rate,
            quiet_hours="00:00-00:00",  # never quiet: it runs at any hour
        )
        database.use(Database(settings))
        migrations.migrate()
        return settings

    (folder / "data").mkdir()
    if kind == "sqlite":
        yield opened("")
        return
    with running_postgres(folder / "server") as url:
        yield opened(url)
        database.current().close()


def _environment(settings: Settings, number: int) -> dict[str, str]:
    """Of process `number`: the delivery reports go to the first."""
    port = settings.port if number == 0 else free_port()
    return environment_of(
        settings, HANDOFF_PORT=str(port), HANDOFF_PUBLIC_URL=f"http://127.0.0.1:{settings.port}"
    )


def _carrier_seconds() -> float:
    """What the simulated carrier has computed."""
    children = psutil.Process().children()
    return sum(processor_seconds(each) for each in children if "bot.carrier" in each.cmdline())


def _server_seconds(settings: Settings) -> float:
    """What the database server has computed; on SQLite there is none."""
    return server_seconds(settings.data_dir.parent / "server")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.bench_checkins", description=__doc__)
    parser.add_argument("--database", choices=[*PROCESSES, "both"], default="both")
    parser.add_argument("--people", type=int, default=10_000, help="0: only the future ones")
    parser.add_argument("--rate", type=float, default=50.0, help="texts a second")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--future", type=int, default=100_000)
    parser.add_argument("--late-after", type=float, default=60.0, help="seconds behind the rate")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
