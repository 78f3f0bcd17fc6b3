"""Tasks: what a person must do, claimed, done with a note, opened again."""

from typing import Annotated

from fastapi import Query
from sqlalchemy.orm import Session

from api import paging
from api.clinicians import schemas
from api.clinicians.access import EVERYONE, audit, audit_list, reads_words, router_for
from api.deps import Id, TheServices, TheStaffMember, WritingSession
from api.services import Services
from directory.errors import Forbidden, Invalid, NotFound
from directory.staff.models import Role, StaffMember
from directory.tasks import queries
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind, TaskStatus

router = router_for(*EVERYONE)


@router.get("/tasks")
def list_tasks(
    wanted: Annotated[schemas.TaskFilter, Query()],
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.TaskPage:
    """What a person must do: danger first, then the earliest due."""
    limit = wanted.limit
    rows = queries.page(
        session,
        person_id=wanted.person_id,
        status=wanted.status,
        kind=wanted.kind,
        mine=member.id if wanted.mine else None,
        overdue_at=services.clock.now() if wanted.overdue else None,
        after=_position(wanted.cursor),
        limit=limit + 1,
    )
    shown = rows[:limit]
    audit_list(
        session,
        services,
        member,
        "tasks.read",
        shown=[row.person_id for row in shown],
        asked_for=wanted.person_id,
    )
    following = _cursor(shown[-1]) if len(rows) > limit else None
    return schemas.TaskPage(items=[_out(row, member) for row in shown], next=following)


@router.patch("/tasks/{task_id}", responses={404: {}, 409: {}})
def change_task(
    task_id: Id,
    body: schemas.TaskChange,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.TaskOut:
    """Claim a task, give it back, say that it is done, or open it again."""
    task = apply(session, services, member, task_id, body.status, note=body.note)
    return _out(task, member)


def apply(  # who does what to which task, and why
    session: Session,
    services: Services,
    member: StaffMember,
    task_id: str,
    status: TaskStatus,
    *,
    note: str | None,
) -> Task:
    """What a member of staff says of a task, noted in the audit trail."""
    task = queries.by_id(session, task_id, for_update=True)
    if task is None:
        raise NotFound("task_unknown", "There is no such task.")
    now = services.clock.now()
    if status is TaskStatus.CLAIMED:
        tasks.claim(task, by=member.id, now=now, note=note)
    elif status is TaskStatus.DONE:
        tasks.finish(task, by=member.id, now=now, note=note)
    else:
        _require_theirs(task, member)
        tasks.reopen(task, now=now, note=note)
    audit(
        session,
        services,
        member,
        f"task.{status.value}",
        person_id=task.person_id,
        subject_id=task.id,
    )
    return task


def _require_theirs(task: Task, member: StaffMember) -> None:
    """Nobody takes a claimed task out of a colleague's hands, but a supervisor."""
    claimed_by_other = task.status == TaskStatus.CLAIMED and task.claimed_by != member.id
    if claimed_by_other and member.role == Role.CLINICIAN:
        raise Forbidden("task_of_others", "A colleague has claimed this: ask them or a supervisor.")


def _cursor(task: Task) -> str:
    rank, due_at, task_id = queries.position(task)
    return paging.encode(due_at, f"{rank}.{task_id}")


def _position(cursor: str | None) -> queries.Position | None:
    decoded = paging.decode(cursor)
    if decoded is None:
        return None
    due_at, place = decoded
    rank, _, task_id = place.partition(".")
    if rank not in ("0", "1") or not task_id:
        raise Invalid("cursor_invalid", "Use the `next` of the page before, unchanged.")
    return int(rank), due_at, task_id


def _out(row: Task, member: StaffMember) -> schemas.TaskOut:
    words = reads_words(member)
    return schemas.TaskOut(
        id=row.id,
        person_id=row.person_id,
        referral_id=row.referral_id,
        service_id=row.service_id,
        kind=TaskKind(row.kind),
        status=TaskStatus(row.status),
        note=row.note if words else None,
        due_at=row.due_at,
        created_at=row.created_at,
        assigned_to=row.assigned_to,
        claimed_by=row.claimed_by,
        claimed_at=row.claimed_at,
        escalated_at=row.escalated_at,
        reopened_at=row.reopened_at,
        done_by=row.done_by,
        done_at=row.done_at,
        done_note=row.done_note if words else None,
    )
