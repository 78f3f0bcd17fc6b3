"""One process on SQLite killed with -9 between the named steps of a text's way."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.carrier.client import CarrierControl
from directory import database
from directory.database import Database
from directory.failpoints import Point
from tests.conftest import settings_for
from tests.faults.conftest import without_rasa
from tools.drain import Starter
from tools.fault_episodes import World, episode, killed_at
from tools.topology import Topology


@pytest.fixture
def embedded(
    partners_template: Path,
    tmp_path: Path,
    ports: dict[str, int],
    starter: Starter,
    carrier: CarrierControl,
) -> Iterator[World]:
    """One process on SQLite."""
    carrier.reset()
    shutil.copy(partners_template, tmp_path / "handoff.sqlite")
    settings = without_rasa(settings_for(tmp_path), ports)
    opened = database.use(Database(settings))
    topology = Topology.embedded(starter, settings, tmp_path)
    with topology.started():
        yield World(topology, carrier)
    opened.close()


def test_embedded_killed_at_a_step(embedded: World) -> None:
    """Where a death does most harm; `make faults` does every step."""
    points = (Point.STORED, Point.QUEUED, Point.HANDING, Point.TAKEN)
    row = episode(embedded, "embedded", killed_at(*points))
    assert row.count.clean, row
    assert row.deaths >= len(points)
