"""When check-ins are due."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from directory.checkins.plan import STALE_AFTER, due_times, is_stale
from tests.factories import CHICAGO, QUIET
from tests.fakes import MORNING

instants = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def test_the_standard_sequence_is_a_day_three_days_and_two_weeks() -> None:
    assert due_times(MORNING, now=MORNING, quiet=QUIET) == [
        MORNING + timedelta(days=days) for days in (1, 3, 14)
    ]


def test_a_visit_at_night_is_followed_up_in_the_morning() -> None:
    night = datetime(2026, 3, 19, 5, 0, tzinfo=UTC)  # midnight in Chicago
    first = due_times(night, now=night, quiet=QUIET)[0].astimezone(CHICAGO)
    assert (first.day, first.hour, first.minute) == (20, 9, 0)


@given(instants, st.integers(0, 20 * 24))
def test_none_is_due_in_quiet_hours_or_already_stale(occurred: datetime, hours: int) -> None:
    now = occurred + timedelta(hours=hours)
    times = due_times(occurred, now=now, quiet=QUIET)
    assert times == sorted(times)
    for due in times:
        assert not QUIET.covers(due)
        assert not is_stale(due, now=now)


def test_a_visit_logged_late_skips_what_is_over() -> None:
    assert len(due_times(MORNING, now=MORNING + timedelta(days=4), quiet=QUIET)) == 2
    assert due_times(MORNING, now=MORNING + timedelta(days=30), quiet=QUIET) == []


def test_stale_begins_after_two_days() -> None:
    assert timedelta(hours=48) == STALE_AFTER
    assert not is_stale(MORNING, now=MORNING + STALE_AFTER)
    assert is_stale(MORNING, now=MORNING + STALE_AFTER + timedelta(seconds=1))
