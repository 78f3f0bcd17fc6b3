"""Where files are taken in: one at a time in a process, beside the requests.

A file of a hundred thousand listings takes minutes. Whoever sends it waits a while for the
report and is then told where to ask for it; the import goes on whether they wait or not.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from threading import Lock, Thread

import structlog

from api.imports.uploads import Upload
from directory.database import Database
from directory.errors import Conflict, HandoffError
from directory.imports import take_in
from directory.imports.content import Content, look
from directory.imports.service import NewImport, Report

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Started:
    """An import that is going on. `done`: its report, or what stopped it."""

    run_id: str
    done: "Future[Report]"


class Desk:
    """Takes one file at a time."""

    def __init__(self) -> None:
        self._busy = Lock()
        self.running: str | None = None

    def start(
        self,
        database: Database,
        upload: Upload,
        *,
        source: str,
        by: str,
        complete: bool,
        clock: Callable[[], datetime],
    ) -> Started:
        """Begin on a thread of its own, which removes the upload in the end.

        Raises Conflict while another file is taken in, Invalid and TooLarge when the file is none
        of ours.
        """
        if not self._busy.acquire(blocking=False):
            upload.remove()
            raise Conflict("import_running", "Another file is being taken in: try again after it.")
        try:
            content = look(upload.path, name=upload.name)
            run_id, new = take_in.begin(
                database, content, source=source, by=by, complete=complete, clock=clock
            )
        except BaseException:
            upload.remove()
            self._busy.release()
            raise
        self.running = run_id
        done: Future[Report] = Future()
        Thread(
            target=self._work,
            args=(database, upload, content, run_id, new, clock, done),
            name="import",
            daemon=True,
        ).start()
        return Started(run_id, done)

    def _work(
        self,
        database: Database,
        upload: Upload,
        content: Content,
        run_id: str,
        new: NewImport,
        clock: Callable[[], datetime],
        done: "Future[Report]",
    ) -> None:
        report, stopped = None, None
        try:
            report = take_in.finish(database, run_id, new, content, clock=clock)
        except Exception as error:
            if not isinstance(error, HandoffError):
                log.exception("import_failed", run=run_id)
            stopped = error
        upload.remove()
        self.running = None
        self._busy.release()
        # Last, so that whoever hears of it can send the next file at once.
        if report is not None:
            done.set_result(report)
        else:
            done.set_exception(stopped)


async def waited(started: Started, *, seconds: float = PATIENCE_SECONDS) -> bool:
    """Whether the import is done within the time. Raises what stopped it."""
    future = asyncio.wrap_future(started.done)
    finished, _ = await asyncio.wait({future}, timeout=seconds)
    if not finished:
        # Nobody waits any more: what may still go wrong is told by the run.
        future.add_done_callback(lambda each: each.cancelled() or each.exception())
        return False
    future.result()
    return True
