"""Every SELECT on visits. A voided visit is listed where it is asked for, and counts nowhere."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn
from directory.visits.models import Visit


def by_id(session: Session, visit_id: str) -> Visit | None:
    return session.get(Visit, visit_id)


def count_of(session: Session, person_id: str) -> int:
    """How often this person was visited."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Visit)
            .where(Visit.person_id == person_id, Visit.voided_at.is_(None))
        )
        or 0
    )


def standing_of(session: Session, person_id: str) -> list[Visit]:
    """The visits of a person that count, the last one logged first."""
    return list(
        session.scalars(
            select(Visit)
            .where(Visit.person_id == person_id, Visit.voided_at.is_(None))
            .order_by(Visit.created_at.desc(), Visit.id)
        )
    )


def page(
    session: Session,
    *,
    person_id: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Visit]:
    """Visits, voided ones too, the earliest first."""
    statement = select(Visit).order_by(Visit.occurred_at, Visit.id).limit(limit)
    if person_id is not None:
        statement = statement.where(Visit.person_id == person_id)
    if after is not None:
        at, visit_id = after
        later = and_(Visit.occurred_at == at, Visit.id > visit_id)
        statement = statement.where(or_(Visit.occurred_at > at, later))
    return list(session.scalars(statement))


def checkins_of(session: Session, visit_id: str) -> list[CheckIn]:
    """Every check-in that a visit has planned, whatever became of it."""
    return checkins_by_visit(session, [visit_id]).get(visit_id, [])


def checkins_by_visit(session: Session, visit_ids: Collection[str]) -> dict[str, list[CheckIn]]:
    """The same for several visits; those without are left out."""
    found: dict[str, list[CheckIn]] = {}
    rows = session.scalars(
        select(CheckIn)
        .where(CheckIn.visit_id.in_(tuple(visit_ids)))
        .order_by(CheckIn.due_at, CheckIn.id)
    )
    for checkin in rows:
        found.setdefault(checkin.visit_id, []).append(checkin)
    return found
