"""One process on SQLite killed with -9 between the named steps of a text's way."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.answering import STARTS
from bot.carrier.client import CarrierControl
from directory import database
from directory.database import Database
from directory.failpoints import Point
from directory.tasks.models import Task, TaskKind, TaskStatus
from tests.conftest import settings_for
from tests.faults.conftest import without_rasa
from tests.journeys.running import wait_until
from tools.drain import Starter
from tools.fault_count import count, wait_until_settled
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


def test_a_text_that_ends_whoever_answers_it_becomes_a_task(embedded: World) -> None:
    """However often it is begun; the text of another person is answered afterwards."""
    phone, other = embedded.some_phones(2)
    for number in range(STARTS):
        embedded.topology.strike_at(Point.LEASED)
        if number == 0:
            embedded.carrier.text(phone, "need food 60540")
        wait_until("the process to die of it", embedded.topology.struck)
    embedded.carrier.text(other, "HELP")
    wait_until_settled(embedded.carrier, [phone, other], within=60)

    found = count(embedded.carrier, [phone, other])
    assert found.clean, found
    assert embedded.topology.deaths == STARTS
    with database.read_scope() as session:
        tasks = session.scalars(select(Task).where(Task.inbound_id.is_not(None))).all()
        assert [(each.kind, each.status) for each in tasks] == [
            (TaskKind.CALL_BACK, TaskStatus.OPEN)
        ]
        assert "could not be answered" in (tasks[0].note or "")
