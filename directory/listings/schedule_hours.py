"""An opening_hours expression out of HSDS schedules: the way back from `schedules`. Pure.

Search and texts reckon with the expression. Schedules that it cannot say exactly (every other
week, the 15th of each month, "by appointment") give none at all, and then people are told to
call first: better than a closed door.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Protocol

from directory.hours import HoursError, check_opening_hours
from directory.listings.schedules import DAYS

_DAY = re.compile(rf"(?P<nth>-?[1-5])?(?P<day>{'|'.join(DAYS)})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MIDNIGHT = "24:00"
_LAST_MINUTES = ("23:59", _MIDNIGHT)

Span = tuple[str, str]


class Opening(Protocol):
    """What of a schedule is read; a row of `schedule` is one. Times are local, HH:MM."""

    @property
    def freq(self) -> str | None: ...
    @property
    def interval(self) -> int | None: ...
    @property
    def count(self) -> int | None: ...
    @property
    def byday(self) -> str | None: ...
    @property
    def byweekno(self) -> str | None: ...
    @property
    def bymonthday(self) -> str | None: ...
    @property
    def byyearday(self) -> str | None: ...
    @property
    def dtstart(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def opens_at(self) -> str | None: ...
    @property
    def closes_at(self) -> str | None: ...


@dataclass(frozen=True, slots=True, order=True)
class _Season:
    """The days between which a schedule holds; both None: always."""

    first: date | None
    last: date | None

    def __str__(self) -> str:
        if self.first and self.last:
            return f"{_dated(self.first)}-{_dated(self.last)} "
        return f"{_dated(self.first)}+ " if self.first else ""


def opening_hours_of(schedules: Iterable[Opening]) -> str | None:
    """The expression that says exactly what the schedules say; None where there is none."""
    seasons: dict[_Season, dict[str, set[Span]]] = {}
    for schedule in schedules:
        days = _days(schedule)
        season = _season(schedule)
        if days is None or season is None or not schedule.opens_at or not schedule.closes_at:
            return None
        span = (schedule.opens_at[:5], _closing(schedule.closes_at[:5]))
        for day in days:
            seasons.setdefault(season, {}).setdefault(day, set()).add(span)
    if not seasons:
        return None
    if list(seasons) == [_Season(None, None)] and _is_always(seasons[_Season(None, None)]):
        return "24/7"
    rules = [
        rule for season in sorted(seasons, key=str) for rule in _rules(season, seasons[season])
    ]
    # A comma adds to what stands before it; a semicolon would take its days back.
    adds = len(seasons) > 1 or any("[" in rule for rule in rules)
    expression = (", " if adds else "; ").join(rules)
    try:
        check_opening_hours(expression)
    except HoursError:
        return None
    return expression


def overlapping(schedules: Sequence[Opening]) -> tuple[int, int] | None:
    """The positions of the first two schedules that are open at once on one day, if any are."""
    taken: dict[str, list[tuple[Span, _Season, int]]] = {}
    for position, schedule in enumerate(schedules):
        days, season = _days(schedule), _season(schedule)
        if not days or season is None or not schedule.opens_at or not schedule.closes_at:
            continue
        span = (schedule.opens_at[:5], schedule.closes_at[:5])
        for day in days:
            for other, its_season, earlier in taken.get(day, ()):
                together = span[0] < other[1] and other[0] < span[1]
                if together and _meet(season, its_season):
                    return earlier, position
            taken.setdefault(day, []).append((span, season, position))
    return None


def days_named(byday: str) -> list[str] | None:
    """`MO,TU` or `2TU` taken apart; None when it cannot be read (RFC 5545, BYDAY)."""
    parts = [part.strip().upper() for part in byday.split(",")]
    return parts if parts and all(_DAY.fullmatch(part) for part in parts) else None


def _days(schedule: Opening) -> list[str] | None:
    """Days as the expression names them ("Mo", "Tu[2]"); None where it cannot name them."""
    beyond = (schedule.byweekno, schedule.bymonthday, schedule.byyearday, schedule.count)
    if any(beyond) or (schedule.interval or 1) != 1 or not schedule.byday:
        return None
    named = days_named(schedule.byday)
    if named is None:
        return None
    days = []
    for found in (_DAY.fullmatch(each) for each in named):
        assert found is not None  # noqa: S101  # days_named has seen to it
        day, nth = found["day"].capitalize(), found["nth"]
        if (schedule.freq == "MONTHLY") is not (nth is not None):
            return None  # "every second Tuesday" of a week, or "Tuesdays" of a month
        days.append(f"{day}[{nth}]" if nth else day)
    return days


def _season(schedule: Opening) -> _Season | None:
    """None for one that only has an end, which the expression cannot say."""
    first = max(filter(None, (schedule.valid_from, schedule.dtstart)), default=None)
    last = min(filter(None, (schedule.valid_to, schedule.until)), default=None)
    if last is not None and first is None:
        first = date(last.year - 1, 1, 1)
    return _Season(first, last)


def _meet(one: _Season, other: _Season) -> bool:
    starts_in_time = one.first is None or other.last is None or one.first <= other.last
    ends_late = one.last is None or other.first is None or other.first <= one.last
    return starts_in_time and ends_late


def _rules(season: _Season, by_day: dict[str, set[Span]]) -> list[str]:
    """Days with the same times together: "Mo-Fr 09:00-12:00,13:00-17:00"."""
    weekdays = [day.capitalize() for day in DAYS if day.capitalize() in by_day]
    rules = []
    for times, group in groupby(_by_times(weekdays, by_day), key=lambda each: each[0]):
        days = [day for _, day in group]
        rules.append(f"{season}{_ranges(days)} {times}")
    for day in sorted(each for each in by_day if "[" in each):
        rules.append(f"{season}{day} {_times(by_day[day])}")
    return rules


def _by_times(days: list[str], by_day: dict[str, set[Span]]) -> list[tuple[str, str]]:
    """(times, day): days of the same times stand together, in the order of the first of them."""
    first: dict[str, int] = {}
    for position, day in enumerate(days):
        first.setdefault(_times(by_day[day]), position)
    pairs = [(_times(by_day[day]), day) for day in days]
    return sorted(pairs, key=lambda pair: first[pair[0]])


def _ranges(days: list[str]) -> str:
    """ "Mo-Fr", "Tu,Th", "Mo-We,Fr"."""
    order = [day.capitalize() for day in DAYS]
    positions = [order.index(day) for day in days]
    parts = []
    for _, group in groupby(enumerate(positions), key=lambda pair: pair[1] - pair[0]):
        run = [position for _, position in group]
        first, last = order[run[0]], order[run[-1]]
        parts.append(f"{first}-{last}" if len(run) > 2 else ",".join(order[each] for each in run))
    return ",".join(parts)


def _times(spans: set[Span]) -> str:
    return ",".join(f"{opens}-{closes}" for opens, closes in sorted(spans))


def _closing(closes_at: str) -> str:
    return _MIDNIGHT if closes_at in _LAST_MINUTES else closes_at


def _is_always(by_day: dict[str, set[Span]]) -> bool:
    every_day = {day.capitalize() for day in DAYS}
    return set(by_day) == every_day and all(
        spans == {("00:00", _MIDNIGHT)} for spans in by_day.values()
    )


def _dated(day: date) -> str:
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02}"
