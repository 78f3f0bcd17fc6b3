"""The way from the schema of the last version to this one's, with what is in it, and back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, Table, insert, inspect, select

from directory import database, jobs, migrations
from directory.database import Database, new_id
from directory.messages.models import InboundMessage
from directory.settings import Settings
from tests.conftest import database_url, run_on, settings_for
from tests.factories import a_sender, read_message, texted
from tests.fakes import MORNING, FakeGateway

# What the last version that cities have had, and the tables that rows were in then.
PREVIOUS = "0005"
NUMBER = "+16305550177"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings on a database with nothing in it."""
    if request.param == "sqlite":
        yield settings_for(tmp_path)
        return
    server = request.getfixturevalue("postgres_server")
    run_on(server, 'DROP DATABASE IF EXISTS "handoff_upgrade"')
    run_on(server, 'CREATE DATABASE "handoff_upgrade"')
    yield settings_for(tmp_path, database_url=database_url(server, "handoff_upgrade"))
    database.current().close()
    run_on(server, 'DROP DATABASE "handoff_upgrade" WITH (FORCE)')


def step(opened: Database, revision: str) -> None:
    with opened.engine.connect() as connection:
        command.upgrade(migrations.configuration(connection), revision)
        connection.commit()


def write(connection: Connection, name: str, **values: Any) -> None:
    """A row as the last version wrote it: by the tables that are there, not by our models."""
    table = Table(name, MetaData(), autoload_with=connection)
    naive = connection.dialect.name == "sqlite"
    at = {
        column: value.astimezone(UTC).replace(tzinfo=None) if naive else value
        for column, value in values.items()
        if isinstance(value, datetime)
    }
    connection.execute(insert(table).values(**values | at))


def stored(opened: Database, name: str) -> list[dict[str, Any]]:
    with opened.engine.connect() as connection:
        table = Table(name, MetaData(), autoload_with=connection)
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def of_the_last_version(opened: Database) -> tuple[str, str, str]:
    """A person, a text without an answer and a text that waits: their ids."""
    step(opened, PREVIOUS)
    jobs.migrate()
    person, inbound, outbound, cipher = new_id(), new_id(), new_id(), opened.cipher
    with opened.engine.begin() as connection:
        write(
            connection,
            "people",
            id=person,
            phone=cipher.encrypt(NUMBER),
            phone_index=cipher.blind_index(NUMBER),
            number_shared=False,
            created_at=MORNING,
        )
        write(
            connection,
            "inbound_messages",
            id=inbound,
            provider_id="SM1",
            person_id=person,
            sequence=1,
            body=cipher.encrypt("Where can I get food?"),
            media_count=0,
            received_at=MORNING,
            owed=False,
            attempts=0,
        )
        write(
            connection,
            "outbound_messages",
            id=outbound,
            person_id=person,
            sequence=1,
            priority=1,
            kind="reply",
            body=cipher.encrypt("Hello"),
            initiated=False,
            after_opt_out=False,
            status="queued",
            attempts=0,
            created_at=MORNING,
            not_before=MORNING,
        )
    return person, inbound, outbound


def test_an_upgrade_keeps_everything_and_goes_on_with_it(empty: Settings) -> None:
    opened = database.use(Database(empty))
    person, inbound, outbound = of_the_last_version(opened)
    migrations.migrate()
    assert migrations.revision_of(opened.engine) == migrations.revisions()[0]
    carrier = FakeGateway()
    a_sender(carrier).deliver(outbound)
    assert [(text.to, text.body) for text in carrier.carried] == [(NUMBER, "Hello")]
    assert read_message(outbound).status == "sent"
    again = texted("And rent?", phone=NUMBER)
    with database.read_scope() as session:
        first, second = (
            session.get_one(InboundMessage, inbound),
            session.get_one(InboundMessage, again),
        )
        assert (first.body, first.person_id) == ("Where can I get food?", person)
        assert (second.person_id, second.sequence) == (person, 2)


def test_the_way_back_keeps_what_the_last_version_knows(empty: Settings) -> None:
    """What came in since the upgrade is there for the version before; and up it goes again."""
    opened = database.use(Database(empty))
    _, _, outbound = of_the_last_version(opened)
    before = stored_tables(opened)
    columns = {name: set(stored(opened, name)[0]) for name in ("people", "inbound_messages")}
    migrations.migrate()
    texted("Since the upgrade", phone=NUMBER)
    migrations.go_back(PREVIOUS)
    assert migrations.revision_of(opened.engine) == PREVIOUS
    assert stored_tables(opened) == before
    for name, known in columns.items():
        assert set(stored(opened, name)[0]) == known
    bodies = {opened.cipher.decrypt(row["body"]) for row in stored(opened, "inbound_messages")}
    assert bodies == {"Where can I get food?", "Since the upgrade"}
    migrations.migrate()
    assert read_message(outbound).body == "Hello"


def stored_tables(opened: Database) -> set[str]:
    return set(inspect(opened.engine).get_table_names())
