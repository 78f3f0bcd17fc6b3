"""Every SELECT on check-ins."""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn, CheckInStatus


def by_id(session: Session, checkin_id: str) -> CheckIn | None:
    return session.get(CheckIn, checkin_id)


def due(session: Session, *, now: datetime, limit: int = 200) -> list[CheckIn]:
    """Planned check-ins whose time has come and that are not with the outbox yet."""
    return list(
        session.scalars(
            select(CheckIn)
            .where(
                CheckIn.status == CheckInStatus.PLANNED,
                CheckIn.queued_at.is_(None),
                CheckIn.due_at <= now,
            )
            .order_by(CheckIn.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def planned(session: Session, person_id: str) -> list[CheckIn]:
    return list(
        session.scalars(
            select(CheckIn)
            .where(CheckIn.person_id == person_id, CheckIn.status == CheckInStatus.PLANNED)
            .order_by(CheckIn.due_at)
        )
    )


def latest_sent(session: Session, person_id: str) -> CheckIn | None:
    """The newest check-in that the person has got and not answered."""
    newest = session.scalar(
        select(CheckIn)
        .where(
            CheckIn.person_id == person_id,
            CheckIn.status.in_((CheckInStatus.SENT, CheckInStatus.ANSWERED)),
        )
        .order_by(CheckIn.sent_at.desc())
        .limit(1)
    )
    return newest if newest is not None and newest.status == CheckInStatus.SENT else None


def unexamined(session: Session, *, sent_before: datetime, limit: int = 200) -> list[CheckIn]:
    """Sent, long enough ago to have been answered, and not looked at yet."""
    return list(
        session.scalars(
            select(CheckIn)
            .where(
                CheckIn.status == CheckInStatus.SENT,
                CheckIn.reason.is_(None),
                CheckIn.sent_at <= sent_before,
            )
            .order_by(CheckIn.sent_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def last_outcomes(
    session: Session, person_id: str, *, sent_before: datetime, limit: int
) -> list[str]:
    """Statuses of the newest check-ins that were sent by then, newest first."""
    return list(
        session.scalars(
            select(CheckIn.status)
            .where(
                CheckIn.person_id == person_id,
                CheckIn.status.in_((CheckInStatus.SENT, CheckInStatus.ANSWERED)),
                CheckIn.sent_at <= sent_before,
            )
            .order_by(CheckIn.sent_at.desc())
            .limit(limit)
        )
    )


def page(
    session: Session,
    *,
    person_id: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[CheckIn]:
    statement = select(CheckIn).order_by(CheckIn.due_at, CheckIn.id).limit(limit)
    if person_id is not None:
        statement = statement.where(CheckIn.person_id == person_id)
    if after is not None:
        due_at, checkin_id = after
        statement = statement.where(
            or_(CheckIn.due_at > due_at, and_(CheckIn.due_at == due_at, CheckIn.id > checkin_id))
        )
    return list(session.scalars(statement))
