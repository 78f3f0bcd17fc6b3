"""Partners' changes that wait for approval: supervisors and administrators decide."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from api import paging
from api.clinicians.access import RESPONSIBLE, PageSize, audit
from api.clinicians.schemas import Body, Note
from api.deps import Id, StaffRoute, TheServices, TheStaffMember, WritingSession, require
from directory.listings import approvals
from directory.listings import edit_queries as queries
from directory.listings.change_models import ChangeStatus, ListingChange
from directory.listings.models import Service
from directory.referrals import actors

router = APIRouter(
    prefix="/api/v1/directory/changes",
    tags=["directory changes"],
    dependencies=[Depends(require(*RESPONSIBLE))],
    responses={401: {}, 403: {}, 422: {}},
    route_class=StaffRoute,
)


class ChangeOut(BaseModel):
    """One field of one listing. `service`, `organization`: their names; null once they are gone."""

    id: str
    change_set: str
    organization_id: str
    organization: str | None
    service_id: str
    service: str | None
    field: str
    before: Any
    after: Any
    status: ChangeStatus
    by: str
    at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    task_id: str | None


class ChangePage(BaseModel):
    items: list[ChangeOut]
    next: str | None


class ChangeFilter(BaseModel):
    status: ChangeStatus | None = None
    organization_id: Id | None = None
    service_id: Id | None = None
    cursor: str | None = Field(default=None, max_length=2000)
    limit: PageSize = 50


class DeclineBody(Body):
    """`reason`: the partner reads it in its listing's history."""

    reason: Note | None = None


@router.get("")
def list_changes(
    wanted: Annotated[ChangeFilter, Query()],
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> ChangePage:
    """Changes of listings, the oldest first; `status=pending`: what has to be decided."""
    rows = queries.changes(
        session,
        status=wanted.status,
        organization_id=wanted.organization_id,
        service_id=wanted.service_id,
        after=paging.decode(wanted.cursor),
        limit=wanted.limit + 1,
    )
    shown = rows[: wanted.limit]
    audit(session, services, member, "listing_changes.read", subject_id=wanted.service_id)
    more = len(rows) > wanted.limit
    following = paging.encode(shown[-1].at, shown[-1].id) if more else None
    return ChangePage(items=[_out(session, each) for each in shown], next=following)


@router.post("/{change_id}/approve", responses={404: {}, 409: {}})
def approve_change(
    change_id: Id, session: WritingSession, services: TheServices, member: TheStaffMember
) -> ChangeOut:
    """Apply it; everybody sees it at once, and the partner is told.

    403 `own_change` to who proposed it, unless nobody else could decide. 409
    `listing_changed_since` when the field is no longer what the partner saw (`current`).
    """
    change = approvals.approve(
        session, change_id, by=actors.staff(member.id).by, now=services.clock.now()
    )
    audit(session, services, member, "listing_change.approve", subject_id=change.id)
    return _out(session, change)


@router.post("/{change_id}/decline", responses={404: {}, 409: {}})
def decline_change(
    change_id: Id,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    body: DeclineBody | None = None,
) -> ChangeOut:
    """Leave the listing as it is; the partner is told."""
    change = approvals.decline(
        session,
        change_id,
        by=actors.staff(member.id).by,
        reason=body.reason if body else None,
        now=services.clock.now(),
    )
    audit(session, services, member, "listing_change.decline", subject_id=change.id)
    return _out(session, change)


def _out(session: WritingSession, change: ListingChange) -> ChangeOut:
    service = session.get(Service, change.service_id)
    return ChangeOut(
        id=change.id,
        change_set=change.change_set,
        organization_id=change.organization_id,
        organization=service.organization.name if service else None,
        service_id=change.service_id,
        service=service.name if service else None,
        field=change.field,
        before=change.before,
        after=change.after,
        status=ChangeStatus(change.status),
        by=change.by,
        at=change.at,
        decided_by=change.decided_by,
        decided_at=change.decided_at,
        reason=change.reason,
        task_id=change.task_id,
    )
