"""What is measured, as processes of their own: the product, and stock Rasa with the same model."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from benchmarks.turns.carrier import ACCOUNT, NUMBER, TOKEN
from bot import training
from bot.evaluation.processes import started
from bot.rasa_server import LOOPBACK, ROOT, action_server, rasa_command
from directory.settings import load_settings

HERE = Path(__file__).resolve().parent
_READY_SECONDS = 240.0
_STOP_SECONDS = 30.0
MEGABYTE = 2**20
# What of a process's command line tells which program it is.
_PROGRAMS = (
    ("bot.actions", "action server"),
    ("-m rasa", "Rasa"),
    ("rasa run", "Rasa"),
    ("bot.mail", "mail catcher"),
    ("bot.carrier", "simulated carrier"),
    ("api.server", "application"),
    ("api.worker", "worker"),
    ("postgres", "PostgreSQL"),
    ("handoff", "supervisor"),
    ("api.cli", "supervisor"),
)


@dataclass(frozen=True)
class Running:
    """`sms_url`: the carrier's webhook. `process`: the one that has started all the others."""

    name: str
    sms_url: str
    process: psutil.Process

    def programs(self) -> list[tuple[str, psutil.Process]]:
        """All its processes, by the name of the program."""
        family = [self.process, *self.process.children(recursive=True)]
        return [(_program(each), each) for each in family]

    def memory(self) -> dict[str, float]:
        """Megabytes that are its own (USS), by program."""
        found: dict[str, float] = {}
        for name, process in self.programs():
            with contextlib.suppress(psutil.Error):
                own = process.memory_full_info().uss / MEGABYTE
                found[name] = found.get(name, 0.0) + own
        return found

    def processor_seconds(self) -> dict[str, float]:
        """What it has computed so far, by program."""
        found: dict[str, float] = {}
        for name, process in self.programs():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                found[name] = found.get(name, 0.0) + times.user + times.system
        return found


@contextmanager
def product(
    folder: Path,
    *,
    port: int,
    carrier_url: str,
    command: tuple[str, ...] = ("up",),
    name: str,
    database_url: str = "",
) -> Iterator[Running]:
    """Handoff on an empty database with our partners, or on what is there already, started by its
    own `command`."""
    settings = {
        "HANDOFF_DATA_DIR": str(folder),
        "HANDOFF_PORT": str(port),
        "HANDOFF_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HANDOFF_TWILIO_API_BASE_URL": carrier_url,
        "HANDOFF_TWILIO_ACCOUNT_SID": ACCOUNT,
        "HANDOFF_TWILIO_AUTH_TOKEN": TOKEN,
        "HANDOFF_TWILIO_FROM_NUMBER": NUMBER,
        "HANDOFF_SEND_RATE": "1000",  # the product's own work is measured, and not its pace
        "HANDOFF_DATABASE_URL": database_url,
        "HANDOFF_SENDER_RATE": "0",  # nor what it does about numbers that text this much
    }
    argv = [sys.executable, "-m", "api.cli", *command]
    log = folder.parent / f"{folder.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process, log)
        url = f"http://127.0.0.1:{port}/webhooks/twilio/sms"
        yield Running(name, url, psutil.Process(process.pid))
    finally:
        _stop(process)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _READY_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"not ready: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.25)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=10.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def stock_rasa(folder: Path, *, ports: tuple[int, int], carrier_url: str) -> Iterator[Running]:
    """`rasa run` with its own Twilio channel, its tracker store in memory, our model and actions.

    `folder`: the data of a product that ran before, whose listings the actions read.
    """
    rasa_port, actions_port = ports
    settings = load_settings(data_dir=folder)
    actions = action_server(
        port=actions_port,
        HANDOFF_DATA_DIR=str(folder),
        HANDOFF_SECRET_KEY=settings.secret_key,
        HANDOFF_ENCRYPTION_KEYS=settings.encryption_keys,
    )
    model = training.model_path()
    rasa = rasa_command(
        *("run", "--interface", LOOPBACK, "--port", str(rasa_port), "--model", str(model)),
        *("--endpoints", str(HERE / "stock_rasa" / "endpoints.yml")),
        *("--credentials", str(HERE / "stock_rasa" / "credentials.yml")),
        PYTHONPATH=str(HERE / "stock_rasa"),
        STOCK_ACTIONS_PORT=str(actions_port),
        STOCK_TWILIO_URL=carrier_url,
        STOCK_TWILIO_ACCOUNT=ACCOUNT,
        STOCK_TWILIO_TOKEN=TOKEN,
        STOCK_TWILIO_NUMBER=NUMBER,
    )
    url = f"http://127.0.0.1:{rasa_port}"

    def ready(address: str) -> Callable[[], bool]:
        return lambda: _answers(address)

    with (
        started(
            "the action server",
            actions,
            log=folder / "stock-actions.log",
            ready=ready(f"http://127.0.0.1:{actions_port}/health"),
            within=60,
        ),
        started(
            "stock Rasa",
            rasa,
            log=folder / "stock-rasa.log",
            ready=ready(f"{url}/webhooks/twilio/"),
            within=_READY_SECONDS,
        ),
    ):
        yield Running("stock Rasa", f"{url}/webhooks/twilio/webhook", psutil.Process())


def _program(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        line = " ".join(process.cmdline())
        for mark, name in _PROGRAMS:
            if mark in line:
                return name
        return process.name()
    return "gone"
