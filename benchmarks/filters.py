"""What a person ticks beside the words, as one yes or no about a service.

The same test for every engine: each gives its candidates best first, and those that fail are
passed over until enough are left (`benchmarks.engines.base`).
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from benchmarks.corpus import Record, Source
from benchmarks.places import Town
from benchmarks.reach import Reach, reach
from directory.hours import HoursKind, state_at

# Hours are local everywhere; the partners' are worked out in the programme's own zone.
ZONE = ZoneInfo("America/Chicago")


@dataclass(frozen=True, slots=True)
class Filters:
    """`open_at`: local time, without a zone. A service that does not say fails the test."""

    place: Town | None = None
    open_at: datetime | None = None
    language: str | None = None
    free: bool = False

    def __bool__(self) -> bool:
        return bool(self.place or self.open_at or self.language or self.free)

    def allow(self, record: Record) -> bool:
        """In the place's county, within ten miles or serving it; open then; and so on."""
        return (
            (self.place is None or reach(record, self.place) >= Reach.NEAR)
            and (self.open_at is None or is_open(record, self.open_at))
            and (self.language is None or self.language in record.languages)
            and (not self.free or record.free)
        )


def is_open(record: Record, at: datetime) -> bool:
    """Known to be open at this local time."""
    if record.source is Source.PARTNERS:
        state = state_at(record.opening_hours, at.replace(tzinfo=ZONE), ZONE)
        return state.kind in (HoursKind.OPEN, HoursKind.ALWAYS)
    day, time = at.weekday(), at.strftime("%H:%M")
    return any(
        opening.day == day and opening.opens <= time < opening.closes for opening in record.openings
    )
