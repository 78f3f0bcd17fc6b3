"""Alarms are raised once, cleared when it works again, and only for what deserves one."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from directory import database
from directory.database import Database
from directory.messages import outbox
from directory.notices.models import Notice, NoticeKind
from directory.on_call import alarms, queries
from directory.on_call.models import Alarm, AlarmKind
from directory.staff.models import Role
from tests.directory.on_call.builders import a_colleague
from tests.factories import claimed, queued
from tests.fakes import MORNING
from tests.threads import all_at_once

MINUTE = timedelta(minutes=1)
QUIET_FOR = 16 * MINUTE


def handed_over(at: datetime = MORNING, *, reported_at: datetime | None = None) -> None:
    """A text that the carrier has taken at wall instant `at`."""
    message_id = queued()
    assert claimed(message_id, wall=at) is not None
    with database.session_scope() as session:
        message = outbox.by_id(session, message_id)
        assert message is not None
        outbox.mark_sent(session, message, provider_id=f"SM{message_id}", segments=1, now=at)
        message.reported_at = reported_at


def watch(at: datetime) -> bool:
    with database.session_scope() as session:
        return alarms.watch_carrier(session, now=at, wall=at)


def all_alarms() -> list[Alarm]:
    with database.read_scope() as session:
        return list(session.scalars(select(Alarm).order_by(Alarm.raised_at)))


def test_no_report_at_all_in_a_quarter_of_an_hour_is_an_alarm(any_database: Database) -> None:
    supervisor = a_colleague(71, role=Role.SUPERVISOR)
    handed_over()
    assert not watch(MORNING + 14 * MINUTE)
    assert watch(MORNING + QUIET_FOR)
    assert watch(MORNING + QUIET_FOR + MINUTE)
    [alarm] = all_alarms()
    assert (alarm.kind, alarm.raised_at) == (AlarmKind.CARRIER_QUIET, MORNING + QUIET_FOR)
    with database.read_scope() as session:
        told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.ALARM)).all()
    assert {(each.staff_id, each.channel) for each in told} == {
        (supervisor, "sms"),
        (supervisor, "email"),
    }
    assert {each.facts["alarm"] for each in told} == {"carrier_quiet"}


def test_a_report_about_any_text_since_then_is_a_sign_of_life(any_database: Database) -> None:
    handed_over()
    handed_over(MORNING - 30 * MINUTE, reported_at=MORNING + MINUTE)
    assert not watch(MORNING + QUIET_FOR)


def test_a_report_from_before_is_none(db: Database) -> None:
    handed_over(MORNING - 30 * MINUTE, reported_at=MORNING - MINUTE)
    handed_over()
    assert watch(MORNING + QUIET_FOR)


def test_where_nothing_was_sent_nothing_is_missing(db: Database) -> None:
    queued()
    assert not watch(MORNING + QUIET_FOR)


def test_the_alarm_ends_with_the_next_report_and_may_be_raised_again(db: Database) -> None:
    handed_over()
    assert watch(MORNING + QUIET_FOR)
    handed_over(MORNING + 17 * MINUTE, reported_at=MORNING + 17 * MINUTE)
    assert not watch(MORNING + 18 * MINUTE)
    handed_over(MORNING + 20 * MINUTE)
    assert watch(MORNING + 36 * MINUTE)
    first, second = all_alarms()
    assert (first.cleared_at, first.standing) == (MORNING + 18 * MINUTE, None)
    assert second.standing == AlarmKind.CARRIER_QUIET


def test_of_many_that_see_it_at_once_one_raises_it(any_database: Database) -> None:
    def see() -> bool:
        with database.session_scope() as session:
            kind = AlarmKind.SCHEDULER_QUIET
            return alarms.raise_alarm(session, kind, wall=MORNING) is not None

    assert sum(all_at_once([partial(see)] * 5)) == 1
    assert len(all_alarms()) == 1


def test_alarms_of_different_kinds_stand_side_by_side(db: Database) -> None:
    with database.session_scope() as session:
        for kind in AlarmKind:
            assert alarms.raise_alarm(session, kind, wall=MORNING)
        assert alarms.clear(session, AlarmKind.CARRIER_QUIET, wall=MORNING)
        assert not alarms.clear(session, AlarmKind.CARRIER_QUIET, wall=MORNING)
    with database.read_scope() as session:
        assert {each.kind for each in queries.standing_alarms(session)} == {
            "scheduler_quiet",
            "nobody_on_call",
            "step_failing",
        }


@pytest.mark.parametrize(
    ("beat", "quiet"),
    [
        (MORNING + 2 * MINUTE, False),
        (MORNING + MINUTE, False),
        (MORNING + 59 * timedelta(seconds=1), True),
        (MORNING - timedelta(days=1), True),
        (None, True),
    ],
)
def test_a_scheduler_is_quiet_after_a_minute(beat: datetime | None, quiet: bool) -> None:
    seen = alarms.scheduler_is_quiet(beat, watched_since=MORNING, wall=MORNING + 2 * MINUTE)
    assert seen is quiet


def test_after_a_night_switched_off_it_has_to_start_first() -> None:
    yesterday = MORNING - timedelta(hours=12)
    assert not alarms.scheduler_is_quiet(yesterday, watched_since=MORNING, wall=MORNING + MINUTE)
