"""Every SELECT on tasks."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from directory.tasks.models import Task, TaskKind, TaskStatus


def by_id(session: Session, task_id: str) -> Task | None:
    return session.get(Task, task_id)


def open_task(
    session: Session, person_id: str, kind: TaskKind, *, referral_id: str | None = None
) -> Task | None:
    """A task of this kind that still waits for this person (about this referral, if any)."""
    return session.scalar(
        select(Task)
        .where(
            Task.person_id == person_id,
            Task.kind == kind,
            Task.referral_id == referral_id,
            Task.status == TaskStatus.OPEN,
        )
        .limit(1)
    )


def page(
    session: Session,
    *,
    person_id: str | None = None,
    status: TaskStatus | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Task]:
    """Tasks, the earliest due first."""
    statement = select(Task).order_by(Task.due_at, Task.id).limit(limit)
    if person_id is not None:
        statement = statement.where(Task.person_id == person_id)
    if status is not None:
        statement = statement.where(Task.status == status)
    if after is not None:
        due_at, task_id = after
        statement = statement.where(
            or_(Task.due_at > due_at, and_(Task.due_at == due_at, Task.id > task_id))
        )
    return list(session.scalars(statement))


def open_counts(session: Session) -> dict[str, int]:
    """How many tasks wait, by kind."""
    rows = session.execute(
        select(Task.kind, func.count()).where(Task.status == TaskStatus.OPEN).group_by(Task.kind)
    )
    return {str(kind): int(count) for kind, count in rows}
