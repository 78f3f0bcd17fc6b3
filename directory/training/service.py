"""The record of CIT training, and how far the city's goals are reached.

The city's first goal was to certify 20 % of officers and designated staff; the next is the 40-hour
course for every officer (see the programme's performance page).
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from directory.errors import Invalid, NotFound
from directory.training import queries
from directory.training.models import CitMember, Unit

COURSE_HOURS = 40.0
MOST_HOURS = 1000.0
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Training:
    """What is written down of one member. `hours`: of the course, so far."""

    name: str
    unit: Unit
    hours: float = 0.0
    certified_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts of those who are in the programme. `share`: certified of all; None without members."""

    members: int
    certified: int
    completed: int
    officers: int
    officers_completed: int

    @property
    def share(self) -> float | None:
        return self.certified / self.members if self.members else None

    @property
    def course_share(self) -> float | None:
        """Of the officers, those who have done the 40 hours."""
        return self.officers_completed / self.officers if self.officers else None


def save(
    session: Session,
    training: Training,
    *,
    member_id: str | None,
    by: str,
    today: date,
    now: datetime,
) -> CitMember:
    """Write a member down, new or changed. Raises Invalid on what cannot be, NotFound."""
    _require_sensible(training, today=today)
    member = CitMember() if member_id is None else queries.by_id(session, member_id)
    if member is None:
        raise NotFound("cit_member_unknown", "There is nobody with this id in the programme.")
    member.name = " ".join(training.name.split())
    member.unit, member.hours = training.unit, training.hours
    member.certified_on, member.left_on = training.certified_on, training.left_on
    member.changed_by, member.changed_at = by, now
    session.add(member)
    session.flush()
    return member


def standing(members: list[CitMember]) -> Standing:
    """How far the goals are reached. Pure."""
    here = [each for each in members if each.left_on is None]
    officers = [each for each in here if each.unit == Unit.PATROL]
    return Standing(
        members=len(here),
        certified=sum(each.certified_on is not None for each in here),
        completed=sum(each.hours >= COURSE_HOURS for each in here),
        officers=len(officers),
        officers_completed=sum(each.hours >= COURSE_HOURS for each in officers),
    )


def _require_sensible(training: Training, *, today: date) -> None:
    if not training.name.strip() or len(training.name) > LONGEST_NAME:
        raise Invalid("name_invalid", f"A name has 1 to {LONGEST_NAME} characters.")
    if not 0 <= training.hours <= MOST_HOURS:
        raise Invalid("hours_invalid", f"Hours are a number from 0 to {MOST_HOURS:.0f}.")
    for day in (training.certified_on, training.left_on):
        if day is not None and day > today:
            raise Invalid("day_in_future", "This day is not yet: check the year.")
