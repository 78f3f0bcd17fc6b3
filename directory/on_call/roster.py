"""When somebody is on call and when nobody is, and shifts that come again each week. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from directory.errors import Invalid

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts_at` until `ends_at` (aware; the end is not part of it)."""

    starts_at: datetime
    ends_at: datetime


def gaps(covered: Iterable[Span], within: Span) -> list[Span]:
    """The times in `within` that none of `covered` covers, the earliest first."""
    found: list[Span] = []
    reached = within.starts_at
    for span in sorted(covered, key=lambda each: each.starts_at):
        if span.starts_at >= within.ends_at:
            break
        if span.starts_at > reached:
            found.append(Span(reached, span.starts_at))
        reached = max(reached, span.ends_at)
    if reached < within.ends_at:
        found.append(Span(reached, within.ends_at))
    return found


def weekly(starts: datetime, ends: datetime, weeks: int, zone: ZoneInfo) -> list[Span]:
    """One span a week, by the clock on the wall: on the day when clocks change, an hour longer or
    shorter where it lies across the change.

    `starts`, `ends`: without a zone, as somebody writes them. Raises Invalid as `on_the_clock`.
    """
    return [
        Span(on_the_clock(starts + week * WEEK, zone), on_the_clock(ends + week * WEEK, zone))
        for week in range(weeks)
    ]


def on_the_clock(written: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which a clock on the wall shows `written`; of two such the first, for the end
    of a shift and for the beginning of the next alike, so that neither gap nor overlap arises.

    Raises Invalid where there is none: the hour that is skipped in spring.
    """
    instant = written.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != written:
        raise Invalid("time_skipped", SKIPPED)
    return instant


SKIPPED = (
    "The clocks go forward that night, and this time is skipped. Take one before 2:00 or from 3:00."
)
