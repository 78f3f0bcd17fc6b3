"""Jobs that are written in the transaction of the fact that needs them.

The engine is DBOS Transact: its tables share our database (on SQLite our file), so a job and
its fact are committed together or not at all. The application's own rows stay the truth: a
job only says "look at this row", so it may run twice or late without harm.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from sqlalchemy import ColumnElement, bindparam, delete, select
from sqlalchemy.orm import Session

from directory import database

APPLICATION_VERSION = "handoff-1"  # fixed: by default a deploy would strand the jobs before it
QUEUE = "handoff"
APPLICATION_NAME = "handoff"
KEEP_HISTORY = timedelta(days=1)
# How often a job whose process died is begun again; then it is set aside, and so are those that
# were begun beside it each time. The rows are looked at besides, and count their own tries, so
# that no text hangs on it.
MOST_RECOVERIES = 5
_DELAYED = "DELAYED"
# How long the process that wrote a row has for it before its job is begun: it goes to work at once,
# and after its death the rows are looked at within seconds. Short, and in a burst the jobs of what
# only waits its turn would be begun as well, when there is the least room for them.
RECOVERY_AFTER_SECONDS = 60.0


class Job(StrEnum):
    """The durable jobs. Each takes one id."""

    ANSWER = "answer"
    DELIVER = "deliver"


class _Withdrawal:
    """Takes waiting jobs out of the engine's tables; built once, as each text needs it."""

    def __init__(self, client: DBOSClient) -> None:
        self._engine = client._sys_db
        job = self._engine.tables.workflow_status
        given = self._engine.tables.workflow_input
        # What the engine is about to begin is left to it, not waited for: of two that each hold
        # one of these rows and want the other, PostgreSQL ends one. (SQLite has no locks of rows.)
        waiting = (
            select(job.c.workflow_uuid)
            .where(_is_one_of(job.c.workflow_uuid), job.c.status == _DELAYED)
            .with_for_update(skip_locked=True)
        )
        self._job = (
            delete(job).where(job.c.workflow_uuid.in_(waiting)).returning(job.c.workflow_uuid)
        )
        self._input = delete(given).where(_is_one_of(given.c.workflow_uuid))

    def __call__(self, session: Session, jobs: list[str]) -> None:
        with session.no_autoflush:  # the engine's tables refer to none of ours
            self._engine._apply_caller_schema(session)
            taken = session.scalars(self._job, {"jobs": jobs}).all()
            if taken:
                session.execute(self._input, {"jobs": taken})


def _is_one_of(job: ColumnElement[str]) -> ColumnElement[bool]:
    return job.in_(bindparam("jobs", expanding=True))


_client: list[tuple[database.Database, DBOSClient, _Withdrawal]] = []
_client_lock = Lock()


def _engine_options(url: str) -> dict[str, Any]:
    return {"connect_args": {"timeout": database.BUSY_SECONDS}} if url.startswith("sqlite") else {}


def client() -> DBOSClient:
    """The client that enqueues into the current database; made at first use."""
    return _of_current()[1]


def _of_current() -> tuple[database.Database, DBOSClient, _Withdrawal]:
    current = database.current()
    with _client_lock:
        if _client and _client[0][0] is current:
            return _client[0]
        while _client:
            _client.pop()[1].destroy()
        made = DBOSClient(
            system_database_url=current.settings.database,
            application_name=APPLICATION_NAME,
            retry_connection_errors=False,
        )
        _client.append((current, made, _Withdrawal(made)))
        return _client[0]


def enqueue(
    session: Session, job: Job, subject_id: str, *, reference: str, delay_seconds: float = 0.0
) -> None:
    """Enqueue `job` for `subject_id` in the caller's transaction.

    `reference` makes the job's id: the same one twice is one job.
    """
    options: EnqueueOptions = {
        "workflow_name": job.value,
        "queue_name": QUEUE,
        "workflow_id": _job_id(job, reference),
        "app_version": APPLICATION_VERSION,
    }
    if delay_seconds > 0:
        options["delay_seconds"] = delay_seconds
    with session.no_autoflush:  # the engine's tables refer to none of ours
        client().enqueue_in_transaction(session, options, subject_id)


def withdraw(session: Session, references: Mapping[Job, str]) -> None:
    """Take back delayed jobs in the caller's transaction: what they were to look after is done.

    Else it would be begun, find nothing to do, and be kept in the history: four transactions for
    every text. The engine can delete jobs, but not in a transaction of ours.
    """
    _of_current()[2](session, [_job_id(*each) for each in references.items()])


def _job_id(job: Job, reference: str) -> str:
    return f"{job.value}/{reference}"


def migrate() -> None:
    """Create or update the engine's own tables; where they are of today nothing is changed."""
    DBOS.migrate(database.current().settings.database_of_owner)


# What this process does for each job; the engine knows only the two functions below, since it
# wants a workflow to be one function for the life of the process.
_handlers: dict[Job, Callable[[str], None]] = {}


@DBOS.workflow(name=Job.ANSWER.value, max_recovery_attempts=MOST_RECOVERIES)
def _answer(person_id: str) -> None:
    _handlers[Job.ANSWER](person_id)


@DBOS.workflow(name=Job.DELIVER.value, max_recovery_attempts=MOST_RECOVERIES)
def _deliver(message_id: str) -> None:
    _handlers[Job.DELIVER](message_id)


class Worker:
    """Runs the jobs of this process."""

    def __init__(self, handlers: dict[Job, Callable[[str], None]], *, executor_id: str) -> None:
        self._handlers = handlers
        self._executor_id = executor_id
        self.running = False

    def start(self) -> None:
        url = database.current().settings.database
        config: DBOSConfig = {
            "name": APPLICATION_NAME,
            "system_database_url": url,
            "application_version": APPLICATION_VERSION,
            "executor_id": self._executor_id,
            "log_level": "WARNING",
            "max_executor_threads": 8,
            "db_engine_kwargs": _engine_options(url),
        }
        DBOS(config=config)
        _handlers.update(self._handlers)
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=4, polling_interval_sec=1.0)
        self.running = True

    def stop(self) -> None:
        self.running = False
        DBOS.destroy(workflow_completion_timeout_sec=5)

    @staticmethod
    def take_over(dead_among: Callable[[Iterable[str]], list[str]]) -> int:
        """Put the jobs that dead processes had begun back into the queue; of how many processes.

        The engine recovers those of its own executor id only, and ours is the name of a process.
        It counts how often a job was begun, and sets one aside that was begun too often.
        """
        begun = DBOS.list_workflows(
            status="PENDING", limit=5000, load_input=False, load_output=False
        )
        dead = dead_among({each.executor_id for each in begun if each.executor_id})
        if dead:
            DBOS._recover_pending_workflows(dead)
        return len(dead)

    @staticmethod
    def forget_finished(*, before: datetime) -> int:
        """Delete the history of jobs that ended before `before`; returns how many."""
        done = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
            completed_before=before.isoformat(),
            limit=5000,
            load_input=False,
            load_output=False,
        )
        ids = [workflow.workflow_id for workflow in done]
        if ids:
            DBOS.delete_workflows(ids)
        return len(ids)
