"""When check-ins are due. Pure.

First contact within a day, again after three days and two weeks: the pattern of post-crisis
follow-up (24/48/72 h contact; Caring Contacts, Comtois et al. 2019, goes on from there).
"""

from datetime import datetime, timedelta

from directory.quiet_hours import QuietHours

STANDARD = (timedelta(hours=24), timedelta(hours=72), timedelta(days=14))
STALE_AFTER = timedelta(hours=48)


def due_times(occurred_at: datetime, *, now: datetime, quiet: QuietHours) -> list[datetime]:
    """Due instants (UTC) of the standard sequence, none in quiet hours, none already stale."""
    times = [quiet.end_after(occurred_at + after) for after in STANDARD]
    return [due for due in times if not is_stale(due, now=now)]


def is_stale(due_at: datetime, *, now: datetime) -> bool:
    """A check-in that is this late is dropped rather than sent."""
    return now > due_at + STALE_AFTER
