"""Quiet hours: when no message that we start may go out. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end`, local time; over midnight when `start` is later. Equal: never quiet."""

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
        local = at.astimezone(self.zone)
        day = local.date()
        if local.time() >= self.end:
            day += timedelta(days=1)
        return datetime.combine(day, self.end, tzinfo=self.zone).astimezone(UTC)

    def start_after(self, at: datetime) -> datetime | None:
        """The next instant after `at` at which quiet begins, in UTC; None when it never does."""
        if self.start == self.end:
            return None
        local = at.astimezone(self.zone)
        day = local.date() + (timedelta(days=1) if local.time() >= self.start else timedelta(0))
        return datetime.combine(day, self.start, tzinfo=self.zone).astimezone(UTC)
