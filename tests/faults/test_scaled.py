"""Several processes on PostgreSQL, killed with -9 between the named steps of a text's way."""

from collections.abc import Iterator

import pytest

from directory import database, fleet
from directory.database import Database
from directory.failpoints import Point
from tests.faults.conftest import Scaled
from tools.fault_episodes import Row, World, episode, hook, killed_at


@pytest.fixture(scope="module")
def running(many_processes: Scaled) -> Iterator[tuple[World, Database]]:
    """Once for all tests here."""
    with many_processes("faults") as running:
        yield running


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
