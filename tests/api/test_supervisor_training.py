"""What runs while Rasa is trained: everything but Rasa, as nobody's text comes a second time."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.supervisor import lifecycle
from api.supervisor.processes import Watchdog
from api.supervisor.programs import Program
from api.supervisor.signals import StopRequest
from tests.api.test_supervisor import ANSWERS, Told, free_port, stand_in

# Trains as soon as something answers on the port, and not before.
LEARNS = """
import sys, time, urllib.request
from pathlib import Path
for _ in range(200):
    try:
        urllib.request.urlopen(sys.argv[1])
        break
    except OSError:
        time.sleep(0.02)
else:
    sys.exit("nobody answers meanwhile")
Path(sys.argv[2]).touch()
"""
# Dies at once where there is no model.
NEEDS_MODEL = "import pathlib, sys\nassert pathlib.Path(sys.argv[2]).exists()\n" + ANSWERS


class Supervised:
    """The application and a Rasa that needs its model."""

    def __init__(self, folder: Path, watchdog: Watchdog) -> None:
        self.model, self.told, self.stop = folder / "model", Told(), StopRequest()
        self.start = lifecycle.Starter(logs=folder, watchdog=watchdog, progress=self.told)
        self.application = self._program("application", ANSWERS)
        self.rasa = self._program("rasa", NEEDS_MODEL)

    def _program(self, name: str, code: str) -> Program:
        port = str(free_port())
        url = f"http://127.0.0.1:{port}/readyz"
        return stand_in(code, port, str(self.model), name=name, ready_url=url)

    def served(self) -> int:
        wanted = (self.application, self.rasa)
        return lifecycle.serve(
            self.start, wanted, first=1, shown={}, stop=self.stop, untrained=True
        )


@pytest.fixture
def supervised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervised]:
    with Watchdog() as watchdog:
        made = Supervised(tmp_path, watchdog)
        learns = (sys.executable, "-c", LEARNS, made.application.ready_url, str(made.model))
        monkeypatch.setattr(lifecycle, "_TRAINING", learns)
        monkeypatch.setattr(lifecycle.training, "model_is_current", made.model.exists)
        yield made


def test_the_application_answers_while_rasa_is_trained_and_rasa_follows(
    supervised: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "keep_running", lambda *_: None)
    assert supervised.served() == 0
    said = supervised.told.lines
    assert said.index("it answers without Rasa until Rasa is trained") < said.index(
        "the rasa is ready"
    )


def test_a_training_that_fails_is_told_and_ends_it(
    supervised: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "_TRAINING", (sys.executable, "-c", "raise SystemExit(1)"))
    assert supervised.served() == 1
    assert any("the Rasa model could not be trained" in line for line in supervised.told.lines)


def test_stopping_it_while_it_trains_starts_no_rasa(
    supervised: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervised.told, "wait_for", lambda _: supervised.stop.receive())
    slow = (sys.executable, "-c", "import time; time.sleep(60)")
    monkeypatch.setattr(lifecycle, "_TRAINING", slow)
    assert supervised.served() == 0
    assert not (supervised.model.parent / "rasa.log").exists()
