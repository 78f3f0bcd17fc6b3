"""Opening hours as people write them in a week's seven cells, as one expression. Pure.

"9:00 AM - 5:00 PM", "9am-12pm, 1-5 pm", "09:00-17:00", "closed", "24 hours". What can be read in
two ways ("9-5") is refused: a door that is closed costs somebody the way there.
"""

import re
from collections.abc import Sequence
from itertools import groupby

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_CLOSED = frozenset({"", "closed", "none", "-", "cerrado", "n/a"})
_ALWAYS = frozenset({"24 hours", "24h", "24", "open 24 hours", "24/7", "00:00-24:00"})
_TIME = r"(\d{1,2})(?::?(\d{2}))?\s*([ap])?\.?\s*m?\.?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|–|—|to|until|a)\s*{_TIME}", re.I)


class ClockError(ValueError):
    """The cell of `day` (0 is Monday) cannot be read."""

    def __init__(self, day: int) -> None:
        super().__init__("not opening hours")
        self.day = day


def week(cells: Sequence[str]) -> str | None:
    """The expression for seven cells, Monday first; None when every one is empty.

    Days left empty are closed as soon as one is filled in.
    """
    if not any(cell.strip() for cell in cells):
        return None
    times = [_day(cell, day) for day, cell in enumerate(cells)]
    if all(each == "00:00-24:00" for each in times):
        return "24/7"
    rules = []
    for said, group in groupby(range(7), key=lambda day: times[day]):
        days = [_DAYS[day] for day in group]
        if said:
            named = days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
            rules.append(f"{named} {said}")
    return "; ".join(rules) or "off"


def _day(cell: str, day: int) -> str:
    text = " ".join(cell.split()).casefold()
    if text in _CLOSED:
        return ""
    if text in _ALWAYS:
        return "00:00-24:00"
    spans = [_span(part.strip(), day) for part in re.split(r"[,;&]|\band\b", text)]
    return ",".join(sorted(spans))


def _span(text: str, day: int) -> str:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ClockError(day)
    from_hour, from_minute, from_half, to_hour, to_minute, to_half = found.groups()
    if to_half and not from_half:
        # "1-5 pm" is one to five in the afternoon; "9-5 pm" nine in the morning.
        early = int(from_hour) % 12 < int(to_hour) % 12
        from_half = to_half if early else "a"
        if to_half == "a" and not early:
            raise ClockError(day)
    if (from_half is None) is not (to_half is None):
        raise ClockError(day)
    if from_half is None and not (from_minute and to_minute):
        raise ClockError(day)
    opens = _clock(from_hour, from_minute, from_half, day)
    closes = _clock(to_hour, to_minute, to_half, day)
    closes = "24:00" if closes == "00:00" else closes
    if closes == opens:
        raise ClockError(day)
    if from_half is None and "18:00" > opens > closes:
        raise ClockError(day)  # "9:00 - 5:00" is nobody's night
    return f"{opens}-{closes}"


def _clock(hour: str, minute: str | None, half: str | None, day: int) -> str:
    number, minutes = int(hour), int(minute or 0)
    if half is not None:
        if not 1 <= number <= 12:
            raise ClockError(day)
        number = number % 12 + (12 if half == "p" else 0)
    if number > 24 or minutes > 59 or (number == 24 and minutes):
        raise ClockError(day)
    return "24:00" if number == 24 else f"{number:02d}:{minutes:02d}"
