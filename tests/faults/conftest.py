"""What the fault tests share: a carrier, and processes that start at once."""

from collections.abc import Iterator

import pytest

from bot.carrier.client import CarrierControl
from directory.settings import Settings
from tests.conftest import settings_for
from tests.journeys.running import carrier_process, free_port
from tools.drain import Starter

# Nobody listens there: the directory's own search answers, at once.
NO_RASA = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {"port": free_port(), "carrier_port": free_port()}


@pytest.fixture(scope="module")
def carrier(
    ports: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CarrierControl]:
    folder = tmp_path_factory.mktemp("carrier")
    settings = settings_for(folder, **ports)
    with carrier_process(folder, port=ports["carrier_port"], settings=settings) as control:
        yield control


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    with Starter(with_rules=True) as starter:
        yield starter


def without_rasa(settings: Settings, ports: dict[str, int]) -> Settings:
    return settings.model_copy(update=ports | {"rasa_url": NO_RASA, "quiet_hours": "00:00-00:00"})
