"""Periods are whole months of the programme's own zone."""

from datetime import UTC, date, datetime

import pytest

from directory.errors import Invalid
from directory.measures import period as periods
from directory.measures.period import LAST_YEAR
from tests.directory.measures.worlds import CHICAGO, NOW, period


def test_a_month_begins_and_ends_at_local_midnight_summer_time_or_not() -> None:
    span = period("2026-11").span  # the clocks are set back on the first of it
    assert span.start == datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert span.end == datetime(2026, 12, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "first", "end"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 11, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        (LAST_YEAR, date(2025, 11, 1), date(2026, 11, 1)),
    ],
)
def test_codes(code: str, first: date, end: date) -> None:
    found = period(code)
    assert (found.first, found.end) == (first, end)


@pytest.mark.parametrize("code", ["", "2026-13", "2026-Q5", "1999", "2026-1", "'", "2026-10\n"])
def test_another_code_is_refused(code: str) -> None:
    with pytest.raises(Invalid, match="Name a period"):
        period(code)


def test_this_month_and_this_year_can_be_chosen() -> None:
    codes = [each.code for each in periods.choices(now=NOW, zone=CHICAGO)]
    assert codes[:3] == [LAST_YEAR, "2026", "2025"]
    assert "2026-Q4" in codes and "2026-10" in codes and "2025-10" in codes
    assert len(codes) == len(set(codes))
