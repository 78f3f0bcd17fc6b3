"""Open, closed, always or unknown: never a guess, never an exception."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.hours import HoursError, HoursKind, check_opening_hours, state_at

CHICAGO = ZoneInfo("America/Chicago")


def _local(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=CHICAGO, fold=fold)  # type: ignore[arg-type,misc]


def _kind(expression: str | None, *parts: int) -> str:
    return state_at(expression, _local(*parts), CHICAGO).kind


def test_without_hours_the_answer_is_unknown() -> None:
    for nothing in (None, "", "  "):
        found = state_at(nothing, _local(2026, 11, 23, 12), CHICAGO)
        assert (found.kind, found.until, found.opens_at) == (HoursKind.UNKNOWN, None, None)


def test_an_open_place_says_until_when_in_utc() -> None:
    found = state_at("Mo-Fr 09:00-17:00", _local(2026, 11, 23, 12), CHICAGO)
    assert found.kind is HoursKind.OPEN
    assert found.until == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def test_a_closed_place_says_when_it_opens() -> None:
    found = state_at("Mo-Fr 09:00-17:00", _local(2026, 11, 20, 18), CHICAGO)
    assert found.kind is HoursKind.CLOSED
    assert found.opens_at == _local(2026, 11, 23, 9).astimezone(UTC)


def test_opening_and_closing_minutes_belong_to_open_and_closed() -> None:
    assert _kind("Mo-Fr 09:00-17:00", 2026, 11, 23, 8, 59, 59) == "closed"
    assert _kind("Mo-Fr 09:00-17:00", 2026, 11, 23, 9, 0) == "open"
    assert _kind("Mo-Fr 09:00-17:00", 2026, 11, 23, 17, 0) == "closed"


@pytest.mark.parametrize("expression", ["24/7", "00:00-24:00", "Mo-Su 00:00-24:00"])
def test_always_is_always_holidays_included(expression: str) -> None:
    assert _kind(expression, 2026, 12, 25, 3) == "always"


def test_a_holiday_on_which_nobody_said_anything_is_unknown_in_opening_hours_only() -> None:
    thanksgiving = (2026, 11, 26)
    assert _kind("Mo-Fr 09:00-17:00", *thanksgiving, 12) == "unknown"
    assert _kind("Mo-Fr 09:00-17:00", *thanksgiving, 20) == "closed"
    found = state_at("Mo-Fr 09:00-17:00", _local(2026, 11, 25, 20), CHICAGO)
    assert found.opens_at == _local(2026, 11, 27, 9).astimezone(UTC)


def test_a_rule_about_holidays_is_kept() -> None:
    assert _kind("Mo-Fr 09:00-17:00; PH off", 2026, 11, 26, 12) == "closed"
    assert _kind("Mo-Su,PH 09:00-17:00", 2026, 11, 26, 12) == "open"


def test_a_holiday_counts_on_its_own_date_and_on_the_day_it_is_observed() -> None:
    # The Fourth of July of 2026 is a Saturday; offices keep the Friday.
    assert _kind("Mo-Su 09:00-17:00", 2026, 7, 3, 12) == "unknown"
    assert _kind("Mo-Su 09:00-17:00", 2026, 7, 4, 12) == "unknown"
    assert _kind("Mo-Su 09:00-17:00; PH off", 2026, 7, 4, 12) == "closed"


def _said(expression: str, *parts: int) -> str:
    """ "open until Thu 17:00", "closed opens Fri 09:00", local."""
    found = state_at(expression, _local(*parts), CHICAGO)
    until, opens = (
        f" {word} {at.astimezone(CHICAGO):%a %H:%M}" if at else ""
        for word, at in (("until", found.until), ("opens", found.opens_at))
    )
    return f"{found.kind}{until}{opens}"


@pytest.mark.parametrize("rule", ["", "; PH off", "; Dec 25 off"])
def test_a_night_from_or_into_a_holiday_is_unknown_beyond_midnight(rule: str) -> None:
    nights = f"Mo-Su 19:00-07:00{rule}"
    assert _said(nights, 2026, 12, 24, 12) == "closed opens Thu 19:00"
    assert _said(nights, 2026, 12, 24, 22) == "open"  # nobody said until when
    assert _said(nights, 2026, 12, 25, 2) == "unknown opens Sat 19:00"
    assert _said(nights, 2026, 12, 25, 12) == "closed opens Sat 19:00"
    assert _said(nights, 2026, 12, 25, 22) == f"{'closed' if rule else 'unknown'} opens Sat 19:00"
    assert _said(nights, 2026, 12, 26, 2) == "unknown opens Sat 19:00"
    assert _said(nights, 2026, 12, 26, 12) == "closed opens Sat 19:00"
    assert _said(nights, 2026, 12, 26, 22) == "open until Sun 07:00"


def test_a_night_between_two_holidays_is_what_they_say() -> None:
    assert _said("Mo-Su 19:00-07:00; PH off", 2026, 7, 4, 2) == "closed opens Sun 19:00"
    assert _said("Mo-Su 19:00-07:00", 2026, 7, 4, 2) == "unknown opens Sun 19:00"


def test_hours_that_a_holiday_has_of_its_own_stand() -> None:
    nights = "Mo-Su 19:00-07:00; PH 06:00-08:00"
    assert _said(nights, 2026, 12, 25, 2) == "unknown opens Fri 06:00"
    assert _said(nights, 2026, 12, 25, 6, 30) == "open until Fri 08:00"
    assert _said("Mo-Su,PH 19:00-07:00", 2026, 12, 24, 22) == "open until Fri 07:00"
    assert _said("Mo-Su 19:00-07:00; PH 19:00-07:00", 2026, 12, 26, 2) == "open until Sat 07:00"


def test_who_is_open_around_the_clock_or_from_midnight_on_is_cut_at_midnight() -> None:
    for around in ("24/7; PH off", "Mo-Su 00:00-24:00; PH off"):
        assert _said(around, 2026, 12, 24, 22) == "open until Fri 00:00"
        assert _said(around, 2026, 12, 25, 2) == "closed opens Sat 00:00"
    assert _said("Mo-Su 00:00-06:00", 2026, 12, 24, 12) == "closed opens Sat 00:00"
    assert _said("Mo-Su 08:00-24:00; PH off", 2026, 12, 24, 12) == "open until Fri 00:00"


def test_by_appointment_is_not_open() -> None:
    assert _kind('Mo-Fr 09:00-17:00 "by appointment"', 2026, 11, 23, 12) == "unknown"
    assert _kind('"by appointment"', 2026, 11, 23, 12) == "unknown"


def test_a_night_that_ends_after_midnight_is_open_then() -> None:
    assert _kind("Fr 18:00-02:00", 2026, 11, 21, 1) == "open"
    assert _kind("Fr 18:00-02:00", 2026, 11, 21, 3) == "closed"


def test_the_lost_hour_of_spring_and_the_double_hour_of_autumn() -> None:
    spring = state_at("Mo-Su 00:00-06:00", _local(2026, 3, 8, 1, 30), CHICAGO)
    assert spring.until == datetime(2026, 3, 8, 11, 0, tzinfo=UTC)  # 6:00 daylight time
    for fold in (0, 1):
        autumn = state_at("Mo-Su 00:00-06:00", _local(2026, 11, 1, 1, 30, fold=fold), CHICAGO)
        assert autumn.kind is HoursKind.OPEN
        assert autumn.until == datetime(2026, 11, 1, 12, 0, tzinfo=UTC)  # 6:00 standard time


def test_an_instant_in_any_zone_gives_the_same_answer() -> None:
    at = _local(2026, 11, 23, 12)
    expected = state_at("Mo-Fr 09:00-17:00", at, CHICAGO)
    for zone in (UTC, ZoneInfo("Asia/Tokyo")):
        assert state_at("Mo-Fr 09:00-17:00", at.astimezone(zone), CHICAGO) == expected


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        state_at("24/7", datetime(2026, 1, 1), CHICAGO)  # noqa: DTZ001


@pytest.mark.parametrize("wrong", ["9 to 5", "Mo - Fr 09:00-17:00", "", "mo-fr 09:00-17:00"])
def test_what_cannot_be_read_is_said_when_checked_and_unknown_when_asked(wrong: str) -> None:
    with pytest.raises(HoursError):
        check_opening_hours(wrong)
    assert _kind(wrong if wrong[:1] != "m" else "x", 2026, 11, 23, 12) == "unknown"


_DAYS = st.sampled_from(["", "Mo-Fr ", "Sa,Su ", "PH ", "Tu[2] ", "Jan-Mar Mo ", "Mo-Su,PH "])
_TIMES = st.sampled_from(["09:00-17:00", "22:00-06:00", "off", "00:00-24:00", "12:00+", '"ask"'])
_RULES = st.lists(st.tuples(_DAYS, _TIMES).map("".join), min_size=1, max_size=3).map("; ".join)
_EARLIEST, _LATEST = datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-01-01")
_INSTANTS = st.datetimes(_EARLIEST, _LATEST, timezones=st.just(UTC))


@settings(max_examples=200, deadline=None)
@given(_RULES | st.text(max_size=30), _INSTANTS)
def test_any_expression_at_any_instant_gives_a_state_that_lies_ahead(
    expression: str, at: datetime
) -> None:
    found = state_at(expression, at, CHICAGO)
    floor = at.replace(second=0, microsecond=0)
    for instant in (found.until, found.opens_at):
        assert instant is None or floor < instant
    assert found.until is None or found.kind is HoursKind.OPEN
    if found.opens_at is not None:
        opened = state_at(expression, found.opens_at, CHICAGO)
        assert opened.kind in (HoursKind.OPEN, HoursKind.ALWAYS)
        assert found.opens_at - at <= timedelta(days=60)
