"""Is it open? Opening hours in OpenStreetMap's syntax, read by `opening-hours-py`.

Never a guess: without hours the answer is UNKNOWN ("call first"). So it is on a public holiday
when the expression says nothing about holidays: the syntax would have us say "open", and most
offices are shut. A night from or into a holiday is unknown beyond that midnight: rules cut days at
midnight, people close a night as a whole. Days and times are local; daylight saving is the
library's.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]

COUNTRY = "US"
_HORIZON = timedelta(days=60)
_ONE_MINUTE = timedelta(minutes=1)
_ONE_DAY = timedelta(days=1)
_QUOTED = re.compile(r'"[^"]*"')
_HOLIDAY_RULE = re.compile(r"\bPH\b")
_BETWEEN_RULES = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_OF_HOLIDAYS = re.compile(r"\s*(?:PH\b|[A-Z][a-z]{2} \d{1,2} (?:off|closed)\b)")
# Of a place that is closed for a time: until when, nobody has said.
NEVER = "24/7 off"
# The library knows federal holidays as they are observed: the Fourth of July of 2026, a
# Saturday, is a holiday on the Friday only. Those that have a date of their own are added.
_ALWAYS = ("24/7", "00:00-24:00", "Mo-Su 00:00-24:00")
_FIXED_HOLIDAYS = ("Jan 01", "Jul 04", "Dec 25")


class HoursKind(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class HoursNow:
    """The state at one instant. Both times are aware UTC.

    `until`: when an open place closes; None also of an open night that goes on into a holiday.
    `opens_at`: when a closed or unknown one is next known
    to open, within 60 days.
    """

    kind: HoursKind
    until: datetime | None = None
    opens_at: datetime | None = None


UNKNOWN = HoursNow(HoursKind.UNKNOWN)


class HoursError(ValueError):
    """Not an opening_hours expression. The text says where it breaks."""


def check_opening_hours(expression: str) -> None:
    """Raises HoursError if `expression` cannot be read."""
    try:
        parsed = OpeningHours(expression, country=COUNTRY)
    except ParserError as error:
        raise HoursError(_where(str(error))) from error
    if parsed.warnings:
        raise HoursError("; ".join(parsed.warnings))


def state_at(opening_hours: str | None, at: datetime, zone: ZoneInfo) -> HoursNow:
    """Open, closed, always open or unknown at the instant `at` (aware) in `zone`.

    An expression that cannot be read counts as unknown: the loader has refused those.
    """
    if at.tzinfo is None:
        raise ValueError("a naive datetime says no instant")
    if not opening_hours or not opening_hours.strip():
        return UNKNOWN
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    return _state_in_minute(opening_hours.strip(), minute, zone)


@lru_cache(maxsize=4096)
def _state_in_minute(expression: str, minute: datetime, zone: ZoneInfo) -> HoursNow:
    hours = parsed_hours(expression, zone)
    if hours is None:
        return UNKNOWN
    local = minute.astimezone(zone)
    try:
        state, comment = hours.state(local)
        if state is State.OPEN and comment:
            # `Mo-Fr 09:00-17:00 "by appointment"`: the comment restricts what it stands by.
            state = State.UNKNOWN
        if state is State.UNKNOWN and _closed_anyway(expression, local, zone):
            state = State.CLOSED
        if _beyond_cut(expression, local, zone, is_open=state is State.OPEN):
            state = State.UNKNOWN
        change = hours.next_change(local)
        if state is State.OPEN:
            if change is None:
                return HoursNow(HoursKind.ALWAYS)
            if night_cut_at(expression, change, zone):
                return HoursNow(HoursKind.OPEN)
            return HoursNow(HoursKind.OPEN, until=_later(change, minute))
        kind = HoursKind.CLOSED if state is State.CLOSED else HoursKind.UNKNOWN
        return HoursNow(kind, opens_at=_next_opening(expression, minute, zone))
    except (OverflowError, ValueError):  # beyond the years that the library can reckon with
        return UNKNOWN


def parsed_hours(expression: str, zone: ZoneInfo, *, holidays: bool = True) -> OpeningHours | None:
    """The expression as the library reckons with it; None when it cannot be read.

    `holidays`: with what it leaves open about public holidays said as unknown.
    """
    return _parsed(_with_holidays(expression) if holidays else expression, zone)


@lru_cache(maxsize=1024)
def _parsed(expression: str, zone: ZoneInfo) -> OpeningHours | None:
    try:
        return OpeningHours(expression, timezone=zone, country=COUNTRY, max_interval_days=366)
    except ParserError:
        return None


def _closed_anyway(expression: str, local: datetime, zone: ZoneInfo) -> bool:
    """Closed at this hour on any day, so that the holiday changes nothing."""
    plain = _parsed(expression, zone)
    return plain is not None and plain.is_closed(local)


def _with_holidays(expression: str) -> str:
    """The expression, with what it leaves open about public holidays said as unknown."""
    plain = _QUOTED.sub("", expression)
    if plain.strip() in _ALWAYS or "||" in plain:
        return expression  # always means always; a fallback rule has the last word already
    if not _HOLIDAY_RULE.search(plain):
        days = ("PH", *_FIXED_HOLIDAYS)
        return expression + "".join(f"; {day} unknown" for day in days)
    if re.search(r"\bPH\s+(off|closed)\b", plain):
        return expression + "".join(f"; {day} off" for day in _FIXED_HOLIDAYS)
    return expression


def _beyond_cut(expression: str, local: datetime, zone: ZoneInfo, *, is_open: bool) -> bool:
    """Whether this is the part after midnight of a night that a holiday cuts in two.

    `is_open`: what the rules say of `local`. Other hours that a holiday has of its own stand.
    """
    midnight = datetime.combine(local.date(), time(), zone)
    ends = night_cut_at(expression, midnight, zone)
    hours = parsed_hours(expression, zone)
    return (
        ends is not None
        and hours is not None
        and local < ends
        and is_open is hours.is_open(midnight)
    )


@lru_cache(maxsize=4096)
def night_cut_at(expression: str, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When a night would end, by the hours without holidays, that a holiday cuts at midnight `at`.

    None where no night is cut: nothing changes there, or it is open around the clock.
    """
    midnight = at.astimezone(zone)
    hours = parsed_hours(expression, zone)
    if midnight.time() != time() or hours is None:
        return None
    before = (midnight.astimezone(UTC) - _ONE_MINUTE).astimezone(zone)
    if hours.is_open(before) is hours.is_open(midnight):
        return None
    plain = _parsed(_without_holidays(expression), zone)
    if plain is None:
        return None
    for begins, ends, state, _ in plain.intervals(midnight - _ONE_DAY, midnight + _ONE_DAY):
        if state is State.OPEN and begins < midnight < ends:
            return ends if ends - begins < _ONE_DAY else None
    return None


def _without_holidays(expression: str) -> str:
    """The expression without its rules of holidays."""
    if "||" in _QUOTED.sub("", expression):
        return expression  # what a fallback belongs to is not ours to tell
    rules = _BETWEEN_RULES.split(expression)
    return ";".join(rule for rule in rules if not _OF_HOLIDAYS.match(rule))


def _next_opening(expression: str, minute: datetime, zone: ZoneInfo) -> datetime | None:
    """Not a midnight at which only the holiday ends, in a night that began on it."""
    hours = parsed_hours(expression, zone)
    if hours is None:
        return None
    start, end = minute.astimezone(zone), (minute + _HORIZON).astimezone(zone)
    for begins, _, state, comment in hours.intervals(start, end):
        opens = state is State.OPEN and not comment and begins.astimezone(UTC) > minute
        if opens and night_cut_at(expression, begins, zone) is None:
            return begins.astimezone(UTC)
    return None


def _later(change: datetime, minute: datetime) -> datetime:
    """The change as UTC. In the hour that comes twice in autumn it can come out early."""
    instant = change.astimezone(UTC)
    return instant if instant > minute else minute + _ONE_MINUTE


def _where(message: str) -> str:
    """The first useful line of the parser's message, which draws an arrow over three lines."""
    found = re.search(r"--> 1:(\d+)", message)
    return f"it cannot be read from character {found.group(1)} on" if found else "it cannot be read"
