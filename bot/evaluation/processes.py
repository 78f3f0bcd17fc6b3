"""Starts processes for the length of a measurement, and stops them whatever happens."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from bot.rasa_server import LOOPBACK, Command

STOP_SECONDS = 15.0
POLL_SECONDS = 0.25
LOG_LINES_SHOWN = 12


class StartError(Exception):
    """Something that is needed didn't start; the text says what and shows the end of its log."""


@contextmanager
def started(
    name: str, command: Command, *, log: Path, ready: Callable[[], bool], within: float
) -> Iterator[None]:
    """Run `command` inside the block, from the moment it is `ready`. Raises StartError.

    `within`: seconds it may take. Its output goes to `log`; its children end with it.
    """
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                command.argv,
                cwd=command.folder,
                env=command.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C is ours to pass on, in order
            )
    except OSError as error:
        raise StartError(
            f"{name} cannot be started ({error.strerror}): run `make run` once, which sets it up"
        ) from error
    try:
        _wait_until_ready(name, process, log=log, ready=ready, within=within)
        yield
    finally:
        _stop(process)


def _wait_until_ready(
    name: str,
    process: subprocess.Popen[bytes],
    *,
    log: Path,
    ready: Callable[[], bool],
    within: float,
) -> None:
    deadline = time.monotonic() + within
    while not ready():
        if process.poll() is not None:
            raise StartError(f"{name} ended with status {process.returncode}:\n{_end_of(log)}")
        if time.monotonic() > deadline:
            raise StartError(f"{name} was not ready within {within:.0f} s:\n{_end_of(log)}")
        time.sleep(POLL_SECONDS)


def _end_of(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-LOG_LINES_SHOWN:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole group to end, then make it."""
    _signal_group(process, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group bears the first process's id and lives while any of its children does.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nothing listens on now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Inside, SIGTERM unwinds the stack, so that whatever was started is stopped."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may choose how signals are taken
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
