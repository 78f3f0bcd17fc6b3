"""Visits, check-ins, tasks and people, for staff. Every read of a person's record is audited."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import paging
from api.clinicians import schemas
from api.deps import (
    Id,
    ReadingSession,
    StaffRoute,
    TheServices,
    TheStaffMember,
    WritingSession,
    require,
)
from directory.checkins import queries as checkins
from directory.checkins.models import CheckIn, CheckInStatus
from directory.errors import Invalid, NotFound
from directory.languages import Language
from directory.people import queries as people
from directory.people import service as people_service
from directory.staff import queries as staff
from directory.staff.models import Role
from directory.tasks import queries as task_queries
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind, TaskStatus
from directory.visits import queries as visits
from directory.visits.models import CallType, FollowUp
from directory.visits.service import NewVisit, log_visit

EVERYONE = (Role.CLINICIAN, Role.SUPERVISOR, Role.ADMIN)
router = APIRouter(
    prefix="/api/v1",
    tags=["staff"],
    dependencies=[Depends(require(*EVERYONE))],
    responses={401: {}, 403: {}, 422: {}},
    route_class=StaffRoute,
)
PageSize = Annotated[int, Query(ge=1, le=200)]


@router.post("/visits", status_code=201)
def create_visit(
    body: schemas.VisitBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.LoggedVisit:
    """Log a response on scene; with consent its check-ins are planned."""
    now = services.clock.now()
    visit, planned = log_visit(
        session,
        NewVisit(
            phone=body.person.phone,
            name=body.person.name,
            language=body.person.language,
            safe_to_text=body.person.safe_to_text,
            call_type=body.call_type,
            occurred_at=body.occurred_at,
            consent_sms=body.consent.sms,
            consent_referral=body.consent.referral,
            consent_method=body.consent.method,
            disposition=body.disposition,
            follow_up=body.follow_up,
        ),
        clinician_id=member.id,
        quiet=services.quiet,
        now=now,
    )
    people_service.audit(
        session,
        actor=member.id,
        action="visit.create",
        person_id=visit.person_id,
        subject_id=visit.id,
        now=now,
    )
    return schemas.LoggedVisit(
        id=visit.id,
        person_id=visit.person_id,
        call_type=CallType(visit.call_type),
        occurred_at=visit.occurred_at,
        follow_up=FollowUp(visit.follow_up),
        checkins=[
            schemas.PlannedCheckIn(
                id=each.id, due_at=each.due_at, status=CheckInStatus(each.status)
            )
            for each in planned
        ],
    )


@router.get("/checkins")
def list_checkins(
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    person_id: Id | None = None,
    cursor: str | None = None,
    limit: PageSize = 50,
) -> schemas.CheckInPage:
    """Check-ins, the earliest due first."""
    rows = checkins.page(session, person_id=person_id, after=paging.decode(cursor), limit=limit + 1)
    _audit_list(session, services, member, "checkins.read", person_id, rows[:limit])
    following = (
        paging.encode(rows[limit - 1].due_at, rows[limit - 1].id) if len(rows) > limit else None
    )
    return schemas.CheckInPage(items=[_checkin(row) for row in rows[:limit]], next=following)


@router.get("/tasks")
def list_tasks(
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    person_id: Id | None = None,
    status: TaskStatus | None = None,
    cursor: str | None = None,
    limit: PageSize = 50,
) -> schemas.TaskPage:
    """What a person must do, the earliest due first."""
    rows = task_queries.page(
        session, person_id=person_id, status=status, after=paging.decode(cursor), limit=limit + 1
    )
    _audit_list(session, services, member, "tasks.read", person_id, rows[:limit])
    following = (
        paging.encode(rows[limit - 1].due_at, rows[limit - 1].id) if len(rows) > limit else None
    )
    return schemas.TaskPage(items=[_task(row) for row in rows[:limit]], next=following)


@router.patch("/tasks/{task_id}", responses={404: {}, 409: {}})
def change_task(
    task_id: Id,
    body: schemas.TaskChange,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.TaskOut:
    """Claim a task, or say that it is done."""
    task = task_queries.by_id(session, task_id)
    if task is None:
        raise NotFound("task_unknown", "There is no such task.")
    now = services.clock.now()
    if body.status is TaskStatus.CLAIMED:
        tasks.claim(task, by=member.id, now=now)
    elif body.status is TaskStatus.DONE:
        tasks.finish(task, by=member.id, now=now)
    else:
        raise Invalid("status_invalid", "A task can be claimed or done.")
    people_service.audit(
        session,
        actor=member.id,
        action=f"task.{body.status.value}",
        person_id=task.person_id,
        subject_id=task.id,
        now=now,
    )
    return _task(task)


@router.get("/people/{person_id}", responses={404: {}})
def read_person(
    person_id: Id, session: WritingSession, services: TheServices, member: TheStaffMember
) -> schemas.PersonOut:
    """One person's record; the reading is noted."""
    person = people.by_id(session, person_id)
    if person is None:
        raise NotFound("person_unknown", "There is no such person.")
    people_service.audit(
        session,
        actor=member.id,
        action="person.read",
        person_id=person.id,
        now=services.clock.now(),
    )
    return schemas.PersonOut(
        id=person.id,
        phone=person.phone,
        name=person.name,
        language=Language(person.language) if person.language else None,
        safe_to_text=person.safe_to_text,
        opted_out_at=person.opted_out_at,
        unreachable_because=person.unreachable_because,
        consents=[
            schemas.ConsentOut(
                purpose=each.purpose,
                given=each.given,
                method=each.method,
                recorded_at=each.recorded_at,
                revoked_at=each.revoked_at,
            )
            for each in people.consents_of(session, person.id)
        ],
        visits=visits.count_of(session, person.id),
    )


@router.get("/staff", dependencies=[Depends(require(Role.SUPERVISOR, Role.ADMIN))])
def list_staff(session: ReadingSession) -> schemas.StaffPage:
    """Accounts that are active."""
    return schemas.StaffPage(
        items=[
            schemas.StaffOut(id=each.id, email=each.email, role=Role(each.role))
            for each in staff.everyone(session)
        ]
    )


def _audit_list(
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    action: str,
    person_id: str | None,
    rows: Sequence[CheckIn | Task],
) -> None:
    """Note whose records a list has shown; a list that shows nobody's is noted once."""
    shown = {row.person_id for row in rows} or {person_id}
    now = services.clock.now()
    for each in sorted(shown, key=str):
        people_service.audit(session, actor=member.id, action=action, person_id=each, now=now)


def _checkin(row: CheckIn) -> schemas.CheckInOut:
    return schemas.CheckInOut(
        id=row.id,
        person_id=row.person_id,
        visit_id=row.visit_id,
        due_at=row.due_at,
        sent_at=row.sent_at,
        status=CheckInStatus(row.status),
        answer=row.answer,
        answered_at=row.answered_at,
    )


def _task(row: Task) -> schemas.TaskOut:
    return schemas.TaskOut(
        id=row.id,
        person_id=row.person_id,
        referral_id=row.referral_id,
        kind=TaskKind(row.kind),
        status=TaskStatus(row.status),
        note=row.note,
        due_at=row.due_at,
        created_at=row.created_at,
        claimed_by=row.claimed_by,
        done_at=row.done_at,
    )
