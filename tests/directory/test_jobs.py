"""Jobs are written with their fact: together, or not at all."""

import pytest

from directory import database, jobs
from directory.database import Database
from directory.jobs import Job


def rows(opened: Database) -> list[tuple[str, str, str, str]]:
    schema = "dbos." if opened.engine.dialect.name == "postgresql" else ""
    columns = "workflow_uuid, name, queue_name, application_version"
    with opened.engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT {columns} FROM {schema}workflow_status")
        return [tuple(row) for row in found]  # type: ignore[misc]


def test_a_job_appears_with_the_transaction_that_enqueued_it(any_database: Database) -> None:
    with database.session_scope() as session:
        jobs.enqueue(session, Job.ANSWER, "person-1", reference="text-1", delay_seconds=5)
    assert rows(any_database) == [("answer/text-1", "answer", jobs.QUEUE, jobs.APPLICATION_VERSION)]


def test_a_job_disappears_with_a_transaction_that_fails(any_database: Database) -> None:
    with pytest.raises(RuntimeError), database.session_scope() as session:
        jobs.enqueue(session, Job.ANSWER, "person-1", reference="text-1")
        raise RuntimeError
    assert rows(any_database) == []


def test_the_same_reference_twice_is_one_job(any_database: Database) -> None:
    for _ in range(2):
        with database.session_scope() as session:
            jobs.enqueue(session, Job.DELIVER, "message-1", reference="message-1")
    assert len(rows(any_database)) == 1


@pytest.mark.parametrize("table", ["workflow_status", "workflow_input"])
def test_a_job_that_is_withdrawn_leaves_nothing(any_database: Database, table: str) -> None:
    with database.session_scope() as session:
        jobs.enqueue(session, Job.ANSWER, "person-1", reference="text-1", delay_seconds=5)
        jobs.enqueue(session, Job.ANSWER, "person-1", reference="text-2", delay_seconds=5)
    with database.session_scope() as session:
        jobs.withdraw(session, Job.ANSWER, reference="text-1")
        jobs.withdraw(session, Job.ANSWER, reference="never-written")
    schema = "dbos." if any_database.engine.dialect.name == "postgresql" else ""
    with any_database.engine.connect() as connection:
        left = connection.exec_driver_sql(f"SELECT workflow_uuid FROM {schema}{table}")
        assert left.scalars().all() == ["answer/text-2"]


def test_a_job_that_was_not_withdrawn_after_all_is_there(any_database: Database) -> None:
    with database.session_scope() as session:
        jobs.enqueue(session, Job.ANSWER, "person-1", reference="text-1", delay_seconds=5)
    with pytest.raises(RuntimeError), database.session_scope() as session:
        jobs.withdraw(session, Job.ANSWER, reference="text-1")
        raise RuntimeError
    assert len(rows(any_database)) == 1


def test_a_job_that_has_begun_is_left_alone(any_database: Database) -> None:
    with database.session_scope() as session:
        jobs.enqueue(session, Job.ANSWER, "person-1", reference="text-1")
    with database.session_scope() as session:
        jobs.withdraw(session, Job.ANSWER, reference="text-1")
    assert len(rows(any_database)) == 1


def test_the_client_follows_the_database_in_use(db: Database) -> None:
    first = jobs.client()
    assert jobs.client() is first
    database.use(Database(db.settings))
    assert jobs.client() is not first
