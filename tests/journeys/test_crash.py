"""kill -9 with texts in flight: every text is answered, and answered once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.carrier.client import CarrierControl
from directory.settings import ROOT, Settings
from tests.journeys.conftest import settings_with
from tests.journeys.running import answers, wait_until
from tests.rasa_fixtures import RunningRasa

TEXTS = ("need food 60540", "help with rent naperville", "who is this", "thanks", "HELP")


@contextmanager
def api_process(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        "PATH": os.environ["PATH"],
        "HANDOFF_DATA_DIR": str(settings.data_dir),
        "HANDOFF_DATABASE_URL": settings.database_url,
        "HANDOFF_PORT": str(settings.port),
        "HANDOFF_CARRIER_PORT": str(settings.carrier_port),
        "HANDOFF_RASA_URL": settings.rasa_url,
        "HANDOFF_RASA_TOKEN": settings.rasa_token,
        "HANDOFF_SECRET_KEY": settings.secret_key,
        "HANDOFF_ENCRYPTION_KEYS": settings.encryption_keys,
        "HANDOFF_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "HANDOFF_TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "HANDOFF_TWILIO_FROM_NUMBER": settings.twilio_from_number,
        "HANDOFF_SEND_RATE": "20",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "api.server"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until("the API", lambda: answers(f"{settings.base_url}/healthz"), seconds=40)
        yield process
    finally:
        process.kill()
        process.wait(timeout=10)


@pytest.mark.parametrize("kind", ["sqlite_settings", "postgres_settings"])
def test_kill_9_with_texts_in_flight_loses_and_doubles_nothing(
    kind: str,
    request: pytest.FixtureRequest,
    ports: dict[str, int],
    rasa: RunningRasa,
    carrier: CarrierControl,
) -> None:
    carrier.reset()
    settings = settings_with(request.getfixturevalue(kind), ports, rasa)
    phones = [f"+1630555{number:04d}" for number in range(110, 130)]
    for round_number in range(3):
        with api_process(settings) as process:
            before = carrier.last_order()
            for phone in phones:
                carrier.text(phone, TEXTS[round_number])
            # Some texts are stored, some answered, some replies are on their way.
            wait_until(
                "the first replies",
                lambda since=before: _replies(carrier, since) > 3,
                seconds=60,
            )
            os.kill(process.pid, signal.SIGKILL)
    with api_process(settings):
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
