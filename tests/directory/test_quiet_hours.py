"""Quiet hours, also on the two nights when the clocks change."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from directory.quiet_hours import QuietHours
from tests.factories import CHICAGO, QUIET

SPRING = datetime(2026, 3, 8, 8, 0, tzinfo=UTC)  # 2:00 becomes 3:00
AUTUMN = datetime(2026, 11, 1, 7, 0, tzinfo=UTC)  # 2:00 becomes 1:00
HOUR = timedelta(hours=1)

clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
around_a_change = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes),
    st.sampled_from([SPRING, AUTUMN]),
    st.integers(-48 * 60, 48 * 60),
)
any_instant = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
instants = around_a_change | any_instant


def local(day: datetime, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHICAGO)


def test_the_evening_and_the_night_are_quiet_and_the_day_is_not() -> None:
    day = datetime(2026, 3, 18)  # noqa: DTZ001
    assert QUIET.covers(local(day, 20))
    assert QUIET.covers(local(day, 3))
    assert QUIET.covers(local(day, 8, 59))
    assert not QUIET.covers(local(day, 9))
    assert not QUIET.covers(local(day, 19, 59))


@given(instants)
def test_nine_is_nine_by_the_clock_on_the_wall_all_year(at: datetime) -> None:
    end = QUIET.end_after(at)
    assert end >= at
    assert not QUIET.covers(end)
    if end != at:
        assert end.astimezone(CHICAGO).time() == time(9)
        assert QUIET.covers(end - timedelta(microseconds=1))
        assert end - at <= timedelta(hours=14)


def test_the_night_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    for change, hours in ((SPRING, 12), (AUTUMN, 14)):
        evening = local(change - 12 * HOUR, 20).astimezone(UTC)
        assert QUIET.end_after(evening) - evening == hours * HOUR


@given(instants, clocks, clocks)
def test_whatever_the_hours_the_end_is_later_and_not_quiet(
    at: datetime, start: time, end: time
) -> None:
    quiet = QuietHours(start, end, CHICAGO)
    ended = quiet.end_after(at)
    assert ended >= at
    assert not quiet.covers(ended)
    assert ended == at or ended - at <= timedelta(hours=26)


@given(instants, clocks, clocks)
def test_the_next_quiet_begins_later_and_within_a_day(at: datetime, start: time, end: time) -> None:
    begins = QuietHours(start, end, CHICAGO).start_after(at)
    if start == end:
        assert begins is None
    else:
        assert begins is not None
        assert timedelta(0) < begins - at <= timedelta(hours=26)


@given(instants, clocks)
def test_equal_hours_are_never_quiet(at: datetime, clock: time) -> None:
    quiet = QuietHours(clock, clock, CHICAGO)
    assert not quiet.covers(at)
    assert quiet.end_after(at) == at


def test_hours_within_a_day_are_understood_too() -> None:
    noon = QuietHours(time(12), time(13), CHICAGO)
    at = local(datetime(2026, 3, 18), 12, 30)  # noqa: DTZ001
    assert noon.end_after(at) == local(datetime(2026, 3, 18), 13)  # noqa: DTZ001
