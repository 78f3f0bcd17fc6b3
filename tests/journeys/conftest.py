"""One carrier and one Rasa for all journeys; a product on a fresh database for each."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.carrier.client import CarrierControl
from directory import database
from directory.clock import wall_now
from directory.database import Database
from directory.listings.load import load_partners
from directory.settings import Settings
from tests.conftest import PARTNERS, database_url, run_on, settings_for
from tests.journeys.running import Product, carrier_process, free_port, running_product
from tests.rasa_fixtures import RunningRasa


def _with_partners(settings: Settings) -> None:
    """Load data/partners.yml once; each journey works on a copy."""
    opened = database.use(Database(settings))
    with database.session_scope() as session:
        report = load_partners(session, PARTNERS, now=wall_now())
    assert report.rejected == ()
    if opened.engine.dialect.name == "sqlite":
        with opened.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()


@pytest.fixture(scope="session")
def sqlite_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that holds the partners."""
    folder = tmp_path_factory.mktemp("partners")
    shutil.copy(sqlite_template, folder / "handoff.sqlite")
    _with_partners(settings_for(folder))
    return folder / "handoff.sqlite"


@pytest.fixture(scope="session")
def postgres_template(
    postgres_server: str, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The name of a migrated PostgreSQL database that holds the partners."""
    name = f"{postgres_template}_partners"
    run_on(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    url = database_url(postgres_server, name)
    _with_partners(settings_for(tmp_path_factory.mktemp("pg-partners"), database_url=url))
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
    sqlite_template: Path,
    tmp_path: Path,
    ports: dict[str, int],
    rasa: RunningRasa,
    carrier: CarrierControl,
) -> Iterator[Product]:
    """The product on SQLite."""
    shutil.copy(sqlite_template, tmp_path / "handoff.sqlite")
    settings = settings_with(settings_for(tmp_path), ports, rasa)
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
