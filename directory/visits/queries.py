"""Every SELECT on visits. A voided visit is listed where it is asked for, and counts nowhere."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn
from directory.visits.models import Visit


@dataclass(frozen=True, slots=True)
class Logged:
    """Visits logged until a moment; of them all, or those that were logged, corrected or voided
    since another."""

    until: datetime
    changed_since: datetime | None = None


def by_id(session: Session, visit_id: str) -> Visit | None:
    return session.get(Visit, visit_id)


def by_upload_index(session: Session, upload_index: str) -> Visit | None:
    """What the same row of a file has made before; also what was voided since."""
    return session.scalar(select(Visit).where(Visit.upload_index == upload_index))


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
    logged: Logged | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Visit]:
    """Visits, voided ones too, the earliest first."""
    statement = select(Visit).order_by(Visit.occurred_at, Visit.id).limit(limit)
    if logged is not None:
        statement = statement.where(*_within(logged))
    if person_id is not None:
        statement = statement.where(Visit.person_id == person_id)
    if after is not None:
        at, visit_id = after
        later = and_(Visit.occurred_at == at, Visit.id > visit_id)
        statement = statement.where(or_(Visit.occurred_at > at, later))
    return list(session.scalars(statement))


def people_of(session: Session, logged: Logged) -> list[str]:
    """Whose visits these are, each once."""
    statement = select(Visit.person_id).distinct().where(*_within(logged))
    return sorted(session.scalars(statement))


def _within(logged: Logged) -> list[ColumnElement[bool]]:
    conditions = [Visit.created_at <= logged.until]
    if logged.changed_since is not None:
        moments = (Visit.created_at, Visit.corrected_at, Visit.voided_at)
        conditions.append(or_(*(moment >= logged.changed_since for moment in moments)))
    return conditions


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
