"""Gaps in a roster, and weekly shifts across the days on which clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from directory.errors import Invalid
from directory.on_call.roster import Span, gaps, weekly

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")


def span(first: int, last: int) -> Span:
    return Span(NOON + first * HOUR, NOON + last * HOUR)


def shown(text: str) -> datetime:
    """What a clock on the wall shows: without a zone."""
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("covered", "uncovered"),
    [
        ([], [span(0, 24)]),
        ([span(0, 24)], []),
        ([span(-5, 30)], []),
        ([span(2, 4), span(4, 24)], [span(0, 2)]),
        ([span(10, 24), span(0, 8)], [span(8, 10)]),
        ([span(0, 20), span(2, 3)], [span(20, 24)]),
        ([span(-9, -1), span(30, 40)], [span(0, 24)]),
    ],
)
def test_a_gap_is_when_nobody_is_there(covered: list[Span], uncovered: list[Span]) -> None:
    assert gaps(covered, span(0, 24)) == uncovered


def test_each_week_begins_at_the_same_hour_of_the_day() -> None:
    starts, ends = shown("2026-10-25T20:00"), shown("2026-10-26T08:00")
    found = weekly(starts, ends, 2, CHICAGO)
    assert [each.starts_at.astimezone(CHICAGO).hour for each in found] == [20, 20]
    assert found[1].starts_at - found[0].starts_at == timedelta(days=7, hours=1)


def test_a_night_on_which_clocks_change_is_longer_or_shorter() -> None:
    [autumn] = weekly(shown("2026-10-31T20:00"), shown("2026-11-01T08:00"), 1, CHICAGO)
    [spring] = weekly(shown("2026-03-07T20:00"), shown("2026-03-08T08:00"), 1, CHICAGO)
    assert (autumn.ends_at - autumn.starts_at, spring.ends_at - spring.starts_at) == (
        13 * HOUR,
        11 * HOUR,
    )


def test_of_an_hour_that_comes_twice_both_shifts_take_the_first() -> None:
    [before] = weekly(shown("2026-10-31T20:00"), shown("2026-11-01T01:30"), 1, CHICAGO)
    [after] = weekly(shown("2026-11-01T01:30"), shown("2026-11-01T08:00"), 1, CHICAGO)
    assert before.ends_at == after.starts_at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_an_hour_that_is_skipped_is_no_time() -> None:
    with pytest.raises(Invalid, match="skipped"):
        weekly(shown("2026-03-01T02:30"), shown("2026-03-01T08:00"), 2, CHICAGO)
