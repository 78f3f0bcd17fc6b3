"""Quiet hours: when no message that we start may go out. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end`, local time, over midnight if `start` is later; never if equal."""

    start: time
    end: time
    zone: ZoneInfo

    def covers(self, at: datetime) -> bool:
        clock = at.astimezone(self.zone).time()
        if self.start == self.end:
            return False
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def end_after(self, at: datetime) -> datetime:
        """The first instant at or after `at` (aware) that is not quiet, in UTC.

        Computed on the wall of the zone, so that 9:00 is 9:00 on the days when clocks change.
        """
        if not self.covers(at):
            return at.astimezone(UTC)
        ends = (end for end in self._moments(self.end, at) if end >= at)
        return next(end for end in ends if not self.covers(end))

    def start_after(self, at: datetime) -> datetime | None:
        """The next instant after `at` at which quiet begins, in UTC; None when it never does."""
        if self.start == self.end:
            return None
        return next(start for start in self._moments(self.start, at) if start > at)

    def _moments(self, clock: time, at: datetime) -> list[datetime]:
        """When the zone's clocks show `clock` around `at`: twice on the night they go back."""
        today = at.astimezone(self.zone).date()
        days = (today + timedelta(days=ahead) for ahead in (0, 1, 2))
        return sorted(
            datetime.combine(day, clock.replace(fold=fold), tzinfo=self.zone).astimezone(UTC)
            for day in days
            for fold in (0, 1)
        )
