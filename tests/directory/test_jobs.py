"""Jobs are written with their fact: together, or not at all."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from directory import database, jobs
from directory.database import Database
from directory.jobs import Job
from directory.settings import ROOT, Settings
from tools.drain import environment_of


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
        jobs.withdraw(session, {Job.ANSWER: "text-1"})
        jobs.withdraw(session, {Job.ANSWER: "never-written"})
    schema = "dbos." if any_database.engine.dialect.name == "postgresql" else ""
    with any_database.engine.connect() as connection:
        left = connection.exec_driver_sql(f"SELECT workflow_uuid FROM {schema}{table}")
        assert left.scalars().all() == ["answer/text-2"]


def test_a_job_that_was_not_withdrawn_after_all_is_there(any_database: Database) -> None:
    with database.session_scope() as session:
        jobs.enqueue(session, Job.ANSWER, "person-1", reference="text-1", delay_seconds=5)
    with pytest.raises(RuntimeError), database.session_scope() as session:
        jobs.withdraw(session, {Job.ANSWER: "text-1"})
        raise RuntimeError
    assert len(rows(any_database)) == 1


def test_a_job_that_has_begun_is_left_alone(any_database: Database) -> None:
    with database.session_scope() as session:
        jobs.enqueue(session, Job.ANSWER, "person-1", reference="text-1")
    with database.session_scope() as session:
        jobs.withdraw(session, {Job.ANSWER: "text-1"})
    assert len(rows(any_database)) == 1


def test_what_the_engine_is_about_to_begin_is_not_waited_for(postgres_settings: Settings) -> None:
    opened = database.use(Database(postgres_settings))
    with database.session_scope() as session:
        for job in Job:
            jobs.enqueue(session, job, "person-1", reference="text-1", delay_seconds=5)
    begins = "UPDATE dbos.workflow_status SET priority = 1 WHERE workflow_uuid = 'answer/text-1'"
    with opened.engine.begin() as engine:
        engine.exec_driver_sql(begins)
        with database.session_scope() as session:
            session.execute(text("SET LOCAL lock_timeout = '5s'"))
            jobs.withdraw(session, {Job.ANSWER: "text-1", Job.DELIVER: "text-1"})
    assert [row[0] for row in rows(opened)] == ["answer/text-1"]
    opened.close()


def test_the_client_follows_the_database_in_use(db: Database) -> None:
    first = jobs.client()
    assert jobs.client() is first
    database.use(Database(db.settings))
    assert jobs.client() is not first


_WORKS = """
import os, signal, sys, time
from pathlib import Path
from directory import database, jobs
from directory.database import Database
from directory.jobs import Job, Worker
from directory.settings import load_settings

begun, most = Path(sys.argv[1]), int(sys.argv[2])


def work(subject):
    with begun.open("a") as file:
        file.write(subject + "\\n")
    if subject == "poison":
        os.kill(os.getpid(), signal.SIGKILL)


def live(name):
    database.use(Database(load_settings()))
    worker = Worker({Job.DELIVER: work, Job.ANSWER: work}, executor_id=name)
    worker.start()
    Worker.take_over(lambda names: [each for each in names if each != name])
    while any(each.status in ("ENQUEUED", "PENDING") for each in jobs.DBOS.list_workflows()):
        time.sleep(0.05)
    os._exit(0)


for number in range(most):
    process = os.fork()
    if process == 0:
        live(f"{number:08x}")
    if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0:
        sys.exit(0)
sys.exit("no process outlived the poison")
"""


def processes_that_die(opened: Database, begun: Path, *, most: int) -> None:
    """Processes one after another, each after the other's death, until one finds nothing to do."""
    subprocess.run(
        [sys.executable, "-c", _WORKS, str(begun), str(most)],
        cwd=ROOT,
        env=environment_of(opened.settings),
        check=True,
        timeout=300,
    )


def test_a_job_that_ends_every_process_is_set_aside_and_keeps_nobody_waiting(
    any_database: Database, tmp_path: Path
) -> None:
    """It is the row behind the job that a person is told of (tests/faults)."""
    begun = tmp_path / "begun"
    with database.session_scope() as session:
        jobs.enqueue(session, Job.DELIVER, "poison", reference="poison")
    processes_that_die(any_database, begun, most=jobs.MOST_RECOVERIES + 2)
    assert begun.read_text().split() == ["poison"] * (jobs.MOST_RECOVERIES + 1)

    with database.session_scope() as session:
        jobs.enqueue(session, Job.DELIVER, "other", reference="other")
        jobs.enqueue(session, Job.ANSWER, "person", reference="person")
    processes_that_die(any_database, begun, most=1)
    schema = "dbos." if any_database.engine.dialect.name == "postgresql" else ""
    with any_database.engine.connect() as connection:
        query = f"SELECT workflow_uuid, status FROM {schema}workflow_status"
        ended = {row[0]: row[1] for row in connection.exec_driver_sql(query)}
    assert ended == {
        "deliver/poison": "MAX_RECOVERY_ATTEMPTS_EXCEEDED",
        "deliver/other": "SUCCESS",
        "answer/person": "SUCCESS",
    }
    assert Counter(begun.read_text().split())["poison"] == jobs.MOST_RECOVERIES + 1
