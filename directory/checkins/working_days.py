"""Days on which a team at work would get in touch: no weekends, no holidays.

US federal holidays and those of the State of Illinois (Lincoln's Birthday, Casimir Pulaski Day,
general election days), with the days on which they are observed; from the `holidays` library.
"""

from datetime import date
from functools import lru_cache

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Whether `day`, a local date, is neither on a weekend nor a holiday."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    # Read in only where a plan wants it: the calendars of the world take their time.
    import holidays  # noqa: PLC0415

    # New Year's Day is observed on 31 December when 1 January is a Saturday: the library
    # counts that among the holidays of the year in which the day falls.
    return frozenset(holidays.country_holidays("US", subdiv="IL", years=year))
