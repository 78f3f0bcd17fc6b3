"""What the fault tests share: a carrier, and processes that start at once."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from bot.carrier.client import CarrierControl
from directory import database
from directory.database import Database
from directory.settings import Settings
from tests.conftest import database_url, fill_with_partners, run_on, settings_for
from tests.journeys.running import carrier_process, free_port
from tools.drain import Starter
from tools.fault_episodes import World
from tools.topology import Topology

# Several processes, and the database as we reach it; `through`: the address as they reach it.
Scaled = Callable[..., AbstractContextManager[tuple[World, Database]]]

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


@pytest.fixture(scope="module")
def many_processes(
    postgres_server: str,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
    ports: dict[str, int],
    starter: Starter,
    carrier: CarrierControl,
) -> Scaled:
    """Starts two processes at the doors and two at work, on a PostgreSQL database of their own."""

    @contextmanager
    def running(
        name: str, *, through: Callable[[str], str] = str
    ) -> Iterator[tuple[World, Database]]:
        carrier.reset()
        folder = tmp_path_factory.mktemp(name)
        own = f"{postgres_template}_{name}"
        run_on(postgres_server, f'CREATE DATABASE "{own}" TEMPLATE "{postgres_template}"')
        url = database_url(postgres_server, own)
        settings = without_rasa(settings_for(folder, database_url=url), ports)
        fill_with_partners(settings)
        opened = database.use(Database(settings))
        probes = [free_port() for _ in range(4)]
        theirs = settings.model_copy(update={"database_url": through(url)})
        topology = Topology.scaled(starter, theirs, folder, free_ports=probes)
        with topology.started():
            yield World(topology, carrier), opened
        opened.close()
        run_on(postgres_server, f'DROP DATABASE "{own}" WITH (FORCE)')

    return running
