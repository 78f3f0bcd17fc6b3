"""Check-in plans: everybody on the staff reads them, supervisors and administrators change them."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from api.checkins.schemas import PlanBody, PlanId, PlanOut, PlanPage
from api.clinicians.access import EVERYONE
from api.deps import (
    ReadingSession,
    StaffRoute,
    TheServices,
    TheStaffMember,
    WritingSession,
    require,
)
from directory.checkins import plans
from directory.checkins.plan import Step
from directory.errors import PreconditionFailed
from directory.staff.models import Role

router = APIRouter(
    prefix="/api/v1/checkin-plans",
    tags=["check-in plans"],
    dependencies=[Depends(require(*EVERYONE))],
    responses={401: {}, 403: {}},
    route_class=StaffRoute,
)


@router.get("")
def list_plans(session: ReadingSession) -> PlanPage:
    """Every plan, those that were taken out of the choices too."""
    return PlanPage(items=[PlanOut.of(each) for each in plans.every(session)])


@router.get("/{plan_id}", responses={404: {}, 422: {}})
def read_plan(plan_id: PlanId, session: ReadingSession, response: Response) -> PlanOut:
    """One plan; its `ETag` is what a change has to say in `If-Match`."""
    found = PlanOut.of(plans.plan(session, plan_id))
    response.headers["ETag"] = _etag(found)
    return found


@router.put(
    "/{plan_id}",
    dependencies=[Depends(require(Role.SUPERVISOR, Role.ADMIN))],
    responses={404: {}, 409: {}, 412: {}, 422: {}, 428: {}},
)
def put_plan(
    plan_id: PlanId,
    body: PlanBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> PlanOut:
    """Change a plan (say which version in `If-Match`), or make a new one (without `If-Match`)."""
    change = plans.PlanChange(
        name=body.name,
        steps=tuple(
            Step(timedelta(hours=step.after_hours), step.wording, step.asks) for step in body.steps
        ),
        working_days_only=body.working_days_only,
        safe_first=body.safe_first,
        named_sender=body.named_sender,
        default_for=tuple(dict.fromkeys(body.default_for)),
        active=body.active,
    )
    changed = plans.edit(
        session,
        plan_id,
        change,
        by=member.id,
        now=services.clock.now(),
        based_on=_version(if_match),
    )
    found = PlanOut.of(changed)
    response.headers["ETag"] = _etag(found)
    return found


def _etag(plan: PlanOut) -> str:
    return f'"{plan.version}"'


def _version(if_match: str | None) -> int | None:
    """The version in an `If-Match`. What we never gave out matches nothing."""
    if if_match is None:
        return None
    written = if_match.strip().strip('"')
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise PreconditionFailed("plan_changed", "Say in If-Match the ETag as it was given.")
    return int(written)
