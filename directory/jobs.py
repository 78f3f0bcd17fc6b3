"""Jobs that are written in the transaction of the fact that needs them.

The engine is DBOS Transact: its tables share our database (on SQLite our file), so a job and
its fact are committed together or not at all. The application's own rows stay the truth: a
job only says "look at this row", so it may run twice or late without harm.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from sqlalchemy.orm import Session

from directory import database

APPLICATION_VERSION = "handoff-1"  # fixed: by default a deploy would strand the jobs before it
QUEUE = "handoff"
APPLICATION_NAME = "handoff"
KEEP_HISTORY = timedelta(days=1)


class Job(StrEnum):
    """The durable jobs. Each takes one id."""

    ANSWER = "answer"
    DELIVER = "deliver"


_client: list[tuple[database.Database, DBOSClient]] = []
_client_lock = Lock()


def _engine_options(url: str) -> dict[str, Any]:
    return {"connect_args": {"timeout": database.BUSY_SECONDS}} if url.startswith("sqlite") else {}


def client() -> DBOSClient:
    """The client that enqueues into the current database; made at first use."""
    current = database.current()
    with _client_lock:
        if _client and _client[0][0] is current:
            return _client[0][1]
        while _client:
            _client.pop()[1].destroy()
        made = DBOSClient(
            system_database_url=current.settings.database,
            application_name=APPLICATION_NAME,
            retry_connection_errors=False,
        )
        _client.append((current, made))
        return made


def enqueue(
    session: Session, job: Job, subject_id: str, *, reference: str, delay_seconds: float = 0.0
) -> None:
    """Enqueue `job` for `subject_id` in the caller's transaction.

    `reference` makes the job's id: the same one twice is one job.
    """
    options: EnqueueOptions = {
        "workflow_name": job.value,
        "queue_name": QUEUE,
        "workflow_id": f"{job.value}/{reference}",
        "app_version": APPLICATION_VERSION,
    }
    if delay_seconds > 0:
        options["delay_seconds"] = delay_seconds
    client().enqueue_in_transaction(session, options, subject_id)


def migrate() -> None:
    """Create or update the engine's own tables."""
    DBOS.migrate(database.current().settings.database)


# What this process does for each job; the engine knows only the two functions below, since it
# wants a workflow to be one function for the life of the process.
_handlers: dict[Job, Callable[[str], None]] = {}


@DBOS.workflow(name=Job.ANSWER.value)
def _answer(person_id: str) -> None:
    _handlers[Job.ANSWER](person_id)


@DBOS.workflow(name=Job.DELIVER.value)
def _deliver(message_id: str) -> None:
    _handlers[Job.DELIVER](message_id)


class Worker:
    """Runs the jobs of this process."""

    def __init__(self, handlers: dict[Job, Callable[[str], None]], *, executor_id: str) -> None:
        self._handlers = handlers
        self._executor_id = executor_id

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

    def stop(self) -> None:
        DBOS.destroy(workflow_completion_timeout_sec=5)

    @staticmethod
    def forget_finished(*, before: datetime) -> int:
        """Delete the history of jobs that ended before `before`; returns how many."""
        done = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=before.isoformat(),
            limit=5000,
            load_input=False,
            load_output=False,
        )
        ids = [workflow.workflow_id for workflow in done]
        if ids:
            DBOS.delete_workflows(ids)
        return len(ids)
