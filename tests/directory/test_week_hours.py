"""The hours of the coming days, as a table shows them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.hours import HoursKind, state_at
from directory.week_hours import DayHours, days_from

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 11, 23)  # of the week of Thanksgiving


def week(expression: str | None, first: date = MONDAY) -> list[str]:
    """ "Mo 09:00-17:00", "Tu closed"…"""
    return [_said(day) for day in days_from(expression, first, CHICAGO)]


def _said(day: DayHours) -> str:
    spans = ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in day.spans)
    return f"{day.day:%a} {spans or day.kind.value}{' ' + day.comment if day.comment else ''}"


def test_a_plain_week_has_its_times_and_its_holiday() -> None:
    assert week("Mo-Fr 09:00-12:00,13:00-17:00") == [
        "Mon 09:00-12:00,13:00-17:00",
        "Tue 09:00-12:00,13:00-17:00",
        "Wed 09:00-12:00,13:00-17:00",
        "Thu unknown",
        "Fri 09:00-12:00,13:00-17:00",
        "Sat closed",
        "Sun closed",
    ]


@pytest.mark.parametrize("always", ["24/7", "Mo-Su 00:00-24:00"])
def test_what_never_closes_does_not_on_holidays(always: str) -> None:
    assert {day.kind for day in days_from(always, MONDAY, CHICAGO)} == {HoursKind.ALWAYS}


def test_a_holiday_on_a_day_that_is_closed_anyway_changes_nothing() -> None:
    assert week("Mo-We 09:00-17:00")[3] == "Thu closed"
    assert week("Mo-Fr 09:00-17:00; PH off")[3] == "Thu closed"


def test_a_night_belongs_to_the_evening_on_which_it_begins() -> None:
    assert week("Fr,Sa 20:00-02:00")[4:] == ["Fri 20:00-02:00", "Sat 20:00-02:00", "Sun closed"]
    assert week("Fr 18:00-24:00; Sa 00:00-24:00")[4:6] == ["Fri 18:00-00:00", "Sat always"]


def test_what_is_left_of_a_night_on_a_holiday_is_promised_to_nobody() -> None:
    assert week("Mo-Su 20:00-02:00")[2:] == [
        "Wed 20:00-00:00",
        "Thu unknown",
        "Fri 20:00-02:00",
        "Sat 20:00-02:00",
        "Sun 20:00-02:00",
    ]
    assert week("Mo-Su 20:00-02:00; PH off")[3:5] == ["Thu closed", "Fri 20:00-02:00"]
    assert week("We,Th 20:00-02:00")[3:5] == ["Thu unknown", "Fri unknown"]
    assert week("Mo-Su 00:00-06:00")[4] == "Fri 00:00-06:00"


def test_a_condition_is_told_and_nothing_is_promised() -> None:
    assert week('Mo 09:00-17:00 "by appointment"')[0] == "Mon unknown by appointment"


def test_the_second_tuesday_is_there_in_its_week_only() -> None:
    assert "Tue 18:00-20:00" in week("Tu[2] 18:00-20:00", date(2026, 12, 7))
    assert "Tue closed" in week("Tu[2] 18:00-20:00")


@pytest.mark.parametrize("nothing", [None, "", "  ", "whenever", "Mo-Fr 09:00"])
def test_without_readable_hours_there_is_no_table(nothing: str | None) -> None:
    assert week(nothing) == []


def test_the_ends_of_the_calendar_do_no_harm() -> None:
    for first in (date(1900, 1, 1), date(9990, 1, 1)):
        week("Mo-Fr 09:00-17:00", first)


def test_the_days_of_the_clock_change_have_their_usual_times() -> None:
    assert week("Mo-Su 01:00-05:00", date(2026, 10, 31))[:3] == [
        "Sat 01:00-05:00",
        "Sun 01:00-05:00",
        "Mon 01:00-05:00",
    ]


@settings(max_examples=60)
@given(
    opens=st.integers(0, 46),
    length=st.integers(1, 20),
    day=st.integers(0, 6),
    minute=st.integers(0, 24 * 60 - 1),
)
def test_the_table_says_what_the_state_of_each_minute_is(
    opens: int, length: int, day: int, minute: int
) -> None:
    closes = min(opens + length, 48)
    expression = f"Mo-Su {opens // 2:02}:{opens % 2 * 30:02}-{closes // 2:02}:{closes % 2 * 30:02}"
    shown = days_from(expression, date(2026, 6, 1), CHICAGO)[day]
    at = datetime(2026, 6, 1 + day, minute // 60, minute % 60, tzinfo=CHICAGO)
    by_table = shown.kind is HoursKind.ALWAYS or any(
        begins <= at < ends for begins, ends in shown.spans
    )
    assert by_table == (state_at(expression, at, CHICAGO).kind is not HoursKind.CLOSED)
