"""Starts programs, keeps them running, and sees that none is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

from api.supervisor.programs import Program

LOGS_KEPT = 3
LONGEST_LINE = 400
GRACE_SECONDS = 10.0
LONGEST_PAUSE = 30.0
# A program that ran this long before it died gets a fresh start, not a longer pause.
STEADY_SECONDS = 60.0
_LOOK_EVERY = 0.05


def pause_before_restart(deaths: int) -> float:
    """Seconds to wait after so many deaths in a row: 0.5, 1, 2, ... and never more than 30."""
    return min(LONGEST_PAUSE, 0.5 * 2.0 ** (deaths - 1))


def rotate(log: Path) -> None:
    """Make room for a new log; the last ones stay as NAME.1.log and NAME.2.log."""
    for age in range(LOGS_KEPT - 1, 0, -1):
        older = log.with_suffix(f".{age}.log")
        newer = log.with_suffix(f".{age - 1}.log") if age > 1 else log
        if newer.exists():
            newer.replace(older)


def last_lines(log: Path, count: int = 15) -> list[str]:
    """The end of a log that may still be growing; nothing if there is none."""
    try:
        with log.open(encoding="utf-8", errors="replace") as file:
            return [_shortened(line.rstrip()) for line in deque(file, maxlen=count)]
    except OSError:
        return []


def _shortened(line: str) -> str:
    # Of a traceback on one line the end says what was wrong.
    return line if len(line) <= LONGEST_LINE else "…" + line[-LONGEST_LINE:]


class Watchdog:
    """The process that kills every group when this process dies without doing it itself."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("watchdog.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def close(self) -> None:
        assert self._process.stdin is not None  # noqa: S101  # it was opened with a pipe
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101  # it was opened with a pipe
        with suppress(OSError):  # killed by hand: nothing is lost but its protection
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Process:
    """One program: started in a group of its own, watched, and started again when it dies."""

    def __init__(
        self,
        program: Program,
        *,
        logs: Path,
        watchdog: Watchdog,
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self._watchdog = watchdog
        self._warn = warn
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._deaths = 0
        self._start_again_at: float | None = None
        rotate(self.log)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it. Raises OSError if it can't be."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.program.argv,
                cwd=self.program.folder,
                env=dict(self.program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self.program.inherits,
                user=self.program.user,
            )
        self._watchdog.watch(self._process.pid)
        self._started_at = self._clock()
        self._start_again_at = None

    def exit_code(self) -> int | None:
        """How it ended: its exit code, a negative signal number, or None while it runs."""
        return self._process.poll() if self._process else None

    def tend(self) -> None:
        """Start it again if it has died and its pause is over. Never blocks."""
        now = self._clock()
        if self._start_again_at is not None:
            if now >= self._start_again_at:
                self._try_again(now)
            return
        code = self.exit_code()
        if code is None:
            return
        self.kill()
        steady = now - self._started_at >= STEADY_SECONDS
        self._deaths = 1 if steady else self._deaths + 1
        self._rest(now, f"{self.program.title} stopped ({described(code)})")

    def _try_again(self, now: float) -> None:
        try:
            self.start()
        except OSError as error:
            self._deaths += 1
            self._rest(now, f"{self.program.title} can't be started ({error.strerror})")

    def _rest(self, now: float, what: str) -> None:
        pause = pause_before_restart(self._deaths)
        self._start_again_at = now + pause
        self._warn(f"{what}; starting it again in {pause:g} s (log: {self.log})")

    def ask_to_stop(self) -> None:
        """Ask the program to finish; its own children are its own business until `kill`."""
        self._start_again_at = None
        if self._process and self._process.poll() is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(self.program.stops_at)

    def kill(self) -> None:
        """End whatever is left of it, children of its own included."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._watchdog.forget(self._process.pid)


def described(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"


def stop_all(
    processes: Iterable[Process],
    *,
    grace: float = GRACE_SECONDS,
    hurry: Callable[[], bool] = lambda: False,
) -> None:
    """Ask all to stop and kill what hasn't within `grace` seconds, or as soon as `hurry()`."""
    stopping = list(processes)
    for process in stopping:
        process.ask_to_stop()
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and not hurry():
        if all(process.pid is None or process.exit_code() is not None for process in stopping):
            break
        time.sleep(_LOOK_EVERY)
    for process in stopping:
        process.kill()
