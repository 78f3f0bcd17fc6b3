"""The on-call roster, and the switch that holds back what we start."""

from typing import Annotated

from fastapi import Path

from api.clinicians import on_call_schemas as schemas
from api.clinicians.access import EVERYONE, RESPONSIBLE, audit, router_for
from api.deps import Id, ReadingSession, TheServices, TheStaffMember, WritingSession
from directory.on_call import pause, queries
from directory.on_call import service as on_call
from directory.on_call.models import OnCallShift
from directory.on_call.service import NewShift

router = router_for(*EVERYONE)
supervising = router_for(*RESPONSIBLE)
ShiftId = Annotated[Id, Path(description="The id of a shift.")]


@router.get("/on-call/shifts")
def list_shifts(session: ReadingSession, services: TheServices) -> schemas.ShiftPage:
    """Shifts that run or are to come, the earliest first."""
    now = services.clock.now()
    shifts = queries.shifts(session, ending_after=now)
    paged = {member.id for member in queries.on_call(session, now=now)}
    return schemas.ShiftPage(
        items=[
            _shift(each, on_call_now=each.starts_at <= now and each.staff_id in paged)
            for each in shifts
        ]
    )


@supervising.post("/on-call/shifts", status_code=201, responses={404: {}, 409: {}})
def add_shift(
    body: schemas.ShiftBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> schemas.ShiftOut:
    """Put a colleague with a registered phone on call."""
    now = services.clock.now()
    new = NewShift(body.staff_id, body.position, body.starts_at, body.ends_at)
    shift = on_call.add_shift(session, new, by=member.id, now=now)
    audit(session, services, member, "shift.add", subject_id=shift.id)
    return _shift(shift, on_call_now=shift.starts_at <= now)


@supervising.delete("/on-call/shifts/{shift_id}", status_code=204, responses={404: {}})
def remove_shift(
    shift_id: ShiftId,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> None:
    """Take a shift off the roster, also one that runs."""
    on_call.remove_shift(session, shift_id)
    audit(session, services, member, "shift.remove", subject_id=shift_id)


@supervising.get("/pause")
def read_pause(session: ReadingSession) -> schemas.PauseOut:
    """Whether what we start is held back."""
    return _pause(session)


@supervising.post("/pause")
def start_pause(
    session: WritingSession, services: TheServices, member: TheStaffMember
) -> schemas.PauseOut:
    """Hold back everything that we start. Replies, pages and alarms go on."""
    pause.start(session, by=f"staff:{member.id}", now=services.clock.now())
    audit(session, services, member, "pause.start")
    return _pause(session)


@supervising.delete("/pause")
def end_pause(
    session: WritingSession, services: TheServices, member: TheStaffMember
) -> schemas.PauseOut:
    """Let everything go on; what has gone stale meanwhile is dropped."""
    if pause.end(session, by=f"staff:{member.id}", now=services.clock.now()):
        audit(session, services, member, "pause.end")
    return _pause(session)


def _shift(shift: OnCallShift, *, on_call_now: bool) -> schemas.ShiftOut:
    return schemas.ShiftOut(
        id=shift.id,
        staff_id=shift.staff_id,
        position=shift.position,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        on_call_now=on_call_now,
    )


def _pause(session: ReadingSession) -> schemas.PauseOut:
    standing = queries.pause_standing(session)
    return schemas.PauseOut(
        standing=standing is not None,
        started_at=standing.started_at if standing else None,
        started_by=standing.started_by if standing else None,
    )
