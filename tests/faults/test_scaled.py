"""Several processes on PostgreSQL, killed with -9 between the named steps of a text's way."""

from collections.abc import Iterator

import pytest

from bot.carrier.client import CarrierControl
from directory import database, fleet
from directory.database import Database
from directory.failpoints import Point
from tests.conftest import database_url, fill_with_partners, run_on, settings_for
from tests.faults.conftest import without_rasa
from tests.journeys.running import free_port
from tools.drain import Starter
from tools.fault_episodes import Row, World, episode, hook, killed_at
from tools.topology import Topology


@pytest.fixture(scope="module")
def running(
    postgres_server: str,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
    ports: dict[str, int],
    starter: Starter,
    carrier: CarrierControl,
) -> Iterator[tuple[World, Database]]:
    """Two processes at the doors and two at work, on PostgreSQL; once for all tests here."""
    carrier.reset()
    name = f"{postgres_template}_faults"
    folder = tmp_path_factory.mktemp("scaled")
    run_on(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    url = database_url(postgres_server, name)
    settings = without_rasa(settings_for(folder, database_url=url), ports)
    fill_with_partners(settings)
    opened = database.use(Database(settings))
    probes = [free_port() for _ in range(4)]
    topology = Topology.scaled(starter, settings, folder, free_ports=probes)
    with topology.started():
        yield World(topology, carrier), opened
    opened.close()
    run_on(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def scaled(running: tuple[World, Database]) -> World:
    world, opened = running
    database.use(opened)
    world.topology.wait_until_up()
    return world


def assert_clean(row: Row) -> None:
    assert row.count.clean, row
    assert row.count.texts > 0


def test_scaled_the_one_at_a_step_killed(scaled: World) -> None:
    """Some of the steps; `make faults` does every one."""
    points = (Point.STORED, Point.LEASED, Point.QUEUED, Point.TAKEN, Point.REPORTED)
    row = episode(scaled, "scaled, each step", killed_at(*points))
    assert_clean(row)
    assert row.deaths >= len(points)


def test_scaled_all_killed_when_one_reaches_a_step(scaled: World) -> None:
    points = (Point.UNDERSTOOD, Point.HANDING)
    row = episode(scaled, "scaled, all at once", killed_at(*points, everything=True))
    assert_clean(row)


def test_scaled_workers_that_lose_their_locks_end_and_others_go_on(scaled: World) -> None:
    """The server ends their sessions in the middle, as when the network to it breaks."""

    def cut_off() -> None:
        with fleet.connect(scaled.topology.settings.database) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                "AND objsubid = 2 AND pid <> pg_backend_pid() AND "
                "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )

    row = episode(scaled, "scaled, locks lost", hook(cut_off, lambda: None, seconds=0.0))
    assert_clean(row)
    assert row.deaths >= 2
