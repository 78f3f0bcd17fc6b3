"""The dead-man's switch sees a scheduler or a carrier that has gone quiet, and tells once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.notices.words import Letter
from bot.on_call import Watchdog, Watched, last_beat, pinger
from directory import database
from directory.database import Database
from directory.notices.models import Notice
from directory.on_call import alarms
from directory.on_call.models import Alarm, AlarmKind
from directory.staff.models import Role
from tests.directory.on_call.builders import a_colleague
from tests.directory.on_call.test_alarms import handed_over
from tests.fakes import MORNING, Clock


@dataclass
class FakeMail:
    """Keeps what is handed in; refuses while it is `down`."""

    sent: list[tuple[str, Letter]] = field(default_factory=list)
    down: bool = False

    def send(self, letter: Letter, *, to: str, notice_id: str, at: datetime) -> None:
        if self.down:
            raise ConnectionError("down")
        self.sent.append((to, letter))


@dataclass
class World:
    heartbeat: Path
    clock: Clock
    mail: FakeMail
    pings: list[datetime]
    watchdog: Watchdog

    def look_after(self, *, beating: bool = False, **amount: float) -> None:
        """Time passes, the scheduler beats or not, the watchdog looks."""
        self.clock.forward(**amount)
        if beating:
            self.beat()
        self.watchdog.look()

    def beat(self) -> None:
        self.heartbeat.write_text(self.clock().isoformat(), encoding="ascii")

    def another(self) -> Watchdog:
        """The watchdog of a second process."""
        return Watchdog(Watched(self.heartbeat, self.clock, self.clock, self.mail))


@pytest.fixture
def world(any_database: Database, tmp_path: Path) -> Iterator[World]:
    a_colleague(71, role=Role.SUPERVISOR, email="one@city.example")
    a_colleague(72, role=Role.SUPERVISOR, email="two@city.example")
    a_colleague(61)
    clock, mail, pings = Clock(), FakeMail(), list[datetime]()
    heartbeat = tmp_path / "worker.heartbeat"
    watched = Watched(heartbeat, clock, clock, mail, ping=lambda: pings.append(clock()))
    yield World(heartbeat, clock, mail, pings, Watchdog(watched))


def standing() -> set[str]:
    with database.read_scope() as session:
        return {each for each in session.scalars(select(Alarm.standing)) if each is not None}


def test_while_the_scheduler_beats_all_is_well(world: World) -> None:
    for _ in range(30):
        world.look_after(seconds=10, beating=True)
    assert standing() == set()
    assert world.mail.sent == []
    assert len(world.pings) == 5, "once a minute"


def test_a_scheduler_that_stops_is_told_once_by_e_mail_directly(world: World) -> None:
    world.look_after(seconds=10, beating=True)
    for _ in range(6):
        world.look_after(seconds=10)
    assert world.mail.sent == [], "a minute has not passed yet"
    for _ in range(12):
        world.look_after(seconds=10)
    assert standing() == {AlarmKind.SCHEDULER_QUIET}
    assert sorted(to for to, _ in world.mail.sent) == ["one@city.example", "two@city.example"]
    assert "stopped" in world.mail.sent[0][1].body
    with database.read_scope() as session:
        assert session.scalars(select(Notice)).all() == [], "a notice would wait for it"


def test_no_ping_while_an_alarm_stands(world: World) -> None:
    world.look_after(seconds=61)
    pings = len(world.pings)
    for _ in range(30):
        world.look_after(seconds=10)
    assert len(world.pings) == pings
    world.look_after(seconds=60, beating=True)
    world.look_after(seconds=60, beating=True)
    assert len(world.pings) > pings


def test_no_ping_while_a_step_keeps_failing(world: World) -> None:
    with database.session_scope() as session:
        alarms.steps_fail(session, now=world.clock(), wall=world.clock())
    world.look_after(seconds=61, beating=True)
    assert world.pings == [], "what fails may be what tells people"
    with database.session_scope() as session:
        assert alarms.steps_work(session, now=world.clock(), wall=world.clock())
        assert not alarms.steps_work(session, now=world.clock(), wall=world.clock())
    world.look_after(seconds=61, beating=True)
    assert len(world.pings) == 1


def test_the_alarm_ends_when_it_beats_again_and_is_raised_anew(world: World) -> None:
    world.look_after(seconds=61)
    assert standing() == {AlarmKind.SCHEDULER_QUIET}
    world.look_after(seconds=10, beating=True)
    assert standing() == set()
    for _ in range(7):
        world.look_after(seconds=10)
    assert standing() == {AlarmKind.SCHEDULER_QUIET}
    assert len(world.mail.sent) == 4


def test_of_several_processes_one_writes(world: World) -> None:
    other = world.another()
    world.look_after(seconds=61)
    other.look()
    assert len(world.mail.sent) == 2


def test_a_process_that_has_just_started_does_not_end_the_alarm(world: World) -> None:
    world.look_after(seconds=61)
    other = world.another()
    world.clock.forward(seconds=10)
    other.look()
    assert standing() == {AlarmKind.SCHEDULER_QUIET}


def test_what_the_mail_server_refuses_is_tried_again(world: World) -> None:
    world.mail.down = True
    world.look_after(seconds=61)
    assert world.mail.sent == []
    world.mail.down = False
    world.look_after(seconds=10)
    world.look_after(seconds=10)
    assert len(world.mail.sent) == 2


def test_after_a_night_s_sleep_of_the_whole_machine_there_is_no_alarm(world: World) -> None:
    world.look_after(seconds=10, beating=True)
    world.look_after(hours=9)
    assert standing() == set()
    world.look_after(seconds=61)
    assert standing() == {AlarmKind.SCHEDULER_QUIET}


def test_a_quiet_carrier_is_told_by_notices(world: World) -> None:
    handed_over(MORNING)
    for _ in range(16):
        world.look_after(minutes=1, beating=True)
    assert standing() == {AlarmKind.CARRIER_QUIET}
    assert world.mail.sent == []
    with database.read_scope() as session:
        assert len(session.scalars(select(Notice)).all()) == 4
    assert world.pings[-1] < world.clock() - timedelta(seconds=30)


def test_a_heartbeat_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    file = tmp_path / "worker.heartbeat"
    assert last_beat(file) is None
    file.write_text("half a da")
    assert last_beat(file) is None
    file.write_text(MORNING.isoformat())
    assert last_beat(file) == MORNING


def test_a_ping_that_fails_harms_nobody() -> None:
    pinger("http://127.0.0.1:9/ping")()


def test_it_runs_on_a_thread_and_stops(world: World) -> None:
    world.watchdog.start()
    world.watchdog.stop()
