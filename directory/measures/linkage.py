"""The SELECT on visits before and after a person was linked to a service.

It is the dearest of the figures: a person's visits are compared with each other, so it reads each
of them once and lets the database tell the others by a window.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from directory.database import UtcDateTime
from directory.measures.expressions import seconds_between
from directory.measures.nested import Cohort, Side
from directory.measures.period import Span
from directory.referrals.models import Referral, ReferralEvent
from directory.referrals.states import UNSEEN, Status
from directory.visits.models import Visit


def repeat_visits(
    session: Session, span: Span, *, windows: Sequence[int], now: datetime
) -> list[Cohort]:
    """Of people whose first acceptance by a partner lies in `span`: visits in so many days before
    and after it. A cohort for each number of days, from the shortest on: those linked that long
    ago, and not as long as the next.

    The last visit before it, which led to it, counts on neither side.
    """
    linked = _linked(Span(span.start, min(span.end, now)))
    near = _visits_around(linked)
    sides: list[Any] = []
    for days in windows:
        longest = days * 86_400
        before = and_(near.c.occurred_at < near.c.led, near.c.apart >= -longest)
        after = and_(near.c.occurred_at > near.c.at, near.c.apart <= longest)
        sides += [
            _number(each).label(f"{name}_{days}")
            for name, each in (("before", before), ("after", after))
        ]
    # Most had the one visit that led to it, and no other: nothing is to be summed for them.
    other = or_(near.c.occurred_at < near.c.led, near.c.occurred_at > near.c.at)
    each = select(near.c.at, *sides).where(other).group_by(near.c.person_id, near.c.at).subquery()
    of_sides = [side for side in each.c if side.name != "at"]
    visits = [func.sum(side).label(side.name) for side in of_sides]
    visitors = [_number(side > 0).label(f"any_{side.name}") for side in of_sides]
    people = _by_cohort(session, linked.c.at, [func.count().label("people")], windows, now)
    near_them = _by_cohort(session, each.c.at, [*visits, *visitors], windows, now)
    return [
        Cohort(
            people.get(number, {}).get("people", 0),
            *(
                _side(near_them.get(number, {}), name, windows[: number + 1])
                for name in ("before", "after")
            ),
        )
        for number in range(len(windows))
    ]


def _by_cohort(
    session: Session, at: Any, counts: list[Any], windows: Sequence[int], now: datetime
) -> dict[int, dict[str, int]]:
    """These counts, by the number of the longest window that is over."""
    over = [
        (at <= now - timedelta(days=days), number)
        for number, days in reversed(tuple(enumerate(windows)))
    ]
    cohort = case(*over).label("cohort")
    statement = select(cohort, *counts).where(over[-1][0]).group_by(cohort)
    return {
        row["cohort"]: {name: int(number) for name, number in row.items()}
        for row in session.execute(statement).mappings()
    }


def _side(found: dict[str, int], name: str, windows: Sequence[int]) -> Side:
    return Side(
        tuple(found.get(f"{name}_{days}", 0) for days in windows),
        tuple(found.get(f"any_{name}_{days}", 0) for days in windows),
    )


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
