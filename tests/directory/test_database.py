"""Sessions, column types, and that nothing readable about a person is stored."""

from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from sqlalchemy import MetaData, text

from bot.wording import say
from directory import database, models
from directory.clock import ClockState
from directory.conversations import service as conversations
from directory.conversations.memory import Memory
from directory.database import Base, Database
from directory.encryption import DecryptionError
from directory.languages import Language
from directory.people.models import Person
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from tests.conftest import settings_for
from tests.directory.test_encryption import OTHER_KEY
from tests.factories import a_sender, met, queued, read_person, texted, visited
from tests.fakes import MORNING, Clock, FakeGateway
from tests.threads import all_at_once

SECRETS = ("5550100", "555-0100", "5550110", "Maria", "porch", "groceries", "pantry", "Aurora",
           "call me at work", "a long enough password")  # fmt: skip


def everything_stored(opened: Database) -> str:
    """Every value of every table, the job engine's included, as the database holds it."""
    held = []
    for schema in (None, "dbos") if opened.engine.dialect.name == "postgresql" else (None,):
        tables = MetaData()
        tables.reflect(opened.engine, schema=schema)
        with opened.engine.connect() as connection:
            for table in tables.sorted_tables:
                held += [
                    str(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {table}"))
                ]
    return "\n".join(held)


def a_full_flow() -> None:
    """A visit, texts in and out, a task, a memory, a staff account."""
    visited(name="Maria Example")
    texted("no groceries, I live in Aurora")
    person_id = met()
    message_id = queued("1 A pantry in Aurora: 630-555-0100")
    a_sender(FakeGateway()).deliver(message_id)
    with database.session_scope() as session:
        tasks.open_task(
            session, TaskKind.CALL_BACK, person_id=person_id, now=MORNING, note="call me at work"
        )
        memory = Memory(place="Aurora", needs=("food",), results={"matches": ["a pantry"]})
        conversations.remember(session, person_id, memory, now=MORNING)
        staff.add(
            session,
            "ana@example.org",
            Role.CLINICIAN,
            password="a long enough password",
            phone="630-555-0110",
            now=MORNING,
        )
        staff.log_in(session, "630-555-0100", "a long enough password", wall=MORNING)


def test_no_table_holds_a_readable_number_name_text_or_note(any_database: Database) -> None:
    a_full_flow()
    stored = everything_stored(any_database)
    assert met() in stored  # we looked at the right place
    for secret in SECRETS:
        assert secret.casefold() not in stored.casefold(), secret


def test_the_file_itself_holds_nothing_readable_either(db: Database) -> None:
    a_full_flow()
    for path in db.settings.data_dir.glob("handoff.sqlite*"):
        held = path.read_bytes()
        for secret in SECRETS:
            assert secret.encode() not in held, secret


def test_a_new_key_goes_in_front_and_old_rows_stay_readable(any_database: Database) -> None:
    person_id = met()
    settings = any_database.settings
    keys = f"{OTHER_KEY},{settings.encryption_keys}"
    database.use(Database(settings.model_copy(update={"encryption_keys": keys})))
    assert read_person(person_id).phone == "+16305550100"
    assert met() == person_id


def test_a_lost_key_is_an_error_that_shows_no_data(any_database: Database) -> None:
    person_id = met()
    settings = any_database.settings
    database.use(Database(settings.model_copy(update={"encryption_keys": OTHER_KEY})))
    with pytest.raises(DecryptionError) as caught:
        read_person(person_id)
    assert "5550100" not in str(caught.value)


def test_instants_come_back_as_the_same_moment_in_utc(any_database: Database) -> None:
    elsewhere = datetime(2026, 3, 18, 20, 30, 1, 123456, tzinfo=timezone(timedelta(hours=5.5)))
    with database.session_scope() as session:
        session.add(ClockState(id=1, wall=elsewhere, product=elsewhere, speed=1.0))
    with database.read_scope() as session:
        read = session.get_one(ClockState, 1).wall
    assert read == elsewhere
    assert read.tzinfo is UTC


def test_a_naive_time_has_no_place_in_the_database(any_database: Database) -> None:
    naive = datetime(2026, 3, 18)  # noqa: DTZ001
    with pytest.raises(Exception, match="naive"), database.session_scope() as session:
        session.add(ClockState(id=1, wall=naive, product=naive, speed=1.0))
        session.flush()


def test_a_failure_inside_a_scope_leaves_nothing(any_database: Database) -> None:
    person_id = met()
    with pytest.raises(RuntimeError), database.session_scope() as session:
        session.get_one(Person, person_id).language = "es"
        session.flush()
        raise RuntimeError
    assert read_person(person_id).language is None


def test_writers_at_once_lose_no_update(any_database: Database) -> None:
    person_id = met()
    with database.session_scope() as session:
        session.get_one(Person, person_id).name = "0"

    def add_one() -> None:
        with database.session_scope() as session:
            person = session.get_one(Person, person_id, with_for_update=True)
            person.name = str(int(person.name or "0") + 1)

    all_at_once([partial(add_one)] * 8)
    assert read_person(person_id).name == "8"


def test_a_reader_sees_the_old_state_while_a_writer_works(any_database: Database) -> None:
    person_id = met()
    with database.session_scope() as session:
        session.get_one(Person, person_id).language = "es"
        session.flush()
        assert read_person(person_id).language is None


def test_a_reading_scope_writes_nothing(any_database: Database) -> None:
    person_id = met()
    with database.read_scope() as session:
        session.get_one(Person, person_id).language = "es"
    assert read_person(person_id).language is None


def test_every_table_is_created_by_the_migrations(any_database: Database) -> None:
    assert models.ALL
    stored = MetaData()
    stored.reflect(any_database.engine)
    assert set(Base.metadata.tables) <= set(stored.tables)


def test_ids_are_uuids_that_nobody_can_guess() -> None:
    assert len({database.new_id() for _ in range(100)}) == 100
    assert len(database.new_id()) == 36


def test_a_database_without_keys_is_not_opened(db: Database) -> None:
    settings = settings_for(db.settings.data_dir, encryption_keys="")
    with pytest.raises(ValueError, match="at least one key"):
        Database(settings)


def test_the_clock_of_a_test_moves_only_when_told_to() -> None:
    clock = Clock()
    assert clock() == clock() == MORNING
    assert say("and", Language.EN) == "and"
