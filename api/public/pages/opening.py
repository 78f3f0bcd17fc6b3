"""Whether it is open, as a page says it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.wording.opening_hours import hours_said
from directory.hours import NEVER, HoursKind, HoursNow, state_at
from directory.languages import Language

# Texts write Spanish without accents, which cost money there; a page need not.
_ACCENTS = {"mie": "mié", "sab": "sáb", "dias": "días"}

Day = Literal["today", "tomorrow", "later"]
State = Literal["open", "always", "closed", "unknown", "away"]


@dataclass(frozen=True, slots=True)
class Opening:
    """`at` (local): when it closes, if open; when it next opens, if not; None: not known.

    `away`: closed for a time, until `at`. `day`: on which day `at` is.
    """

    state: State
    at: datetime | None = None
    day: Day = "today"


def opening(
    hours: HoursNow,
    expression: str | None,
    *,
    closed_until: datetime | None,
    now: datetime,
    zone: ZoneInfo,
) -> Opening:
    """`closed_until`: the end of a closure that holds now; hours count again from there."""
    if closed_until is not None:
        after = state_at(expression, closed_until, zone)
        open_then = after.kind in (HoursKind.OPEN, HoursKind.ALWAYS)
        again = closed_until if open_then else after.opens_at or closed_until
        return _at("away", again, now=now, zone=zone)
    if expression == NEVER:
        return Opening("away")
    if hours.kind is HoursKind.ALWAYS:
        return Opening("always")
    if hours.kind is HoursKind.OPEN:
        return _at("open", hours.until, now=now, zone=zone)
    state: State = "closed" if hours.kind is HoursKind.CLOSED else "unknown"
    return _at(state, hours.opens_at, now=now, zone=zone)


def usual_hours(expression: str | None, language: Language) -> str:
    """The week in one line; empty where no hours are known."""
    said = hours_said(expression, language)
    if language is Language.ES:
        for plain, accented in _ACCENTS.items():
            said = said.replace(plain, accented)
    return said


def _at(state: State, at: datetime | None, *, now: datetime, zone: ZoneInfo) -> Opening:
    if at is None:
        return Opening(state)
    local = at.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    return Opening(state, local, "today" if days <= 0 else "tomorrow" if days == 1 else "later")
