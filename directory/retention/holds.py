"""Legal holds: what counsel has ordered to be kept. They beat purge, erase and redaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, or_, select
from sqlalchemy.orm import Session

from directory.database import Base
from directory.errors import Conflict, Invalid, NotFound
from directory.people import queries as people
from directory.people import service as people_service
from directory.referrals.models import Referral
from directory.retention.models import LegalHold
from directory.tasks.models import Task

LONGEST_REASON = 500


def add(
    session: Session, *, person_id: str | None, reason: str, by: str, now: datetime
) -> LegalHold:
    """Hold one person's record, or with None everything. Raises NotFound, Invalid."""
    reason = reason.strip()
    if not 3 <= len(reason) <= LONGEST_REASON:
        raise Invalid("hold_reason_missing", "Say why: the case or the request, in a few words.")
    if person_id is not None:
        # Locked, so that of a hold and an erasing at once one is first, and the other sees it.
        person = people.by_id(session, person_id, for_update=True)
        if person is None or person.erased_at is not None:
            raise NotFound("person_unknown", "There is no such person: erased, or never known.")
    hold = LegalHold(person_id=person_id, reason=reason, placed_by=by, placed_at=now)
    session.add(hold)
    session.flush()
    people_service.audit(
        session, actor=by, action="hold.add", person_id=person_id, subject_id=hold.id, now=now
    )
    return hold


def release(session: Session, hold_id: str, *, by: str, now: datetime) -> LegalHold:
    """End a hold; what it covered is again subject to the rules. Raises NotFound, Conflict."""
    hold = session.get(LegalHold, hold_id, with_for_update=True)
    if hold is None:
        raise NotFound("hold_unknown", "There is no hold with this id: see `handoff hold list`.")
    if hold.released_at is not None:
        raise Conflict("hold_released", "This hold was released before.")
    hold.released_by, hold.released_at = by, now
    people_service.audit(
        session,
        actor=by,
        action="hold.release",
        person_id=hold.person_id,
        subject_id=hold.id,
        now=now,
    )
    return hold


def listed(session: Session, *, released: bool = False) -> list[LegalHold]:
    """Standing holds, the oldest first; with `released` those that have ended too."""
    statement = select(LegalHold).order_by(LegalHold.placed_at, LegalHold.id)
    if not released:
        statement = statement.where(LegalHold.released_at.is_(None))
    return list(session.scalars(statement))


def standing_on(session: Session, person_id: str) -> LegalHold | None:
    """A hold that covers this person, if any."""
    return session.scalar(
        select(LegalHold)
        .where(
            LegalHold.released_at.is_(None),
            or_(LegalHold.person_id.is_(None), LegalHold.person_id == person_id),
        )
        .order_by(LegalHold.placed_at)
        .limit(1)
    )


def require_none(session: Session, person_id: str) -> None:
    """Raise Conflict `legal_hold` where a hold covers this person."""
    hold = standing_on(session, person_id)
    if hold is not None:
        whom = "everything" if hold.person_id is None else "this person's record"
        raise Conflict(
            "legal_hold",
            f"A legal hold stands on {whom} since {hold.placed_at:%Y-%m-%d} ({hold.id}): nothing "
            "of it may be removed until counsel has it released.",
            hold_id=hold.id,
        )


def uncovered(table: Table) -> ColumnElement[bool]:
    """True for the rows of a table that no standing hold covers."""
    standing = LegalHold.released_at.is_(None)
    theirs = [LegalHold.person_id == person for person in persons_of(table)]
    return ~exists().where(and_(standing, or_(LegalHold.person_id.is_(None), *theirs)))


def persons_of(table: Table) -> list[ColumnElement[Any]]:
    """Whose row it is, as expressions: by its own column, or by that of what it belongs to.

    Each is about the row at hand, however deep in a statement it stands: unless told so, SQLAlchemy
    lets a second subquery look at all rows of the table.
    """
    columns, found = table.columns, list[ColumnElement[Any]]()
    if table is Base.metadata.tables["people"]:
        return [columns["id"]]
    if "person_id" in columns:
        found.append(columns["person_id"])
    if "referral_id" in columns:
        of_referral = select(Referral.person_id).where(Referral.id == columns["referral_id"])
        found.append(of_referral.correlate(table).scalar_subquery())
    if "task_id" in columns:
        of_task = select(Task.person_id).where(Task.id == columns["task_id"])
        found.append(of_task.correlate(table).scalar_subquery())
    return found
