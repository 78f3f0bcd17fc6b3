"""When staff reads replies. Pure; the hours are those that the approved replies name."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(17)
FRIDAY = 4


def is_on_shift(now: datetime, zone: ZoneInfo) -> bool:
    """Weekdays 9:00 to 17:00, local time."""
    local = now.astimezone(zone)
    return local.weekday() <= FRIDAY and OPENS <= local.time() < CLOSES
