"""Periods that figures are told for: whole months, quarters and years of the programme's zone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from directory.errors import Invalid

_CODE = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2])|-Q([1-4]))?")
# The code of the twelve months that end with this one.
LAST_YEAR = "12-months"


class Length(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TWELVE_MONTHS = "twelve_months"


_MONTHS = {Length.MONTH: 1, Length.QUARTER: 3, Length.YEAR: 12, Length.TWELVE_MONTHS: 12}


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, and without, `end`; aware UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months from `first` on. `code`: as in addresses and file names, "2026-10"."""

    code: str
    length: Length
    first: date
    zone: ZoneInfo

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each month."""
        return tuple(later(self.first, count) for count in range(_MONTHS[self.length]))

    @property
    def end(self) -> date:
        """The first day that is not in it any more."""
        return later(self.first, _MONTHS[self.length])

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def span(self) -> Span:
        return Span(self._at(self.first), self._at(self.end))

    @property
    def month_spans(self) -> tuple[Span, ...]:
        return tuple(Span(self._at(each), self._at(later(each, 1))) for each in self.months)

    def _at(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)


def later(first: date, months: int) -> date:
    """The first day of the month so many months on."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def read(code: str, *, now: datetime, zone: ZoneInfo) -> Period:
    """The period of a code: "2026-10", "2026-Q4", "2026", or LAST_YEAR. Raises Invalid."""
    if code == LAST_YEAR:
        this_month = now.astimezone(zone).date().replace(day=1)
        return Period(code, Length.TWELVE_MONTHS, later(this_month, -11), zone)
    found = _CODE.fullmatch(code)
    if found is None:
        raise Invalid("period_unknown", "Name a period like 2026-10, 2026-Q4 or 2026.")
    year, month, quarter = found.groups()
    if month:
        return Period(code, Length.MONTH, date(int(year), int(month), 1), zone)
    if quarter:
        return Period(code, Length.QUARTER, date(int(year), int(quarter) * 3 - 2, 1), zone)
    return Period(code, Length.YEAR, date(int(year), 1, 1), zone)


def choices(*, now: datetime, zone: ZoneInfo) -> tuple[Period, ...]:
    """What can be chosen on a page: the last twelve months, this and the last years, quarters
    and months, the newest first."""
    today = now.astimezone(zone).date()
    months = [later(today.replace(day=1), -count) for count in range(13)]
    quarters = dict.fromkeys(f"{day.year}-Q{(day.month + 2) // 3}" for day in months)
    years = dict.fromkeys(str(day.year) for day in months)
    codes = [LAST_YEAR, *years, *quarters, *(f"{day:%Y-%m}" for day in months)]
    return tuple(read(code, now=now, zone=zone) for code in codes)
