"""Every SELECT on tasks."""

import hashlib
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from directory.database import LOCKED
from directory.tasks.models import Task, TaskKind, TaskStatus

DANGER = (TaskKind.DANGER, TaskKind.OPTED_OUT_DANGER)
# Named one by one: what is done is most of them, and "not done" would read it all.
WAITING = (TaskStatus.OPEN, TaskStatus.CLAIMED)
# Rank (0 for danger, 1 for the rest), due, id.
Position = tuple[int, datetime, str]


def by_id(session: Session, task_id: str, *, for_update: bool = False) -> Task | None:
    """`for_update`: of two who claim it at once one is first."""
    return session.get(Task, task_id, with_for_update=LOCKED if for_update else None)


def position(task: Task) -> Position:
    """Where a task stands in a list: danger first, then by when it is due."""
    return (0 if task.kind in DANGER else 1), task.due_at, task.id


def open_task(
    session: Session, person_id: str, kind: TaskKind, *, referral_id: str | None = None
) -> Task | None:
    """A task of this kind that still waits for this person (about this referral, if any).

    Locked, so that what is just being claimed or finished is judged anew after that: who adds to
    it would otherwise add to what nobody looks at any more.
    """
    return session.scalar(
        select(Task)
        .where(
            Task.person_id == person_id,
            Task.kind == kind,
            Task.referral_id == referral_id,
            Task.status == TaskStatus.OPEN,
        )
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def page(  # noqa: PLR0913  # the filters of the list
    session: Session,
    *,
    person_id: str | None = None,
    status: TaskStatus | None = None,
    kind: TaskKind | None = None,
    mine: str | None = None,
    overdue_at: datetime | None = None,
    not_done: bool = False,
    after: Position | None = None,
    limit: int = 50,
) -> list[Task]:
    """Tasks, danger first, then the earliest due.

    `mine`: of this colleague: claimed by them, or assigned to them and claimed by nobody.
    `overdue_at`: not done, and due by that moment.
    """
    rank = case((Task.kind.in_(DANGER), 0), else_=1)
    statement = select(Task).order_by(rank, Task.due_at, Task.id).limit(limit)
    if person_id is not None:
        statement = statement.where(Task.person_id == person_id)
    if status is not None:
        statement = statement.where(Task.status == status)
    if kind is not None:
        statement = statement.where(Task.kind == kind)
    if mine is not None:
        waiting = and_(Task.assigned_to == mine, Task.claimed_by.is_(None))
        statement = statement.where(or_(Task.claimed_by == mine, waiting))
    if overdue_at is not None:
        statement = statement.where(Task.status.in_(WAITING), Task.due_at <= overdue_at)
    if not_done:
        statement = statement.where(Task.status.in_(WAITING))
    if after is not None:
        last_rank, due_at, task_id = after
        later = or_(Task.due_at > due_at, and_(Task.due_at == due_at, Task.id > task_id))
        statement = statement.where(or_(rank > last_rank, and_(rank == last_rank, later)))
    return list(session.scalars(statement))


def newly_overdue(session: Session, *, now: datetime, limit: int) -> list[Task]:
    """Past their time, not done, and no supervisor knows of it yet."""
    return list(
        session.scalars(
            select(Task)
            .where(
                Task.status.in_(WAITING),
                Task.due_at <= now,
                Task.escalated_at.is_(None),
            )
            .order_by(Task.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def claimed_by(session: Session, staff_id: str) -> list[Task]:
    """What a colleague has taken and not finished, however much that is."""
    return list(
        session.scalars(
            select(Task).where(Task.status == TaskStatus.CLAIMED, Task.claimed_by == staff_id)
        )
    )


def not_done_of(session: Session, staff_id: str) -> list[Task]:
    """What a colleague still has to do: assigned to them or claimed by them. Locked, as it is
    about to become somebody else's.
    """
    return list(
        session.scalars(
            select(Task)
            .where(
                Task.status.in_(WAITING),
                or_(Task.assigned_to == staff_id, Task.claimed_by == staff_id),
            )
            .order_by(Task.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def has_claimed(session: Session, staff_id: str, person_id: str) -> bool:
    """Whether a colleague is at work for this person."""
    found = session.scalar(
        select(Task.id)
        .where(
            Task.person_id == person_id,
            Task.claimed_by == staff_id,
            Task.status == TaskStatus.CLAIMED,
        )
        .limit(1)
    )
    return found is not None


def open_counts(session: Session) -> dict[str, int]:
    """How many tasks wait, by kind."""
    rows = session.execute(
        select(Task.kind, func.count()).where(Task.status == TaskStatus.OPEN).group_by(Task.kind)
    )
    return {str(kind): int(count) for kind, count in rows}


def oldest_danger(session: Session, status: TaskStatus) -> datetime | None:
    """Since when (product time) the danger waits that waits longest in this state."""
    waiting = (Task.status == status, Task.kind.in_(DANGER))
    return session.scalar(
        select(func.min(func.coalesce(Task.reopened_at, Task.created_at))).where(*waiting)
    )


def open_dangers(session: Session) -> int:
    """How many people in danger nobody has taken on."""
    waiting = select(func.count()).where(Task.status == TaskStatus.OPEN, Task.kind.in_(DANGER))
    return session.scalar(waiting) or 0


def fingerprint(session: Session) -> str:
    """Changes with every task that is opened, added to, claimed, done or opened again: for who
    watches the list. Of what waits alone, for this is asked all the time, and what is done is most.
    """
    shown = (Task.id, Task.status, Task.claimed_by, Task.assigned_to, Task.due_at, Task.reopened_at)
    # Nobody can read a note here, and what is added to one makes it longer.
    waiting = select(*shown, func.length(Task.note)).where(Task.status.in_(WAITING))
    rows = session.execute(waiting.order_by(Task.id)).all()
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:32]


def overdue_count(session: Session, *, now: datetime) -> int:
    """How many tasks are past their time and not done."""
    waiting = select(func.count()).where(Task.status.in_(WAITING), Task.due_at <= now)
    return session.scalar(waiting) or 0


def not_done_about(session: Session, referral_id: str, kind: TaskKind) -> list[Task]:
    """Tasks of this kind about a referral that wait or were claimed."""
    return list(
        session.scalars(
            select(Task).where(
                Task.referral_id == referral_id,
                Task.kind == kind,
                Task.status.in_(WAITING),
            )
        )
    )


def not_done_of_kind(session: Session, person_id: str, kind: TaskKind) -> list[Task]:
    """Tasks of this kind about a person that wait or were claimed."""
    return list(
        session.scalars(
            select(Task).where(
                Task.person_id == person_id,
                Task.kind == kind,
                Task.status.in_(WAITING),
            )
        )
    )
