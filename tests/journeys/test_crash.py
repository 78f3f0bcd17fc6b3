"""kill -9 with texts in flight: every text is answered, and answered once."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.carrier.client import CarrierControl
from directory.settings import Settings
from tests.journeys.conftest import settings_with
from tests.journeys.running import answers, wait_until
from tests.rasa_fixtures import RunningRasa
from tools.drain import Starter, Worker, environment_of

TEXTS = ("need food 60540", "help with rent naperville", "who is this")


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    with Starter(with_rules=True) as starter:
        yield starter


@contextmanager
def api_process(starter: Starter, settings: Settings, log: Path) -> Iterator[Worker]:
    """The product as a process of its own, killed in the end."""
    worker = Worker(starter, environment_of(settings), log, web=True)
    worker.start()
    try:
        wait_until("the API", lambda: answers(f"{settings.base_url}/healthz"), seconds=40)
        yield worker
    finally:
        worker.kill()


@pytest.mark.parametrize("kind", ["sqlite_settings", "postgres_settings"])
def test_kill_9_with_texts_in_flight_loses_and_doubles_nothing(
    kind: str,
    request: pytest.FixtureRequest,
    ports: dict[str, int],
    rasa: RunningRasa,
    carrier: CarrierControl,
    starter: Starter,
    tmp_path: Path,
) -> None:
    carrier.reset()
    settings = settings_with(request.getfixturevalue(kind), ports, rasa, send_rate=20.0)
    log = tmp_path / "api.log"
    phones = [f"+1630555{number:04d}" for number in range(110, 122)]
    for text in TEXTS:
        with api_process(starter, settings, log):
            before = carrier.last_order()
            for phone in phones:
                carrier.text(phone, text)
            # Some texts are stored, some answered, some replies are on their way.
            wait_until(
                "the first replies",
                lambda since=before: _replies(carrier, since) > 3,
                seconds=60,
            )
    with api_process(starter, settings, log):
        wait_until(
            "every stored text to be answered",
            lambda: _replies(carrier) >= _stored(carrier),
            seconds=90,
        )
        time.sleep(3)  # anything doubled would come now
    # One reply to each text that the webhook acknowledged; a text that met a dead product was
    # never acknowledged, and the carrier knows it.
    answered = Counter(m.phone for m in carrier.messages() if m.direction == "outbound")
    stored = Counter(
        m.phone for m in carrier.messages() if m.direction == "inbound" and m.webhook_status == 200
    )
    unsure = Counter(
        m.phone for m in carrier.messages() if m.direction == "inbound" and m.webhook_status != 200
    )
    for phone in phones:
        assert stored[phone] <= answered[phone] <= stored[phone] + unsure[phone], phone


def _replies(carrier: CarrierControl, since: int = 0) -> int:
    return sum(message.direction == "outbound" for message in carrier.messages(None, since))


def _stored(carrier: CarrierControl) -> int:
    return sum(
        message.direction == "inbound" and message.webhook_status == 200
        for message in carrier.messages()
    )
