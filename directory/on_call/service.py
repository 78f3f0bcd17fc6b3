"""The on-call roster, and who takes up what they were paged for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import Conflict, Invalid, NotFound
from directory.on_call import queries
from directory.on_call.models import OnCallShift
from directory.staff import queries as staff
from directory.tasks import service as tasks

# A shift that is longer, or begins further off, is a slip of the pen.
LONGEST = timedelta(days=31)
PLAUSIBLE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewShift:
    """A colleague answers pages from `starts_at` until `ends_at` (aware, product time).

    `position`: 1 is paged first.
    """

    staff_id: str
    position: int
    starts_at: datetime
    ends_at: datetime


def add_shift(session: Session, new: NewShift, *, by: str, now: datetime) -> OnCallShift:
    """Put a shift on the roster.

    Raises NotFound for an unknown colleague, Invalid without a phone that a page reaches or with
    times that make no sense, Conflict where the colleague or the position has a shift at that time.
    """
    _require_sensible(new, now=now)
    member = staff.active_by_id(session, new.staff_id)
    if member is None:
        raise NotFound("staff_unknown", "There is no account with this id.")
    if member.phone is None:
        raise Invalid("phone_missing", "Register a phone for this colleague first.")
    _require_texts(session, member.id)
    for other in queries.overlapping(session, starts_at=new.starts_at, ends_at=new.ends_at):
        if other.staff_id == new.staff_id:
            raise Conflict("shift_overlaps", "This colleague is on call at that time already.")
        if other.position == new.position:
            raise Conflict("position_taken", "Somebody has this position at that time already.")
    shift = OnCallShift(
        staff_id=new.staff_id,
        position=new.position,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        created_by=by,
    )
    session.add(shift)
    session.flush()
    return shift


def remove_shift(session: Session, shift_id: str) -> None:
    """Take a shift off the roster. Raises NotFound."""
    shift = queries.shift_by_id(session, shift_id)
    if shift is None:
        raise NotFound("shift_unknown", "There is no such shift.")
    session.delete(shift)


def acknowledge(session: Session, staff_id: str, *, now: datetime) -> int:
    """Claim every open danger task that this colleague was paged for, which ends its paging.

    How many: 0 when somebody else was first, it is done, or it was given back in the meantime.
    """
    waiting = queries.paged_and_open(session, staff_id)
    for task in waiting:
        tasks.claim(task, by=staff_id, now=now)
    for page in queries.pages_to(session, staff_id, [task.id for task in waiting]):
        page.acknowledged_at = now
    return len(waiting)


def _require_texts(session: Session, staff_id: str) -> None:
    """Who gets no text would be on the roster and never be paged."""
    number = queries.getting_no_text(session).get(staff_id)
    if number is None:
        return
    if number.opted_out_at is not None:
        raise Invalid("phone_stopped", STOPPED)
    raise Invalid("phone_unreachable", UNREACHABLE)


STOPPED = "Texts to this colleague are stopped (STOP): let them text START from their phone first."
UNREACHABLE = (
    "No text reaches this colleague's phone: let them text us from it, or register another one."
)


def _require_sensible(new: NewShift, *, now: datetime) -> None:
    # By subtraction first: the ends of the calendar cannot be converted to another zone.
    if abs(new.starts_at - now) > PLAUSIBLE or abs(new.ends_at - now) > PLAUSIBLE:
        raise Invalid("shift_implausible", "Look at the dates of the shift again.")
    if new.ends_at <= now:
        raise Invalid("shift_over", "This shift has ended before it was written down.")
    if not timedelta(0) < new.ends_at - new.starts_at <= LONGEST:
        raise Invalid("shift_length", "A shift ends after it begins, and within 31 days.")
