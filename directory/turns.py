"""Whose turn it is to write, where a database has one writer at a time."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from sqlalchemy.exc import TimeoutError as DatabaseTimeout

TURN_SECONDS = 30.0
# So many of the urgent go before one of the others: however many come, answers are still written.
URGENT_IN_A_ROW = 4


class Turns:
    """Lets the writers of one process in one by one: the urgent first, then as they came.

    Those who wait for SQLite itself ask again at random: in a burst some wait until they give up.
    Raises sqlalchemy's TimeoutError after `patience` seconds, so that a scope opened inside another
    one is an error and not a standstill.
    """

    def __init__(self, patience: float = TURN_SECONDS) -> None:
        self._patience = patience
        self._guard = Lock()
        self._taken = False
        self._urgent: deque[Event] = deque()
        self._others: deque[Event] = deque()
        self._in_a_row = 0

    @contextmanager
    def take(self, *, urgent: bool) -> Iterator[None]:
        self._await(self._urgent if urgent else self._others)
        try:
            yield
        finally:
            with self._guard:
                line = self._next_line()
                self._taken = bool(line)  # handed on, and never free in between
                if line:
                    line.popleft().set()

    def _next_line(self) -> deque[Event]:
        enough = self._in_a_row >= URGENT_IN_A_ROW and self._others
        line = self._others if enough or not self._urgent else self._urgent
        self._in_a_row = self._in_a_row + 1 if line is self._urgent else 0
        return line

    def _await(self, line: deque[Event]) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            called = Event()
            line.append(called)
        if called.wait(self._patience):
            return
        with self._guard:
            if not called.is_set():
                line.remove(called)
                wrong = "another writer holds the database; is a scope inside another?"
                raise DatabaseTimeout(wrong)
