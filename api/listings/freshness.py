"""How true the listings are: what was asked, what nobody answers, and the word of staff on it."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from api import paging
from api.clinicians.access import EVERYONE, RESPONSIBLE, PageSize, audit
from api.clinicians.schemas import Body, Note
from api.deps import (
    Id,
    ReadingSession,
    StaffRoute,
    TheServices,
    TheStaffMember,
    WritingSession,
    require,
)
from directory.freshness import queries
from directory.freshness import service as freshness
from directory.freshness.models import Freshness, FreshnessCheck
from directory.freshness.shown import shown
from directory.listings.models import Service

router = APIRouter(
    prefix="/api/v1/directory/freshness",
    tags=["directory freshness"],
    dependencies=[Depends(require(*EVERYONE))],
    responses={401: {}, 403: {}, 422: {}},
    route_class=StaffRoute,
)


class FreshnessOut(BaseModel):
    """One listing. `ask_at`: when its partner is asked (again). `asked_at` and what follows: of the
    asking that nobody has answered. `reports`: what people say is wrong and nobody has settled."""

    service_id: str
    service: str
    organization_id: str
    organization: str
    freshness: Freshness
    assured_date: date | None
    last_checked: date | None
    ask_at: datetime | None
    asked_at: datetime | None
    reminded_at: datetime | None
    escalated_at: datetime | None
    lowered_at: datetime | None
    withheld_at: datetime | None
    next_step: str | None
    next_at: datetime | None
    task_id: str | None
    reports: list[str]


class FreshnessPage(BaseModel):
    """`counts`: of all listings, by how fresh they are, and how many are overdue."""

    counts: dict[str, int]
    items: list[FreshnessOut]
    next: str | None


class FreshnessFilter(BaseModel):
    """Without `state` and `overdue`: everything that is not fresh."""

    state: Freshness | None = None
    overdue: bool = False
    cursor: str | None = Field(default=None, max_length=2000)
    limit: PageSize = 50


class ConfirmBody(Body):
    """`note`: who said so, on which number; it ends the tasks about this listing."""

    note: Note | None = None


class WithholdBody(Body):
    """`reason`: the partner reads it in its listing's history."""

    reason: Note


@router.get("")
def list_freshness(
    wanted: Annotated[FreshnessFilter, Query()], session: ReadingSession, services: TheServices
) -> FreshnessPage:
    """How many listings are fresh, asked, lowered, withheld; and which, by when they are due."""
    now = services.clock.now()
    rows = queries.page(
        session,
        state=wanted.state,
        overdue_at=now if wanted.overdue else None,
        after=paging.decode(wanted.cursor),
        limit=wanted.limit + 1,
    )
    page = rows[: wanted.limit]
    last = page[-1] if len(rows) > wanted.limit else None
    following = paging.encode(last.ask_at, last.id) if last and last.ask_at else None
    counts = queries.counts(session) | {"overdue": queries.overdue_count(session, now=now)}
    checks = queries.open_checks(session, [service.id for service in page])
    by_service = {check.service_id: check for check in checks}
    return FreshnessPage(
        counts=counts,
        items=[_out(session, each, by_service.get(each.id)) for each in page],
        next=following,
    )


@router.post("/{service_id}/confirm", responses={404: {}})
def confirm_listing(
    service_id: Id,
    body: ConfirmBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> FreshnessOut:
    """A colleague has asked the partner, by phone say: the listing is right as it stands."""
    service = freshness.confirm_by_staff(
        session, service_id, staff_id=member.id, note=body.note, now=services.clock.now()
    )
    audit(session, services, member, "listing.confirm", subject_id=service.id)
    return _out(session, service, None)


@router.post(
    "/{service_id}/withhold",
    responses={404: {}, 409: {}},
    dependencies=[Depends(require(*RESPONSIBLE))],
)
def withhold_listing(
    service_id: Id,
    body: WithholdBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> FreshnessOut:
    """Show a listing to nobody until somebody confirms it. A supervisor decides, never a report."""
    service = freshness.withhold(
        session, service_id, staff_id=member.id, reason=body.reason, now=services.clock.now()
    )
    audit(session, services, member, "listing.withhold", subject_id=service.id)
    checks = queries.open_checks(session, [service.id])
    return _out(session, service, checks[0] if checks else None)


def _out(session: ReadingSession, service: Service, check: FreshnessCheck | None) -> FreshnessOut:
    return FreshnessOut(
        service_id=service.id,
        service=service.name,
        organization_id=service.organization_id,
        organization=service.organization.name,
        freshness=Freshness(service.freshness),
        assured_date=service.assured_date,
        last_checked=shown(service).checked,
        ask_at=service.ask_at,
        asked_at=check.asked_at if check else None,
        reminded_at=check.reminded_at if check else None,
        escalated_at=check.escalated_at if check else None,
        lowered_at=check.lowered_at if check else None,
        withheld_at=check.withheld_at if check else None,
        next_step=check.next_step if check else None,
        next_at=check.next_at if check else None,
        task_id=check.task_id if check else None,
        reports=[report.kind for report in queries.open_reports(session, service.id)],
    )
