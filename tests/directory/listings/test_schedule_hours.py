"""HSDS schedules as an expression: exactly, or not at all."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.hours import HoursKind, state_at
from directory.listings.schedule_hours import opening_hours_of, overlapping
from directory.listings.schedules import DAYS, schedule_rows

ZONE = ZoneInfo("America/Chicago")
# Weeks without a public holiday, on which the answer is "unknown" whatever the hours.
MONDAY = datetime(2026, 3, 2, tzinfo=ZONE)


@dataclass(frozen=True)
class Opening:
    freq: str | None = "WEEKLY"
    byday: str | None = "MO"
    opens_at: str | None = "09:00"
    closes_at: str | None = "17:00"
    interval: int | None = None
    count: int | None = None
    byweekno: str | None = None
    bymonthday: str | None = None
    byyearday: str | None = None
    dtstart: date | None = None
    until: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def is_open(self, at: datetime) -> bool:
        """By the letter of RFC 5545, for weekly and monthly days."""
        nth = (at.day - 1) // 7 + 1
        day = DAYS[at.weekday()]
        days = (self.byday or "").split(",")
        fits = day in days if self.freq == "WEEKLY" else f"{nth}{day}" in days
        clock = f"{at:%H:%M}"
        closes = "24:00" if self.closes_at == "23:59" else self.closes_at or ""
        return fits and (self.opens_at or "") <= clock < closes


@pytest.mark.parametrize(
    ("openings", "expression"),
    [
        ([Opening(byday="MO,TU,WE,TH,FR")], "Mo-Fr 09:00-17:00"),
        ([Opening(byday="MO,WE"), Opening(byday="FR")], "Mo,We,Fr 09:00-17:00"),
        ([Opening(), Opening(opens_at="18:00", closes_at="20:00")], "Mo 09:00-17:00,18:00-20:00"),
        ([Opening(), Opening(byday="TU", closes_at="12:00")], "Mo 09:00-17:00; Tu 09:00-12:00"),
        ([Opening(freq="MONTHLY", byday="2TU,-1FR")], "Fr[-1] 09:00-17:00, Tu[2] 09:00-17:00"),
        (
            [Opening(), Opening(freq="MONTHLY", byday="1MO", opens_at="18:00", closes_at="23:59")],
            "Mo 09:00-17:00, Mo[1] 18:00-24:00",
        ),
        ([Opening(byday=",".join(DAYS), opens_at="00:00", closes_at="23:59")], "24/7"),
        (
            [Opening(valid_from=date(2026, 6, 1), valid_to=date(2026, 8, 31))],
            "2026 Jun 01-2026 Aug 31 Mo 09:00-17:00",
        ),
        ([Opening(valid_from=date(2026, 6, 1))], "2026 Jun 01+ Mo 09:00-17:00"),
    ],
)
def test_a_plain_week_is_said(openings: list[Opening], expression: str) -> None:
    assert opening_hours_of(openings) == expression


@pytest.mark.parametrize(
    "opening",
    [
        Opening(interval=2),
        Opening(count=5),
        Opening(bymonthday="15"),
        Opening(byweekno="1,3"),
        Opening(byday=None),
        Opening(byday="MO-FR"),
        Opening(freq="MONTHLY", byday="TU"),
        Opening(byday="2TU"),
        Opening(opens_at=None, closes_at=None),
    ],
)
def test_what_it_cannot_say_is_no_expression_at_all(opening: Opening) -> None:
    assert opening_hours_of([Opening(byday="SA"), opening]) is None


def test_no_schedules_are_no_hours() -> None:
    assert opening_hours_of([]) is None


def test_openings_at_once_are_found() -> None:
    late = Opening(opens_at="16:59", closes_at="20:00")
    assert overlapping([Opening(), Opening(byday="TU"), late]) == (0, 2)
    assert overlapping([Opening(), Opening(opens_at="17:00", closes_at="20:00")]) is None
    assert overlapping([Opening(byday="TU"), late]) is None
    summer = Opening(valid_from=date(2026, 6, 1), valid_to=date(2026, 8, 31))
    winter = Opening(valid_from=date(2026, 9, 1))
    assert overlapping([summer, winter]) is None
    assert overlapping([summer, Opening()]) == (0, 1)


@pytest.mark.parametrize(
    "expression",
    ["Mo-Fr 09:00-17:00", "Tu,Th 09:00-14:00", "Mo-Th 08:00-16:00; Fr 08:00-13:30", "24/7"],
)
def test_what_was_taken_apart_is_put_together_again(expression: str) -> None:
    rows = [
        Opening(row.freq, row.byday, row.opens_at, row.closes_at)
        for row in schedule_rows(expression)
    ]
    assert opening_hours_of(rows) == expression


HOURS = st.lists(st.integers(0, 24), min_size=2, max_size=4, unique=True).map(sorted)
WEEKLY = st.sets(st.sampled_from(DAYS), min_size=1).map(lambda days: ("WEEKLY", days))
MONTHLY = st.sets(
    st.builds(lambda n, day: f"{n}{day}", st.integers(1, 4), st.sampled_from(DAYS)), min_size=1
).map(lambda days: ("MONTHLY", days))


@st.composite
def openings(draw: st.DrawFn) -> list[Opening]:
    freq, days = draw(st.one_of(WEEKLY, MONTHLY))
    hours = draw(HOURS)
    spans = zip(hours[::2], hours[1::2], strict=False)
    return [
        Opening(freq, ",".join(sorted(days)), f"{a:02}:00", f"{b:02}:00" if b < 24 else "23:59")
        for a, b in spans
    ]


@given(openings(), st.integers(0, 8 * 7 * 24 - 1))
def test_it_is_open_exactly_when_the_schedules_say_so(rows: list[Opening], hour: int) -> None:
    at = (MONDAY.replace(tzinfo=None) + timedelta(hours=hour, minutes=30)).replace(tzinfo=ZONE)
    if at.date() == date(2026, 3, 8):
        return  # the night without its second hour
    state = state_at(opening_hours_of(rows), at, ZONE)
    is_open = state.kind in (HoursKind.OPEN, HoursKind.ALWAYS)
    assert is_open is any(row.is_open(at) for row in rows)
