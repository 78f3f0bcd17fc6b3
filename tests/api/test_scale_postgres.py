"""PostgreSQL of `handoff scale`: a role for each, and started again on the same data."""

import os
import re
import signal
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from api.services import search_directory
from api.supervisor import preparation, scaled
from api.supervisor.database_roles import APPLICATION, OWNER, TRACKERS, provide
from api.supervisor.postgres import Found, running_postgres
from api.supervisor.processes import Watchdog
from api.supervisor.scaled import Counts
from directory import database
from directory.backups import restoring, service
from directory.database import Base, Database
from directory.migrations.readers import READER, listing_tables
from directory.search import Query
from directory.settings import ROOT, Settings
from tests.api.test_supervisor import Told, eventually, is_gone
from tests.conftest import fill_with_partners, settings_for
from tests.factories import PHONE, met, read_person
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("_no_partners")


@pytest.fixture(scope="module")
def _no_partners() -> Iterator[None]:
    """Reading the listings takes seconds, and nothing here looks at them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(preparation, "_load_into_empty_directory", lambda *_: None)
        yield


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    # Not under pytest's own folder, which other users of the machine cannot enter: as root the
    # server runs as another one.
    with tempfile.TemporaryDirectory(prefix="handoff-scale-") as folder:
        Path(folder).chmod(0o755)
        yield settings_for(Path(folder))


@pytest.fixture(scope="module")
def told() -> Told:
    return Told()


@pytest.fixture(scope="module")
def found(settings: Settings, told: Told) -> Iterator[Found]:
    with (
        Watchdog() as watchdog,
        running_postgres(settings, watchdog=watchdog, progress=told) as running,
    ):
        preparation.prepare_database(running.to_prepare(settings), told)
        yield running


@pytest.fixture
def other(told: Told) -> Iterator[tuple[Found, Settings]]:
    """A server of its own, with nothing in it."""
    with (
        tempfile.TemporaryDirectory(prefix="handoff-scale-") as folder,
        Watchdog() as watchdog,
    ):
        Path(folder).chmod(0o755)
        own = settings_for(Path(folder))
        with running_postgres(own, watchdog=watchdog, progress=told) as running:
            yield running, own


def tables(address: str) -> list[tuple[str, str]]:
    """Every table of the application and of its job engine."""
    with psycopg.connect(address) as connection:
        rows = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
    return [(str(schema), str(table)) for schema, table in rows]


def as_superuser(found: Found, database: str) -> psycopg.Connection[tuple[object, ...]]:
    """Over the socket, as whoever runs the tests: that is how the supervisor does."""
    address = make_url(found.application).set(database=database, username="postgres", password=None)
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def at(address: str, **changes: str) -> str:
    return make_url(address).set(**changes).render_as_string(hide_password=False)


def test_rasa_may_not_even_connect_to_the_applications_database(found: Found) -> None:
    with psycopg.connect(found.trackers) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (TRACKERS,)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(at(found.trackers, database=APPLICATION))


def test_rasa_is_refused_every_table_of_ours_should_it_get_in(found: Found) -> None:
    ours = tables(found.application)
    assert {("public", "people"), ("public", "inbound_messages")} <= set(ours)
    assert {table for schema, table in ours if schema == "public"} >= set(Base.metadata.tables)
    assert "dbos" in {schema for schema, _ in ours}
    with as_superuser(found, APPLICATION) as superuser:
        superuser.execute(f"GRANT CONNECT ON DATABASE {APPLICATION} TO {TRACKERS}")
    try:
        address = at(found.trackers, database=APPLICATION)
        with psycopg.connect(address, autocommit=True) as connection:
            for schema, table in ours:
                for statement in ("SELECT * FROM {} LIMIT 1", "DELETE FROM {}"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(sql.SQL(statement).format(sql.Identifier(schema, table)))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE public.mine (it text)")
    finally:
        with as_superuser(found, APPLICATION) as superuser:
            superuser.execute(f"REVOKE CONNECT ON DATABASE {APPLICATION} FROM {TRACKERS}")


def test_rasa_owns_what_it_keeps(found: Found) -> None:
    with psycopg.connect(found.trackers, autocommit=True) as connection:
        connection.execute("CREATE TABLE events (id serial PRIMARY KEY, data text)")
        connection.execute("INSERT INTO events (data) VALUES ('a turn')")
        connection.execute("DROP TABLE events")


def test_the_action_server_searches_and_sees_nobody(found: Found, settings: Settings) -> None:
    fill_with_partners(found.to_serve(settings))
    opened = database.use(Database(settings.model_copy(update={"database_url": found.listings})))
    query = Query(needs=("food",), place="60540", text="groceries", at=MORNING)
    assert search_directory(query).matches
    opened.close()
    public = {("public", table) for table in listing_tables()}
    with psycopg.connect(found.listings, autocommit=True) as connection:
        for schema, table in tables(found.application):
            name = sql.Identifier(schema, table)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL("DELETE FROM {} WHERE false").format(name))
            if (schema, table) in public:
                connection.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(name))
                continue
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(name))
    assert not {"people", "inbound_messages", "staff"} & set(listing_tables())


def test_each_program_knows_its_own_address_and_no_other(found: Found, settings: Settings) -> None:
    serving = found.to_serve(settings)
    with scaled.listening(preparation.free_port()) as listener:
        plan = scaled.planned(serving, Counts(), found=found, listener=listener)
        started = scaled.programs(plan, Counts(), inherited={})
    addresses = {
        "serves": found.application,
        "owns": found.owner,
        "lists": found.listings,
        "tracks": found.trackers,
    }
    known = {
        each.name.split("-")[0]: {
            who
            for who, address in addresses.items()
            if any(address in value for value in (*each.environment.values(), *each.argv))
        }
        for each in started
    }
    assert known == {
        "api": {"serves"},
        "worker": {"serves"},
        "rasa": {"tracks"},
        "actions": {"lists"},
        "carrier": set(),
        "mail": set(),
    }


def test_who_serves_reads_and_writes_rows_and_changes_no_table(found: Found) -> None:
    with psycopg.connect(found.application, autocommit=True) as connection:
        for schema, table in tables(found.application):
            name = sql.Identifier(schema, table)
            connection.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(name))
            connection.execute(sql.SQL("DELETE FROM {} WHERE false").format(name))
            for refused in ("DROP TABLE {}", "TRUNCATE {}", "ALTER TABLE {} ADD COLUMN x int"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(sql.SQL(refused).format(name))
        for refused in ("CREATE TABLE mine (it text)", "CREATE SCHEMA mine", "CREATE ROLE mine"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)


def test_what_a_later_migration_makes_can_be_used_at_once(found: Found) -> None:
    with psycopg.connect(found.owner, autocommit=True) as owner:
        owner.execute("CREATE TABLE later (id serial PRIMARY KEY, it text)")
        owner.execute("CREATE SCHEMA later_still CREATE TABLE more (it text)")
    with psycopg.connect(found.application, autocommit=True) as connection:
        connection.execute("INSERT INTO later (it) VALUES ('a row')")
        connection.execute("INSERT INTO later_still.more VALUES ('a row')")
    with psycopg.connect(found.owner, autocommit=True) as owner:
        owner.execute("DROP SCHEMA later_still CASCADE")
        owner.execute("DROP TABLE later")


def test_a_start_of_who_serves_needs_no_right_to_migrate(found: Found, settings: Settings) -> None:
    """The database is of today: nothing is to do, and nothing is tried."""
    told = Told()
    preparation.prepare_database(found.to_serve(settings), told)
    assert found.to_serve(settings).migration_database_url == ""


def test_nobody_is_let_in_without_a_password(found: Found) -> None:
    for role in (OWNER, APPLICATION, READER, TRACKERS):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(at(found.trackers, username=role, password="guessed"))


def test_what_a_version_before_made_as_superuser_is_handed_over(
    other: tuple[Found, Settings],
) -> None:
    found, _ = other
    with as_superuser(found, APPLICATION) as superuser:
        superuser.execute("CREATE TABLE public.before (id serial PRIMARY KEY, it text)")
        superuser.execute("CREATE FUNCTION public.old() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        superuser.execute("CREATE SCHEMA older CREATE TABLE it (it text)")
    again = provide(at(found.application, database="postgres", username="postgres", password=""))
    with psycopg.connect(again[APPLICATION], autocommit=True) as connection:
        connection.execute("INSERT INTO before (it) VALUES ('a row')")
        connection.execute("SELECT * FROM older.it")
    with psycopg.connect(again[OWNER], autocommit=True) as owner:
        owner.execute("DROP TABLE before")
        owner.execute("DROP FUNCTION old()")
        owner.execute("DROP SCHEMA older CASCADE")


def test_who_serves_makes_backups_and_the_owner_puts_them_back(
    found: Found, settings: Settings, other: tuple[Found, Settings], tmp_path: Path
) -> None:
    database.use(Database(found.to_serve(settings)))
    person_id = met()
    wall = MORNING + timedelta(hours=1)
    folder, _ = service.make(database.current(), tmp_path / "safe", wall=wall)
    empty, own = other
    target = empty.to_prepare(own)
    manifest = restoring.check(folder, target)
    restoring.restore(folder, target, manifest, wall=wall, settle=lambda *_: None)
    opened = database.use(Database(empty.to_serve(own)))
    assert read_person(person_id).phone == PHONE
    opened.close()


def test_a_killed_server_is_started_again_on_the_same_data(
    other: tuple[Found, Settings], told: Told
) -> None:
    found, _ = other
    [server] = found.processes
    with psycopg.connect(found.owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (it text)")
        connection.execute("INSERT INTO kept VALUES ('before')")
    first = server.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)

    def answers() -> bool:
        server.tend()
        try:
            with psycopg.connect(found.application) as connection:
                rows = connection.execute("SELECT it FROM kept").fetchall()
        except psycopg.OperationalError:
            return False
        return rows == [("before",)]

    eventually(answers)
    assert (server.pid != first, is_gone(first)) == (True, True)
    assert any("PostgreSQL stopped (killed by SIGKILL)" in line for line in told.lines)


def test_the_server_stops_with_whoever_started_it() -> None:
    with tempfile.TemporaryDirectory(prefix="handoff-scale-") as folder, Watchdog() as watchdog:
        Path(folder).chmod(0o755)
        own = settings_for(Path(folder))
        with running_postgres(own, watchdog=watchdog, progress=Told()) as running:
            pid = running.processes[0].pid
        assert pid is not None
        assert is_gone(pid)
        log = (own.data_dir / "logs" / "postgres.log").read_text()
        assert "database system is shut down" in log  # asked, not killed


def test_containers_get_the_same_roles() -> None:
    """What `provide` does in Python, deploy/ does in SQL when the database is made."""
    folder = ROOT / "deploy" / "postgres"
    script = "".join((folder / name).read_text() for name in ("databases.sh", "handoff.sql"))
    for role in (OWNER, APPLICATION, READER, TRACKERS):
        assert re.search(rf"CREATE ROLE {role} LOGIN PASSWORD", script), role
    for grant in (
        f"GRANT USAGE ON SCHEMAS TO {APPLICATION}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION}",
        f"GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {APPLICATION}",
    ):
        assert f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} {grant}" in script
    for name in (APPLICATION, TRACKERS):
        assert f"REVOKE ALL ON DATABASE {name} FROM PUBLIC" in script
