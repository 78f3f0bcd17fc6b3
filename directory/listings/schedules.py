"""HSDS schedules out of an opening_hours expression.

Only what is a plain week is taken apart ("Mo-Fr 09:00-12:00,13:00-17:00; We 17:00-19:00",
"Tu[2] 18:00-20:00"); anything else becomes one schedule that quotes the expression, so that
nobody reads a precision into it that it lacks.
"""

import re
from dataclasses import dataclass

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TIMES = re.compile(r"(\d{1,2}:\d{2})-(\d{1,2}:\d{2})")
_RULE = re.compile(
    r"(?:(?P<days>[A-Z][a-z](?:\[[\d,]+\])?(?:[-,][A-Z][a-z](?:\[[\d,]+\])?)*)\s+)?"
    r"(?P<times>\d{1,2}:\d{2}-\d{1,2}:\d{2}(?:\s*,\s*\d{1,2}:\d{2}-\d{1,2}:\d{2})*)"
)
_CLOSED = re.compile(r"(?:[A-Z][a-z]|PH)(?:[-,](?:[A-Z][a-z]|PH))*\s+(?:off|closed)")
_NTH = re.compile(r"([A-Z][a-z])\[([\d,]+)\]")


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """The HSDS fields that we fill. Times are local, HH:MM."""

    freq: str | None = None
    byday: str | None = None
    opens_at: str | None = None
    closes_at: str | None = None
    description: str | None = None


def schedule_rows(opening_hours: str | None) -> list[ScheduleRow]:
    """The schedules of an expression; none when there is none."""
    if not opening_hours:
        return []
    if opening_hours == "24/7":
        return [ScheduleRow("WEEKLY", ",".join(DAYS), "00:00", "23:59", "24/7")]
    rows: list[ScheduleRow] = []
    seen: set[str] = set()
    for rule in (part.strip() for part in opening_hours.split(";")):
        found = _RULE.fullmatch(rule)
        if found is None:
            if _CLOSED.fullmatch(rule) and not _closes(rule, seen):
                continue
            return [ScheduleRow(description=opening_hours)]
        freq, byday = _days(found["days"])
        weekdays = {day[-2:] for day in byday}
        if not byday or seen & weekdays:  # a later rule takes days back from an earlier one
            return [ScheduleRow(description=opening_hours)]
        seen |= weekdays
        rows += [
            ScheduleRow(freq, ",".join(byday), _clock(opens), _clock(closes), opening_hours)
            for opens, closes in _TIMES.findall(found["times"])
        ]
    return rows or [ScheduleRow(description=opening_hours)]


def _closes(rule: str, seen: set[str]) -> bool:
    """Whether it takes back days on which it was open by a rule before."""
    named = [part for part in rule.split(maxsplit=1)[0].split(",") if part != "PH"]
    _, days = _days(",".join(named)) if named else ("", [])
    return bool(named) and (not days or not seen.isdisjoint(days))


def _days(text: str | None) -> tuple[str, list[str]]:
    """Frequency and days: ("WEEKLY", ["MO", …]) or ("MONTHLY", ["2TU"])."""
    if text is None:
        return "WEEKLY", list(DAYS)
    nth = _NTH.fullmatch(text)
    if nth is not None:
        day = nth.group(1).upper()
        return "MONTHLY", [f"{n}{day}" for n in nth.group(2).split(",") if day in DAYS]
    days: list[str] = []
    for part in text.split(","):
        first, _, last = part.upper().partition("-")
        if first not in DAYS or (last and last not in DAYS):
            return "WEEKLY", []
        start, end = DAYS.index(first), DAYS.index(last or first)
        days += DAYS[start : end + 1] if start <= end else DAYS[start:] + DAYS[: end + 1]
    return "WEEKLY", days


def _clock(text: str) -> str:
    hour, minute = text.split(":")
    return "23:59" if hour == "24" else f"{int(hour):02d}:{minute}"
