"""When an imported service is open, as search and texts reckon with it. Pure.

Our own schedules come back as what they were made from. Days with a date of their own, which
food banks list months ahead, are taken as they are while they lie ahead; what is past says
nothing about now. A schedule in words only ("call for an appointment") is shown, not reckoned with.
"""

from collections.abc import Sequence
from datetime import date

from directory.hours import HoursError, check_opening_hours
from directory.hsds.objects import Schedule, Service
from directory.listings.schedule_hours import opening_hours_of
from directory.listings.schedules import ScheduleRow, schedule_rows

_MOST_DATES = 60
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def hours_of(service: Service, *, today: date) -> str | None:
    """The expression, or None when the schedules say nothing that can be reckoned with.

    Of the service itself; else of its only place.
    """
    if service.opening_hours and _can_be_read(service.opening_hours):
        return service.opening_hours
    schedules = service.schedules
    if not schedules and len(service.service_at_locations) == 1:
        place = service.service_at_locations[0]
        schedules = place.schedules or place.location.schedules
    return _own(schedules) or _expression(schedules, today)


def _own(schedules: Sequence[Schedule]) -> str | None:
    """The expression that all of them quote, when they are just what is made of it."""
    quoted = {schedule.description for schedule in schedules}
    expression = quoted.pop() if len(quoted) == 1 else None
    if not expression or len(expression) > 500:
        return None
    said = [
        ScheduleRow(each.freq, each.byday, each.opens_at, each.closes_at, each.description)
        for each in schedules
    ]
    if schedule_rows(expression) != said:
        return None
    return expression if _can_be_read(expression) else None


def _can_be_read(expression: str) -> bool:
    try:
        check_opening_hours(expression)
    except HoursError:
        return False
    return True


def _expression(schedules: Sequence[Schedule], today: date) -> str | None:
    timed = [each for each in schedules if each.opens_at and each.closes_at]
    dated = [each for each in timed if _is_one_day(each)]
    repeated = [each for each in timed if not _is_one_day(each) and not _is_over(each, today)]
    weekly = opening_hours_of(repeated) if repeated else None
    if repeated and weekly is None:
        return None
    ahead = sorted(
        (day, each.opens_at or "", each.closes_at or "")
        for each in dated
        if (day := each.dtstart or each.valid_from) is not None and day >= today
    )
    days = [
        f"{day.year} {_MONTHS[day.month - 1]} {day.day:02} {opens}-{closes}"
        for day, opens, closes in dict.fromkeys(ahead[:_MOST_DATES])
    ]
    # A comma adds to what stands before it; a semicolon would take a day's other hours back.
    return ", ".join([*([weekly] if weekly else []), *days]) or None


def _is_one_day(schedule: Schedule) -> bool:
    first = schedule.dtstart or schedule.valid_from
    last = schedule.until or schedule.valid_to
    return first is not None and not schedule.byday and (schedule.count == 1 or first == last)


def _is_over(schedule: Schedule, today: date) -> bool:
    last = min(filter(None, (schedule.valid_to, schedule.until)), default=None)
    return last is not None and last < today
