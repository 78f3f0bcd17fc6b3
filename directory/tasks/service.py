"""Opening, claiming, finishing and re-opening tasks."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import Conflict
from directory.people import queries as people
from directory.tasks import queries
from directory.tasks.models import Task, TaskKind, TaskStatus

# How long a person may wait for a person. Danger: evidence-based target of 15 minutes.
TARGETS = {
    TaskKind.DANGER: timedelta(minutes=15),
    TaskKind.OPTED_OUT_DANGER: timedelta(minutes=15),
    TaskKind.CALL_BACK: timedelta(hours=24),
    TaskKind.SEND_FAILED: timedelta(hours=24),
    TaskKind.UNANSWERED_CHECKINS: timedelta(hours=24),
    TaskKind.REFERRAL_QUESTION: timedelta(hours=4),
    TaskKind.TEXT_WAITING: timedelta(hours=1),
}
USUAL_TARGET = timedelta(hours=24)
# Each of these texts is worth a person's eyes by itself; the others are one task until done.
EACH_COUNTS = frozenset(queries.DANGER)


def open_task(  # noqa: PLR0913  # a task is exactly these facts
    session: Session,
    kind: TaskKind,
    *,
    person_id: str | None,
    now: datetime,
    note: str | None = None,
    inbound_id: str | None = None,
    referral_id: str | None = None,
    service_id: str | None = None,
    assigned_to: str | None = None,
) -> Task:
    """Open a task; one of a kind that is already open for the person is added to, not doubled.

    Without `assigned_to` it goes to the clinician whose caseload the person is in, if any.
    """
    if person_id is not None and kind not in EACH_COUNTS:
        waiting = queries.open_task(session, person_id, kind, referral_id=referral_id)
        if waiting is not None:
            _add_note(waiting, note)
            return waiting
    task = Task(
        kind=kind,
        person_id=person_id,
        note=note,
        inbound_id=inbound_id,
        referral_id=referral_id,
        service_id=service_id,
        assigned_to=assigned_to or _clinician_of(session, person_id),
        created_at=now,
        due_at=now + TARGETS.get(kind, USUAL_TARGET),
    )
    session.add(task)
    return task


def _clinician_of(session: Session, person_id: str | None) -> str | None:
    person = people.by_id(session, person_id) if person_id else None
    return person.clinician_id if person else None


def claim(task: Task, *, by: str, now: datetime, note: str | None = None) -> None:
    """Take a task. Raises Conflict where somebody else was first, or it is done."""
    if task.status != TaskStatus.OPEN:
        raise Conflict("task_not_open", "Someone has taken or finished this task already.")
    task.status, task.claimed_by, task.claimed_at = TaskStatus.CLAIMED, by, now
    _add_note(task, note)


def finish(task: Task, *, by: str, now: datetime, note: str | None = None) -> None:
    """It is done; `note` says how. Raises Conflict when it was done before."""
    if task.status == TaskStatus.DONE:
        raise Conflict("task_done", "This task is done already.")
    task.status, task.done_by, task.done_at, task.done_note = TaskStatus.DONE, by, now, note


def reopen(task: Task, *, now: datetime, note: str | None = None) -> None:
    """Give a claim back, or open again what was done. Raises Conflict when it is open.

    What was done has its whole time again, and what was noted then stays with it; what was only
    claimed has waited all along.
    """
    if task.status == TaskStatus.OPEN:
        raise Conflict("task_open", "This task is open already.")
    if task.status == TaskStatus.DONE:
        task.due_at = now + TARGETS.get(TaskKind(task.kind), USUAL_TARGET)
        task.escalated_at = None
        _add_note(task, task.done_note)
    task.status, task.reopened_at = TaskStatus.OPEN, now
    task.claimed_by = task.claimed_at = task.done_by = task.done_at = task.done_note = None
    _add_note(task, note)


def hand_over(session: Session, *, from_id: str, to_id: str, now: datetime) -> list[Task]:
    """A colleague's tasks become another's; what was claimed waits for the new one to claim."""
    moved = queries.not_done_of(session, from_id)
    for task in moved:
        task.assigned_to = to_id
        if task.claimed_by == from_id:
            reopen(task, now=now)
    return moved


def give_back_all(session: Session, staff_id: str, *, now: datetime) -> list[Task]:
    """What a colleague had claimed waits for somebody again, for they cannot do it any more: of a
    danger it is paged anew. Whose it was before it was claimed it stays, to be handed over.
    """
    given = [each for each in queries.not_done_of(session, staff_id) if each.claimed_by == staff_id]
    for task in given:
        reopen(task, now=now)
    return given


def _add_note(task: Task, note: str | None) -> None:
    if note:
        task.note = f"{task.note}\n{note}" if task.note else note
