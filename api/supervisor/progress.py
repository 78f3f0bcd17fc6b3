"""What a person sees while the product starts and runs."""

import time
from collections.abc import Callable
from typing import Protocol

from rich.console import Console
from rich.panel import Panel
from rich.status import Status
from rich.table import Table


class Progress(Protocol):
    """Where the supervisor tells what it does."""

    def say(self, line: str) -> None:
        """Something has happened."""

    def warn(self, line: str) -> None:
        """Something has gone wrong, and it goes on."""

    def fail(self, text: str) -> None:
        """It can't go on."""

    def wait_for(self, what: str) -> None:
        """It waits for `what`, "" for nothing; to be told again and again while it does."""

    def welcome(self, rows: dict[str, str]) -> None:
        """The product is ready; `rows` are the places to go, by what is there."""


QUIET_SECONDS = 10.0


class ConsoleProgress:
    """Lines with the seconds since the start.

    What is awaited is a spinner on a terminal; elsewhere a line, when nothing else was said for
    some seconds.
    """

    def __init__(
        self, console: Console | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console or Console(highlight=False)
        self._clock = clock
        self._began = self._said_at = clock()
        self._status: Status | None = None

    def say(self, line: str) -> None:
        self._print(line)

    def warn(self, line: str) -> None:
        self._print(line, style="yellow")

    def fail(self, text: str) -> None:
        self.wait_for("")
        self._print(text, style="red")

    def wait_for(self, what: str) -> None:
        if self._console.is_terminal:
            self._spin(what)
        elif what and self._clock() - self._said_at >= QUIET_SECONDS:
            self._print(f"waiting for {what}")

    def _spin(self, what: str) -> None:
        if not what:
            if self._status:
                self._status.stop()
            self._status = None
        elif self._status:
            self._status.update(f"waiting for {what}")
        else:
            self._status = self._console.status(f"waiting for {what}")
            self._status.start()

    def welcome(self, rows: dict[str, str]) -> None:
        self.wait_for("")
        places = Table.grid(padding=(0, 2))
        for what, where in rows.items():
            places.add_row(what, where)
        self._console.print(
            Panel(places, title="Handoff is ready", subtitle="Ctrl-C stops it", expand=False)
        )

    def _print(self, line: str, style: str = "") -> None:
        self._said_at = self._clock()
        elapsed = f"{self._said_at - self._began:5.1f} s"
        self._console.print(f"{elapsed}  {line}", style=style, markup=False, soft_wrap=True)
