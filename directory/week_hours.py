"""The hours of the coming days, a day at a time, as a table shows them. Pure.

Days are told by their dates, so that holidays, seasons and "the second Tuesday" come out right.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State

from directory.hours import HoursKind, night_cut_at, parsed_hours

Span = tuple[datetime, datetime]
# What goes on from the evening before until then belongs to that evening.
_NIGHT_ENDS = time(6)


@dataclass(frozen=True, slots=True)
class DayHours:
    """One local day. `spans`: from when to when it is open (aware, local), the end maybe after
    midnight; none unless `kind` is OPEN. UNKNOWN: a holiday, or only under a condition, which
    `comment` tells where the expression does ("by appointment")."""

    day: date
    kind: HoursKind
    spans: tuple[Span, ...] = ()
    comment: str = ""


def days_from(
    opening_hours: str | None, first: date, zone: ZoneInfo, *, count: int = 7
) -> tuple[DayHours, ...]:
    """The hours of `count` days from `first`; none where no hours are known."""
    if not opening_hours or not opening_hours.strip():
        return ()
    expression = opening_hours.strip()
    hours = parsed_hours(expression, zone)
    plain = parsed_hours(expression, zone, holidays=False)
    if hours is None or plain is None:
        return ()
    days = [first + timedelta(days=each) for each in range(count)]
    try:
        return tuple(
            _day(hours, plain, day, zone, cut=night_cut_at(expression, _midnight(day, zone), zone))
            for day in days
        )
    except (OverflowError, ValueError):  # beyond the years that the library can reckon with
        return ()


def _day(
    hours: OpeningHours,
    plain: OpeningHours,
    day: date,
    zone: ZoneInfo,
    *,
    cut: datetime | None,
) -> DayHours:
    """`cut`: when the night before would end, which a holiday cuts at this day's midnight."""
    start, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    spans: list[Span] = []
    comments: list[str] = []
    uncertain = False
    # From the day before into the next, so that a span's real beginning and end are known.
    a_day = timedelta(days=1)
    for begins, ends, state, comment in hours.intervals(start - a_day, end + a_day):
        if begins >= end or ends <= start:
            continue
        if state is State.OPEN and cut and begins == start and ends <= cut:
            uncertain = True
        elif state is State.OPEN and not comment:
            spans += _of_day(begins, ends, start, end)
        elif state is not State.CLOSED:
            uncertain = True
            comments += [comment] if comment else []
    if spans:
        always = spans[0][0] <= start and spans[0][1] >= end
        return (
            DayHours(day, HoursKind.ALWAYS)
            if always
            else DayHours(day, HoursKind.OPEN, tuple(spans))
        )
    if uncertain and not _closed_all_day(plain, start, end):
        return DayHours(day, HoursKind.UNKNOWN, comment="; ".join(dict.fromkeys(comments)))
    return DayHours(day, HoursKind.CLOSED)


def _of_day(begins: datetime, ends: datetime, start: datetime, end: datetime) -> list[Span]:
    """The span, if it is this day's: not the end of a night that began the evening before."""
    if begins < start and ends < end and ends.timetz().replace(tzinfo=None) <= _NIGHT_ENDS:
        return []
    into_the_night = ends <= end + timedelta(hours=_NIGHT_ENDS.hour)
    return [(max(begins, start), ends if into_the_night else end)]


def _closed_all_day(plain: OpeningHours, start: datetime, end: datetime) -> bool:
    """Closed on such a day anyway, so that the holiday changes nothing."""
    return all(state is State.CLOSED for _, _, state, _ in plain.intervals(start, end))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
