"""The SELECT on visits before and after a person was linked to a service.

It is the dearest of the figures: a person's visits are compared with each other, so it reads each
of them once and lets the database tell the others by a window.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Subquery, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from directory.database import UtcDateTime
from directory.measures.expressions import seconds_between
from directory.measures.period import Span
from directory.referrals.models import Referral, ReferralEvent
from directory.referrals.states import UNSEEN, Status
from directory.visits.models import Visit


@dataclass(frozen=True, slots=True)
class Repeats:
    """Visits of people who were linked to a service, in as many days before as after.

    `people`: linked at least that long ago; `before`, `after`: their visits; `any_before`,
    `any_after`: those of them who had one.
    """

    days: int
    people: int
    before: int
    after: int
    any_before: int
    any_after: int


def repeat_visits(
    session: Session, span: Span, *, windows: Sequence[int], now: datetime
) -> list[Repeats]:
    """Of people whose first acceptance by a partner lies in `span`, for each number of days.

    The last visit before it, which led to it, counts on neither side.
    """
    linked = _linked(Span(span.start, min(span.end, now)))
    near = _visits_around(linked)
    people: list[Any] = []
    sides: list[Any] = []
    for days in windows:
        long_ago, longest = now - timedelta(days=days), days * 86_400
        people.append(_number(linked.c.at <= long_ago).label(f"people_{days}"))
        before = and_(near.c.occurred_at < near.c.led, near.c.apart >= -longest)
        after = and_(near.c.occurred_at > near.c.at, near.c.apart <= longest)
        sides += [
            _number(and_(near.c.at <= long_ago, each)).label(f"{name}_{days}")
            for name, each in (("before", before), ("after", after))
        ]
    # Most had the one visit that led to it, and no other: nothing is to be summed for them.
    other = or_(near.c.occurred_at < near.c.led, near.c.occurred_at > near.c.at)
    each = select(*sides).where(other).group_by(near.c.person_id).subquery()
    visits = [func.coalesce(func.sum(side), 0).label(side.name) for side in each.c]
    visitors = [_number(side > 0).label(f"any_{side.name}") for side in each.c]
    of_people, of_visits = select(*people).subquery(), select(*visits, *visitors).subquery()
    both = select(of_people, of_visits).join_from(of_people, of_visits, true())
    row = session.execute(both).mappings().one()
    names = ("people", "before", "after", "any_before", "any_after")
    return [Repeats(days, *(int(row[f"{name}_{days}"]) for name in names)) for days in windows]


def _number(which: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows are such."""
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


def _linked(span: Span) -> CTE:
    """Each person who was linked in `span`, and when."""
    # Whoever was linked before it has an event then; what was after it tells nothing.
    at = func.min(ReferralEvent.at, type_=UtcDateTime())
    return (
        select(Referral.person_id, at.label("at"))
        .join(ReferralEvent, ReferralEvent.referral_id == Referral.id)
        .where(
            ReferralEvent.status == Status.ACCEPTED,
            ReferralEvent.at < span.end,
            Referral.status.not_in(tuple(UNSEEN)),
        )
        .group_by(Referral.person_id)
        .having(at >= span.start)
        .cte("linked")
    )


def _visits_around(linked: CTE) -> Subquery:
    """Their visits: how many seconds after the linkage (`apart`), and the person's last until then
    (`led`). Each is read once: a window tells what the person's others say of it."""
    until_then = case((Visit.occurred_at <= linked.c.at, Visit.occurred_at))
    return (
        select(
            linked.c.person_id,
            linked.c.at,
            Visit.occurred_at,
            seconds_between(linked.c.at, Visit.occurred_at).label("apart"),
            func.max(until_then).over(partition_by=linked.c.person_id).label("led"),
        )
        .join_from(linked, Visit, Visit.person_id == linked.c.person_id)
        .where(Visit.voided_at.is_(None))
        .subquery()
    )
