"""What a process does that takes texts in and leaves answering to the workers.

Each text is told at once to the worker that looks after the person, over PostgreSQL. A word that
is lost harms nothing: each worker looks every second at who waits for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import intake
from directory import fleet
from directory.messages.inbox import Run
from directory.messages.spool import Spool

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class RelayParts:
    """`url`: of the database, SQLAlchemy's. `prepare`: reads in what the pages search."""

    url: str
    spool: Spool
    heartbeat: Path
    now: Callable[[], datetime]
    wall: Callable[[], datetime]
    prepare: Callable[[], None]


class Relay:
    """The threads of one process at the doors. `answer_soon` may be called from any."""

    def __init__(self, parts: RelayParts) -> None:
        self._parts = parts
        self._told: SimpleQueue[str] = SimpleQueue()
        self._workers: frozenset[str] = frozenset()
        self._stop = Event()
        self._teller = Thread(target=self._tell_on, name="handoff-relay", daemon=True)
        self._looker = Thread(target=self._look_on, name="handoff-spool", daemon=True)
        self._preparer = Thread(target=self._prepare, name="handoff-prepare", daemon=True)
        # When a worker was last known to live: without one nobody answers.
        self.swept_at: datetime | None = None

    def start(self) -> None:
        for thread in (self._teller, self._looker, self._preparer):
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in (self._teller, self._looker, self._preparer):
            thread.join(timeout=10)

    def run_now(self) -> None:
        """None: others answer."""

    def answer_soon(self, person_id: str, run: Run | None = None) -> None:
        """`run`: never any, since nobody answers here."""
        del run
        self._told.put(person_id)

    def _prepare(self) -> None:
        try:
            self._parts.prepare()
        except Exception:  # then each question tries for itself
            log.exception("preparing_failed")

    def _look_on(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                for person_id in intake.take_in(self._parts.spool, now=self._parts.now()):
                    self.answer_soon(person_id)
            except (SQLAlchemyError, OSError) as error:
                log.warning("spool_waits", kind=type(error).__name__)

    def _tell_on(self) -> None:
        while not self._stop.is_set():
            try:
                with fleet.connect(self._parts.url) as connection:
                    fleet.listen_for_beats(connection)
                    self._tell_while(connection)
            except psycopg.Error as error:
                log.warning("relay_down", kind=type(error).__name__)
                self._stop.wait(LOOK_SECONDS)

    def _tell_while(self, connection: psycopg.Connection[Any]) -> None:
        """Tell as long as the connection holds, and keep an eye on who lives."""
        looked_at = float("-inf")
        while not self._stop.is_set():
            waiting = self._gathered()
            if fleet.seconds_since(looked_at) > LOOK_SECONDS:
                self._workers, looked_at = fleet.living(connection), fleet.now()
                self._note_beat(connection)
            told = [(fleet.first_for(each, self._workers), each) for each in waiting]
            named = [(name, each) for name, each in told if name is not None]
            if named:
                fleet.tell(connection, named)

    def _gathered(self) -> list[str]:
        """Who waits, once somebody does or it is time to look around."""
        try:
            found = [self._told.get(timeout=LOOK_SECONDS)]
        except Empty:
            return []
        while len(found) < AT_ONCE:
            try:
                found.append(self._told.get_nowait())
            except Empty:
                break
        return list(dict.fromkeys(found))

    def _note_beat(self, connection: psycopg.Connection[Any]) -> None:
        wall = self._parts.wall()
        if self._workers:
            self.swept_at = wall
        if fleet.beats(connection):
            self._parts.heartbeat.write_text(wall.isoformat(), encoding="ascii")
