"""Brings the product up, keeps it up, takes it down."""

import fcntl
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from api.supervisor import preparation
from api.supervisor.preparation import StartError
from api.supervisor.processes import Process, Watchdog, last_lines, stop_all
from api.supervisor.programs import (
    Program,
    Understanding,
    is_rasa,
    mail_is_ours,
    programs,
    rasa_is_ours,
    without_settings,
)
from api.supervisor.progress import ConsoleProgress, Progress
from api.supervisor.signals import StopRequest, stop_on_signals
from bot import training
from bot.rasa_server import LOOPBACK
from directory.settings import ROOT, Carrier, Settings

READY_WITHIN_SECONDS = 120.0
_LOOK_EVERY = 0.1
_PROBE_SECONDS = 3.0
_TRAINING = (sys.executable, "-m", "bot.training")


def up(settings: Settings) -> int:
    """`handoff up`: run on the console; the exit code."""
    return run(settings, progress=ConsoleProgress())


def run(settings: Settings, *, progress: Progress) -> int:
    """Run the product until told to stop. 0 when it was stopped, 1 when it could not start."""
    with stop_on_signals() as stop:
        try:
            logs = preparation.make_data_folder(settings)
            with alone_on(settings.data_dir), Watchdog() as watchdog:
                return _run(settings, logs, watchdog, progress, stop)
        except StartError as error:
            progress.fail(str(error))
            return 1
        finally:
            progress.wait_for("")


def _run(
    settings: Settings, logs: Path, watchdog: Watchdog, progress: Progress, stop: StopRequest
) -> int:
    preparation.check_ports(settings)
    preparation.prepare_database(settings, progress)
    start = Starter(logs=logs, watchdog=watchdog, progress=progress)
    settings, understanding = _prepare_understanding(settings)
    if stop:
        return 0
    settings, mail_port = _prepare_mail(settings)
    wanted = programs(settings, understanding, mail_port=mail_port)
    shown = places(settings, logs, mail_caught=mail_port is not None)
    untrained = understanding is not None and not training.model_is_current()
    return serve(start, wanted, first=1, shown=shown, stop=stop, untrained=untrained)


@contextmanager
def alone_on(data_dir: Path) -> Iterator[None]:
    """Two products on one database file would each take the other's work for abandoned."""
    with (data_dir / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StartError(
                f"another Handoff is running on {data_dir}; stop it, or set HANDOFF_DATA_DIR"
            ) from error
        yield


class Starter:
    """Starts programs with their logs in one folder and under one watchdog."""

    def __init__(self, *, logs: Path, watchdog: Watchdog, progress: Progress) -> None:
        self._logs = logs
        self._watchdog = watchdog
        self.progress = progress

    def all(self, wanted: Sequence[Program]) -> list[Process]:
        """Start every program, or none: raises StartError."""
        started: list[Process] = []
        try:
            for program in wanted:
                started.append(self.one(program))
        except BaseException:
            stop_all(started, grace=0)
            raise
        return started

    def one(self, program: Program) -> Process:
        process = Process(
            program, logs=self._logs, watchdog=self._watchdog, warn=self.progress.warn
        )
        try:
            process.start()
        except OSError as error:
            raise StartError(f"{program.title} can't be started: {error}") from error
        return process


def serve(
    start: Starter,
    wanted: Sequence[Program],
    *,
    first: int,
    shown: dict[str, str],
    stop: StopRequest,
    besides: Sequence[Process] = (),
    untrained: bool = False,
) -> int:
    """Start the programs, say where they are, and keep them running until told to stop.

    `shown`: where things are. `first`: so many of them are the application, which is stopped
    first: what it has begun may still need the others. `besides`: runs already, is started again
    when it dies, and stopped by whoever started it. `untrained`: Rasa has no model yet; the others
    need not wait for it. 0, or 1 when they could not start.
    """
    progress = start.progress
    later = [each for each in wanted if untrained and is_rasa(each)]
    running = start.all([each for each in wanted if each not in later])
    try:
        if later:
            # Whoever texts meanwhile is answered by rules and search, as when Rasa is down: the
            # carrier does not come again with a text that met nobody.
            progress.say("it answers without Rasa until Rasa is trained")
            train(start, stop, meanwhile=[*besides, *running])
            running += start.all([] if stop else later)
        missing = wait_until_ready(running, progress=progress, stop=stop)
        if missing:
            progress.warn(missing)
        if not stop:
            progress.welcome(shown)
        keep_running([*besides, *running], stop)
    except StartError as error:
        progress.fail(str(error))  # now, as stopping the others takes its time
        return 1
    else:
        return 0
    finally:
        progress.say("stopping (Ctrl-C again: at once)")
        stop_all(running[:first], hurry=lambda: stop.urgent)
        stop_all(running[first:], hurry=lambda: stop.urgent)
        progress.say("stopped")


def _prepare_understanding(settings: Settings) -> tuple[Settings, Understanding | None]:
    """The settings with Rasa's address and token in them, and what Rasa needs to start."""
    if not rasa_is_ours(settings):
        return settings, None
    preparation.check_rasa_installed()
    port = preparation.rasa_port(settings)
    if preparation.why_unusable(port):  # a port that was asked for has been checked before
        port = preparation.free_port()
    token = settings.rasa_token or secrets.token_urlsafe(24)
    decided = {"rasa_url": f"http://{LOOPBACK}:{port}", "rasa_token": token}
    actions_port = preparation.free_port()
    understanding = Understanding(
        rasa_port=port, actions_port=actions_port, model=training.model_path()
    )
    return settings.model_copy(update=decided), understanding


def _prepare_mail(settings: Settings) -> tuple[Settings, int | None]:
    """The settings with the mail catcher's address in them, and its port where it is ours."""
    if not mail_is_ours(settings):
        return settings, None
    port = preparation.free_port()
    return settings.model_copy(update={"smtp_url": f"smtp://{LOOPBACK}:{port}"}), port


def train(start: Starter, stop: StopRequest, *, meanwhile: Sequence[Process]) -> None:
    """Train in a process of its own, so that stopping or killing us ends it like the others.

    `meanwhile`: kept running. Raises StartError.
    """
    process = start.one(
        Program(
            name="training",
            title="the training",
            argv=_TRAINING,
            folder=ROOT,
            environment=without_settings(os.environ),
            ready_url="",
        )
    )
    told = 0
    try:
        while process.exit_code() is None and not stop:
            told = _tell_new_lines(process.log, told, start.progress)
            for each in meanwhile:
                each.tend()
            time.sleep(_LOOK_EVERY)
        _tell_new_lines(process.log, told, start.progress)
    finally:
        stop_all([process], grace=0)
    if not stop and not training.model_is_current():
        raise StartError(f"the Rasa model could not be trained (log: {process.log})")


def _tell_new_lines(log: Path, told: int, progress: Progress) -> int:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    for line in lines[told:]:
        if not line.startswith(str(training.MODELS)):  # the result, meant for scripts
            progress.say(line)
    progress.wait_for("the training of Rasa")
    return len(lines)


def wait_until_ready(
    running: Sequence[Process],
    *,
    progress: Progress,
    stop: StopRequest,
    clock: Callable[[], float] = time.monotonic,
    within: float = READY_WITHIN_SECONDS,
) -> str:
    """Wait until every program can work; "" then, or what an answering application still lacks.

    Raises StartError when one dies or does not answer within the time.
    """
    deadline = clock() + within
    waiting = list(running)
    with httpx.Client(timeout=_PROBE_SECONDS, trust_env=False) as http:
        while waiting and not stop:
            _check_alive(running)
            # The application is ready when all others are: ask it last.
            for process in waiting[1:] or waiting:
                if _answers_ready(http, process):
                    waiting.remove(process)
                    progress.say(f"{process.program.title} is ready")
            if not waiting:
                break
            if clock() >= deadline:
                return _late(http, waiting, within)
            progress.wait_for(_listed(waiting))
            time.sleep(_LOOK_EVERY)
    return ""


def _check_alive(running: Sequence[Process]) -> None:
    for process in running:
        code = process.exit_code()
        if code is not None:
            raise StartError(
                "\n".join(
                    [
                        f"{process.program.title} could not start (exit code {code}); "
                        f"the end of {process.log}:",
                        *last_lines(process.log),
                    ]
                )
            )


def _answers_ready(http: httpx.Client, process: Process) -> bool:
    url = urlsplit(process.program.ready_url)
    try:
        if url.scheme == "smtp":
            socket.create_connection((url.hostname, url.port), _PROBE_SECONDS).close()
            return True
        return http.get(process.program.ready_url).status_code == 200
    except (httpx.HTTPError, OSError):
        return False


def _late(http: httpx.Client, waiting: Sequence[Process], within: float) -> str:
    """An application that lacks only what is not ours (the carrier, say) may run all the same."""
    if len(waiting) == 1:
        try:
            body = http.get(waiting[0].program.ready_url).json()
            lacking = [f"{part}: {state}" for part, state in body["parts"].items() if state != "ok"]
        except (httpx.HTTPError, ValueError, KeyError):
            pass
        else:
            return f"running, but not ready: {', '.join(lacking)}"
    logs = ", ".join(str(each.log) for each in waiting)
    raise StartError(f"{_listed(waiting)} did not get ready within {within:g} s; see {logs}")


def _listed(processes: Sequence[Process]) -> str:
    *others, last = [each.program.title for each in processes]
    return f"{', '.join(others)} and {last}" if others else last


def keep_running(running: Sequence[Process], stop: StopRequest) -> None:
    """Start again what dies, until told to stop."""
    while not stop:
        for process in running:
            process.tend()
        time.sleep(_LOOK_EVERY)


def places(settings: Settings, logs: Path, *, mail_caught: bool) -> dict[str, str]:
    here = f"http://{LOOPBACK}:{settings.port}"
    places = {"Directory": f"{here}/", "Console": f"{here}/console"}
    if settings.carrier is Carrier.SIMULATED:
        places["Text it"] = f"{here}/phone"
    if mail_caught:
        places["E-mail"] = str(settings.data_dir / "mail")
    places["API"] = f"{here}/api/openapi.json"
    places["Health"] = f"{here}/readyz"
    places["Logs"] = str(logs)
    return places
