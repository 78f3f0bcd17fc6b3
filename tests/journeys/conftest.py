"""One carrier and one Rasa for all journeys; a product on a fresh database for each."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.carrier.client import CarrierControl
from directory.settings import Settings
from tests.conftest import database_url, fill_with_partners, run_on, settings_for
from tests.journeys.running import Product, carrier_process, free_port, running_product
from tests.rasa_fixtures import RunningRasa


@pytest.fixture
def sqlite_settings(partners_template: Path, tmp_path: Path) -> Settings:
    """Settings on a fresh SQLite file that holds the partners."""
    shutil.copy(partners_template, tmp_path / "handoff.sqlite")
    return settings_for(tmp_path)


@pytest.fixture(scope="session")
def postgres_template(
    postgres_server: str, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The name of a migrated PostgreSQL database that holds the partners."""
    name = f"{postgres_template}_partners"
    run_on(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    url = database_url(postgres_server, name)
    fill_with_partners(settings_for(tmp_path_factory.mktemp("pg-partners"), database_url=url))
    return name


@pytest.fixture(scope="session")
def ports() -> dict[str, int]:
    return {"api": free_port(), "carrier": free_port()}


@pytest.fixture(scope="session")
def carrier(
    ports: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CarrierControl]:
    folder = tmp_path_factory.mktemp("carrier")
    settings = settings_for(folder, port=ports["api"])
    with carrier_process(folder, port=ports["carrier"], settings=settings) as control:
        yield control


def settings_with(
    base: Settings, ports: dict[str, int], rasa: RunningRasa, **more: Any
) -> Settings:
    changes = {
        "port": ports["api"],
        "carrier_port": ports["carrier"],
        "rasa_url": rasa.url,
        "rasa_token": rasa.token,
    }
    return base.model_copy(update=changes | more)


@pytest.fixture
def product(
    sqlite_settings: Settings,
    ports: dict[str, int],
    rasa: RunningRasa,
    carrier: CarrierControl,
) -> Iterator[Product]:
    """The product on SQLite."""
    settings = settings_with(sqlite_settings, ports, rasa)
    with running_product(settings, carrier) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def product_on_both(
    request: pytest.FixtureRequest,
    ports: dict[str, int],
    rasa: RunningRasa,
    carrier: CarrierControl,
) -> Iterator[Product]:
    """The test runs twice: the product on SQLite and on PostgreSQL."""
    kind = "sqlite_settings" if request.param == "sqlite" else "postgres_settings"
    settings = settings_with(request.getfixturevalue(kind), ports, rasa)
    with running_product(settings, carrier) as running:
        yield running
