"""Opening hours as a front desk writes them, day by day, and as OpenStreetMap does. Pure.

What a week of plain times cannot say (holidays, every second Tuesday, by appointment) stays beside
it in OpenStreetMap's own words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
# Two spans a day at most: open, a break, open again.
SPANS = 2
# Each of these is a field of the form: hours-Mo-1-from, hours-Mo-1-to, ...
FIELDS = tuple(
    f"hours-{day}-{span}-{end}"
    for day in DAYS
    for span in range(1, SPANS + 1)
    for end in ("from", "to")
)
REST = "hours-rest"
_DAYS = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su))?"
_SPAN = r"\d{1,2}:\d{2}-\d{1,2}:\d{2}"
_PLAIN = re.compile(rf"({_DAYS}(?:,{_DAYS})*) ({_SPAN}(?:,\s?{_SPAN})?)")
_TIME = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?\s*(a|p)?\.?\s*(?:m\.?)?", re.IGNORECASE)

Spans = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Week:
    """`days`: the spans of each day that is open, local times "09:00". `rest`: what else holds."""

    days: Mapping[str, Spans] = field(default_factory=dict)
    rest: str = ""


def read(expression: str | None) -> Week:
    """The expression as a week; from the first rule on that no week can say, all of it is rest."""
    days: dict[str, Spans] = {}
    rules = [rule.strip() for rule in (expression or "").split(";")]
    for position, rule in enumerate(rules):
        plain = _PLAIN.fullmatch(rule)
        if plain is None:
            return Week(days, "; ".join(each for each in rules[position:] if each))
        spans = tuple(_span(each) for each in plain[2].replace(" ", "").split(","))
        # A later rule takes the place of an earlier one on its days.
        days |= dict.fromkeys(_named(plain[1]), spans)
    return Week(days)


def written(week: Week) -> str:
    """The week as an expression: neighbouring days that are alike in one rule."""
    rules: list[tuple[list[str], Spans]] = []
    for day in DAYS:
        spans = week.days.get(day, ())
        if not spans:
            continue
        if rules and rules[-1][1] == spans and _follows(rules[-1][0][-1], day):
            rules[-1][0].append(day)
        else:
            rules.append(([day], spans))
    said = [f"{_said(days)} {','.join(f'{a}-{b}' for a, b in spans)}" for days, spans in rules]
    return "; ".join([*said, *([week.rest.strip()] if week.rest.strip() else [])])


def fields(week: Week) -> dict[str, str]:
    """The fields of the form, filled."""
    filled = dict.fromkeys(FIELDS, "")
    for day, spans in week.days.items():
        for number, (opens, closes) in enumerate(spans, 1):
            filled[f"hours-{day}-{number}-from"] = opens
            filled[f"hours-{day}-{number}-to"] = "00:00" if closes == "24:00" else closes
    return filled | {REST: week.rest}


def sent(given: Mapping[str, str]) -> str:
    """What the fields say, as an expression. What is no time is kept, so that it is told apart."""
    days: dict[str, Spans] = {}
    for day in DAYS:
        spans = []
        for number in range(1, SPANS + 1):
            opens = clock(given.get(f"hours-{day}-{number}-from", ""))
            closes = clock(given.get(f"hours-{day}-{number}-to", ""))
            if opens or closes:
                spans.append((opens, "24:00" if closes == "00:00" else closes))
        if spans:
            days[day] = tuple(spans)
    return written(Week(days, given.get(REST, "")))


def mistakes(given: Mapping[str, str]) -> list[tuple[str, str]]:
    """Fields that are no times, lack the other half or say the same as it, and which it is."""
    found = []
    for day in DAYS:
        for number in range(1, SPANS + 1):
            names = [f"hours-{day}-{number}-{end}" for end in ("from", "to")]
            said = [given.get(name, "").strip() for name in names]
            for name, other, value in zip(names, reversed(said), said, strict=True):
                if value and not _is_time(clock(value)):
                    found.append((name, "time"))
                elif other and not value:
                    found.append((name, "half"))
            opens, closes = map(clock, said)
            if opens == closes != "00:00" and _is_time(opens):  # midnight to midnight is all day
                found.append((names[1], "same"))
    return found


def clock(text: str) -> str:
    """ "9", "9:30", "5 pm", "17.30" as "09:00"...; anything else as it was written."""
    said = _TIME.fullmatch(text.strip())
    if said is None:
        return text.strip()
    hour, minute, half = int(said[1]), int(said[2] or 0), (said[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return text.strip()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{minute:02}" if hour <= 24 and minute < 60 else text.strip()


def _is_time(text: str) -> bool:
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", text) is not None


def _span(text: str) -> tuple[str, str]:
    opens, closes = text.split("-")
    return opens.zfill(5), closes.zfill(5)


def _named(text: str) -> list[str]:
    named = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start = DAYS.index(first)
        length = (DAYS.index(last or first) - start) % len(DAYS) + 1
        named += [DAYS[(start + step) % len(DAYS)] for step in range(length)]
    return named


def _follows(before: str, day: str) -> bool:
    return DAYS.index(day) == DAYS.index(before) + 1


def _said(days: list[str]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
