"""A step that keeps failing is told once, and once more when it works again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import due
from bot.due import Moment
from bot.notices import words
from bot.step_health import Health, StepHealth
from directory import database
from directory.database import Database
from directory.notices.models import Notice, NoticeKind
from directory.on_call.models import Alarm, AlarmKind
from directory.staff.models import Role
from tests.directory.on_call.builders import a_colleague
from tests.factories import QUIET
from tests.fakes import MORNING, Clock


class Steps:
    """One step that works and one that fails while it is `broken`."""

    def __init__(self) -> None:
        self.clock, self.broken, self.health = Clock(), True, StepHealth()
        self.worked = 0

    def fine(self, _: Session, __: Moment) -> None:
        self.worked += 1

    def frail(self, _: Session, __: Moment) -> None:
        if self.broken:
            raise RuntimeError("Maria Example, 630-555-0100")

    def look(self, seconds: int = 10, *, health: StepHealth | None = None) -> None:
        """A look every ten seconds, for so long."""
        for _ in range(seconds // 10):
            now = self.clock.forward(seconds=10)
            at = Moment(now, now, QUIET)
            due.look(at, (self.frail, self.fine), health=health or self.health)


@pytest.fixture
def steps(any_database: Database) -> Steps:
    a_colleague(71, role=Role.SUPERVISOR)
    a_colleague(61)
    return Steps()


def told() -> list[tuple[str, bool]]:
    """Channel of each notice about it, and whether it says that it is over."""
    with database.read_scope() as session:
        rows = session.scalars(
            select(Notice)
            .where(Notice.kind == NoticeKind.ALARM)
            .order_by(Notice.created_at, Notice.channel)
        )
        return [(each.channel, each.facts.get("over", False)) for each in rows]


def alarms() -> list[tuple[str, datetime | None]]:
    with database.read_scope() as session:
        rows = session.scalars(select(Alarm).order_by(Alarm.raised_at))
        return [(each.kind, each.cleared_at) for each in rows]


def test_a_minute_of_failing_is_an_alarm_told_once(steps: Steps) -> None:
    steps.look(60)
    assert alarms() == []
    steps.look(100)
    assert alarms() == [(AlarmKind.STEP_FAILING, None)]
    assert told() == [("email", False), ("sms", False)]
    assert steps.worked == 16, "the others go on"


def test_when_it_works_again_for_a_minute_that_is_said_and_the_next_time_told_anew(
    steps: Steps,
) -> None:
    steps.look(70)
    steps.broken = False
    steps.look(60)
    assert alarms()[0][1] is None
    steps.look()
    assert alarms()[0][1] is not None
    assert told()[2:] == [("email", True), ("sms", True)]
    steps.broken = True
    steps.look(70)
    assert [kind for kind, _ in alarms()] == [AlarmKind.STEP_FAILING] * 2
    assert len(told()) == 6


def test_a_step_that_fails_now_and_then_is_none(steps: Steps) -> None:
    for number in range(20):
        steps.broken = number % 2 == 0
        steps.look()
    assert alarms() == []


def test_of_several_processes_one_tells(steps: Steps) -> None:
    other = StepHealth()
    for _ in range(14):
        steps.look()
        steps.look(health=other)
    assert len(alarms()) == 1
    assert len(told()) == 2


def test_what_a_process_left_behind_that_is_gone_another_ends(steps: Steps) -> None:
    steps.look(70)
    steps.broken = False
    steps.look(70, health=StepHealth())
    assert alarms()[0][1] is not None
    assert told()[-1][1] is True


def test_a_night_s_sleep_between_two_failures_is_no_minute_of_failing() -> None:
    health = StepHealth()
    for wall in (MORNING, MORNING + timedelta(hours=9)):
        health.note("step", worked=False, wall=wall)
        assert health.verdict(wall) is None


def test_what_could_not_be_said_is_said_again() -> None:
    health = StepHealth()
    for second in range(62):
        health.note("step", worked=False, wall=MORNING + timedelta(seconds=second))
    later = MORNING + timedelta(seconds=62)
    assert health.verdict(later) is Health.FAILING
    assert health.verdict(later) is Health.FAILING
    health.said(Health.FAILING, later)
    assert health.verdict(later) is None


def test_an_alarm_that_cannot_be_written_down_stops_nothing(
    steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bool:
        raise OSError("disk")

    with monkeypatch.context() as patched:
        patched.setattr(due.alarms, "steps_fail", broken)
        steps.look(70)
    assert alarms() == []
    steps.look()
    assert len(alarms()) == 1


@pytest.mark.parametrize("over", [False, True])
def test_the_words_say_that_somebody_must_look_and_not_at_what(over: bool) -> None:
    facts: dict[str, object] = {"alarm": AlarmKind.STEP_FAILING.value, "over": over}
    letter = words.staff_letter(NoticeKind.ALARM, facts, console="https://h.example/console")
    assert ("works again" in letter.body) is over
    assert ("works again" in letter.subject) is over
    assert "frail" not in letter.body
