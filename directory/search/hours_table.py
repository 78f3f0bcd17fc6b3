"""Which of many opening hours are open at an instant, all at once, well enough to choose by.

What is a plain week ("Mo-Fr 09:00-17:00", "Tu[2] 18:00-20:00") becomes rows of numbers. The rest
(dates, comments, rules that take each other back) is unknown here. What is shown is worked out
exactly, by `directory.hours`; here it is decided which ones come into question.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from directory.hours import NEVER, HoursKind, state_at
from directory.listings.schedules import DAYS, schedule_rows

CLOSED, UNKNOWN, OPEN, ALWAYS = range(4)
KINDS = {
    HoursKind.CLOSED: CLOSED,
    HoursKind.UNKNOWN: UNKNOWN,
    HoursKind.OPEN: OPEN,
    HoursKind.ALWAYS: ALWAYS,
}
_EVERY_WEEK = 0b111111
_ALWAYS_TEXTS = ("24/7", "00:00-24:00", "Mo-Su 00:00-24:00")
# So many irregular hours are worked out exactly for one question.
EXACT_AT_MOST = 48

States = NDArray[np.uint8]


class HoursTable:
    """Distinct opening hours, by number. They are only ever added."""

    def __init__(self) -> None:
        self._numbers: dict[str | None, int] = {}
        self.texts: list[str | None] = []
        self._usual: list[int] = []  # the state outside of stated times
        self._spans: list[tuple[int, int, int, int, int]] = []
        self._irregular: list[int] = []
        self._mask: NDArray[np.bool_] | None = None
        self._adding = Lock()
        self._columns: tuple[int, NDArray[np.int32], States] | None = None
        self._states: dict[tuple[int, datetime], States] = {}

    def add(self, text: str | None) -> int:
        """The number of an expression, a new one if it has none."""
        number = self._numbers.get(text)
        if number is not None:
            return number
        with self._adding:
            if text not in self._numbers:
                number = len(self.texts)
                usual, spans = _compiled(text)
                self._spans += [(number, *span) for span in spans]
                self._usual.append(usual)
                if usual == UNKNOWN and text:
                    self._irregular.append(number)
                self.texts.append(text)
                self._numbers[text] = number
            return self._numbers[text]

    def states(self, at: datetime, zone: ZoneInfo) -> States:
        """The state of each, by number, at an aware instant."""
        count = len(self.texts)
        minute = at.replace(second=0, microsecond=0)
        known = self._states.get((count, minute))
        if known is None:
            known = self._at(count, minute.astimezone(zone))
            if len(self._states) > 64:
                self._states.clear()
            self._states[count, minute] = known
        return known

    def refined(
        self, states: States, numbers: NDArray[np.int32], at: datetime, zone: ZoneInfo
    ) -> States:
        """The same with the unknown ones among `numbers` worked out exactly, if they are few."""
        if not self._irregular:
            return states
        asked = numbers[self._are_irregular(len(states))[numbers]]
        if not len(asked):
            return states
        unsure = np.unique(asked).tolist()
        if len(unsure) > EXACT_AT_MOST:
            return states
        states = states.copy()
        for number in unsure:
            states[number] = KINDS[state_at(self.texts[number], at, zone).kind]
        return states

    def _are_irregular(self, count: int) -> NDArray[np.bool_]:
        kept = self._mask
        if kept is None or len(kept) != count:
            kept = np.zeros(count, np.bool_)
            kept[[number for number in self._irregular if number < count]] = True
            self._mask = kept
        return kept

    def _at(self, count: int, local: datetime) -> States:
        spans, usual = self._as_columns(count)
        states = usual.copy()
        if not len(spans):
            return states
        number, days, weeks, opens, closes = spans.T
        # What began yesterday and goes on past midnight is open too, unless that was a holiday.
        for day, minute in (
            (local - timedelta(days=1), local.hour * 60 + local.minute + 1440),
            (local, local.hour * 60 + local.minute),
        ):
            today = ((days >> day.weekday()) & 1).astype(np.bool_)
            in_week = ((weeks >> ((day.day - 1) // 7)) & 1).astype(np.bool_)
            open_now = today & in_week & (opens <= minute) & (minute < closes)
            unsure = _is_holiday(day) or _is_holiday(local)
            states[number[open_now]] = UNKNOWN if unsure else OPEN
        return states

    def _as_columns(self, count: int) -> tuple[NDArray[np.int32], States]:
        kept = self._columns
        if kept is None or kept[0] != count:
            with self._adding:
                spans = np.array(self._spans, np.int32).reshape(-1, 5)
                usual = np.array(self._usual, np.uint8)
                kept = self._columns = (len(self.texts), spans, usual)
        return kept[1], kept[2]


def _compiled(text: str | None) -> tuple[int, list[tuple[int, int, int, int]]]:
    """The usual state, and spans: days as bits, weeks of the month as bits, minutes from, to."""
    if not text or not text.strip():
        return UNKNOWN, []
    plain = text.strip()
    if plain in _ALWAYS_TEXTS:
        return ALWAYS, []
    if plain == NEVER:
        return CLOSED, []
    spans = []
    for row in schedule_rows(plain):
        if row.byday is None or row.opens_at is None or row.closes_at is None:
            return UNKNOWN, []
        days = weeks = 0
        for day in row.byday.split(","):
            days |= 1 << DAYS.index(day[-2:])
            weeks |= 1 << (int(day[:-2]) - 1) if len(day) > 2 else _EVERY_WEEK
        opens, closes = _minutes(row.opens_at), _minutes(row.closes_at)
        closes += 1 if row.closes_at == "23:59" else 0
        spans.append((days, weeks, opens, closes if closes > opens else closes + 1440))
    return (CLOSED, spans) if spans else (UNKNOWN, [])


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _is_holiday(local: datetime) -> bool:
    """Whether plain hours say nothing about this day, as `directory.hours` reads them."""
    zone = local.tzinfo
    return isinstance(zone, ZoneInfo) and _holiday(local.date().isoformat(), zone)


@lru_cache(maxsize=400)
def _holiday(day: str, zone: ZoneInfo) -> bool:
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=zone)
    return state_at("00:01-23:58", noon, zone).kind is HoursKind.UNKNOWN
