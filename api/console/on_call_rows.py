"""The rows of the on-call roster: shifts, and the gaps between them, day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from directory.on_call import queries, roster
from directory.on_call.models import OnCallShift
from directory.on_call.roster import Span
from directory.people.models import Person
from directory.staff.models import StaffMember


@dataclass(frozen=True, slots=True)
class Row:
    """A shift, or a gap where `shift` is None. `ends_on`: the day it ends on, where that is another
    than it begins on. `why_not`: why its colleague is not paged, if so."""

    shift: OnCallShift | None
    starts_at: datetime
    ends_at: datetime
    starts_on: date
    ends_on: date | None
    why_not: str = ""


def rows_within(
    session: Session, within: Span, members: dict[str, StaffMember], zone: ZoneInfo
) -> list[Row]:
    """Shifts and gaps by their beginning. Who cannot be paged fills no gap."""
    found = queries.overlapping(session, starts_at=within.starts_at, ends_at=within.ends_at)
    silent = queries.getting_no_text(session)
    reasons = {
        each.id: _why_not(members.get(each.staff_id), silent.get(each.staff_id)) for each in found
    }
    covered = [Span(each.starts_at, each.ends_at) for each in found if not reasons[each.id]]
    rows = [_row(each, each, zone, why_not=reasons[each.id]) for each in found]
    rows += [_row(None, each, zone) for each in roster.gaps(covered, within)]
    return sorted(rows, key=_order)


def _order(row: Row) -> tuple[datetime, int, str]:
    if row.shift is None:
        return (row.starts_at, 0, "")
    return (row.starts_at, row.shift.position, row.shift.id)


def _why_not(member: StaffMember | None, silent: Person | None) -> str:
    """`silent`: what is known of their number, where it gets no text."""
    if member is None:
        return "removed"
    if member.phone is None:
        return "no_phone"
    if silent is None:
        return ""
    return "stopped" if silent.opted_out_at is not None else "unreachable"


def _row(
    shift: OnCallShift | None, span: Span | OnCallShift, zone: ZoneInfo, *, why_not: str = ""
) -> Row:
    starts_on = span.starts_at.astimezone(zone).date()
    ends_on = span.ends_at.astimezone(zone).date()
    other = ends_on if ends_on != starts_on else None
    return Row(shift, span.starts_at, span.ends_at, starts_on, other, why_not)


def by_day(rows: Iterable[Row]) -> dict[date, list[Row]]:
    """The rows under the day here on which they begin."""
    days: dict[date, list[Row]] = {}
    for row in rows:
        days.setdefault(row.starts_on, []).append(row)
    return days
