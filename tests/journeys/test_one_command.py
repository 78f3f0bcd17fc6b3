"""`handoff up`, as `make run` calls it: all of it starts, dies at once, and comes back."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bot.carrier.client import CarrierControl
from directory.settings import ROOT
from tests.journeys.running import RESIDENT, answers, free_port, wait_until

START_SECONDS = 120.0


class Supervised:
    """`handoff up` as a process, with the phones around it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.carrier = CarrierControl(f"http://127.0.0.1:{self.carrier_port}")
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def carrier_port(self) -> int:
        return self.port + 1

    def start(self) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "HANDOFF_DATA_DIR": str(self._folder / "var"),
        }
        command = [sys.executable, "-m", "api.cli", "up", "--port", str(self.port)]
        with (self._folder / "up.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        ready = f"http://127.0.0.1:{self.port}/readyz"
        wait_until("the product", lambda: answers(ready), seconds=START_SECONDS)

    def family(self) -> list[psutil.Process]:
        assert self._process is not None
        return psutil.Process(self._process.pid).children(recursive=True)

    def end(self, how: signal.Signals) -> None:
        """Send `how` to the supervisor alone, and see that nothing of it is left."""
        assert self._process is not None
        family = self.family()
        os.kill(self._process.pid, how)
        self._process.wait(timeout=30)
        wait_until(
            "every process to be gone",
            lambda: not [p for p in family if p.is_running() and p.status() != "zombie"],
        )
        self._process = None

    def close(self) -> None:
        if self._process is not None:
            self.end(signal.SIGTERM)
        self.carrier.close()


@pytest.fixture
def supervised(tmp_path: Path, model: Path) -> Iterator[Supervised]:
    """With a model that is current: training has no place in the time to start."""
    product = Supervised(tmp_path)
    try:
        yield product
    finally:
        product.close()


def test_all_of_it_survives_kill_9_and_ctrl_c_leaves_nothing(supervised: Supervised) -> None:
    supervised.start()
    carrier = supervised.carrier
    carrier.text(RESIDENT, "need food 60540")
    (first,) = carrier.wait_for_replies(RESIDENT, 0, timeout=30)
    assert "Loaves" in first.body

    phones = [f"+1630555{number:04d}" for number in range(110, 125)]
    for phone in phones:
        carrier.text(phone, "help with rent naperville")
    wait_until("the first answer", lambda: _answered(carrier, phones), seconds=30)
    supervised.end(signal.SIGKILL)

    supervised.start()
    wait_until(
        "an answer to each text",
        lambda: len(_answered(carrier, phones)) == len(phones),
        seconds=90,
    )
    assert set(_answered(carrier, phones).values()) == {1}

    before = carrier.last_order()
    carrier.text(RESIDENT, "MORE")
    (more,) = carrier.wait_for_replies(RESIDENT, before, timeout=30)
    assert more.body.startswith("4 ")

    _kill_rasa(supervised)
    before = carrier.last_order()
    carrier.text(RESIDENT, "need a lawyer 60540")
    (lawyer,) = carrier.wait_for_replies(RESIDENT, before, timeout=30)
    assert "Legal" in lawyer.body
    supervised.end(signal.SIGINT)


def _answered(carrier: CarrierControl, phones: list[str]) -> Counter[str]:
    """How many replies each of the phones has got."""
    return Counter(
        message.phone
        for message in carrier.messages()
        if message.direction == "outbound" and message.phone in phones
    )


def _kill_rasa(supervised: Supervised) -> None:
    for process in supervised.family():
        if "rasa_components.serve run" in " ".join(process.cmdline()):
            process.kill()
