"""Accounts: who may sign in, as what, and from which phone they text."""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console.access import (
    ADMINS,
    RESPONSIBLE,
    TheVisitor,
    Visitor,
    back_to,
    console_router,
    draw,
)
from api.deps import Id, ReadingSession, TheServices, WritingSession
from api.services import Services
from directory.errors import Conflict, HandoffError, NotFound
from directory.people.phone import masked
from directory.staff import passwords, queries, second_step
from directory.staff import service as staff
from directory.staff.models import Role, StaffMember

router = console_router("/staff", *RESPONSIBLE)
changing = console_router("/staff", *ADMINS)
PAGE = "/console/staff"


@router.get("")
def accounts(
    request: Request, visitor: TheVisitor, session: ReadingSession, done: str = ""
) -> HTMLResponse:
    return _page(request, visitor, session, done=done)


class NewAccount(BaseModel):
    """The form as it came."""

    email: str = ""
    name: str = ""
    role: Role = Role.CLINICIAN
    phone: str = ""
    password: str = ""


@changing.post("")
def add(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[NewAccount, Form()],
) -> Response:
    """What was wrong is said beside the form, which keeps everything but the password."""
    try:
        with session.begin_nested():
            member = staff.add(
                session,
                sent.email,
                sent.role,
                password=sent.password,
                phone=sent.phone.strip() or None,
                name=sent.name.strip() or None,
                now=services.clock.now(),
            )
    except HandoffError as error:
        return _page(request, visitor, session, problem=error, sent=sent)
    audit(session, services, visitor.member, "staff.add", subject_id=member.id)
    return back_to(PAGE, done="added")


@changing.post("/{staff_id}/role")
def change_role(
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    staff_id: Id,
    role: Annotated[Role, Form()],
) -> RedirectResponse:
    member = _member(session, staff_id)
    staff.set_role(session, member.email, role)
    return _noted(session, services, visitor, member, "role")


@changing.post("/{staff_id}/password")
def set_password(
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    staff_id: Id,
    password: Annotated[str, Form()],
) -> RedirectResponse:
    member = _member(session, staff_id)
    staff.set_password(session, member.email, password)
    return _noted(session, services, visitor, member, "password")


@changing.post("/{staff_id}/phone")
def set_phone(
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    staff_id: Id,
    phone: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """A number registers it; none says that the phone is lost, which ends its log-ins too."""
    member = _member(session, staff_id)
    if phone.strip():
        staff.set_phone(session, member.email, phone)
    else:
        staff.revoke_phone(session, member.email)
    return _noted(session, services, visitor, member, "phone")


@changing.post("/{staff_id}/second-step")
def reset_second_step(
    visitor: TheVisitor, session: WritingSession, services: TheServices, staff_id: Id
) -> RedirectResponse:
    """For a colleague whose phone and recovery codes are lost; one's own asks for a code."""
    member = _member(session, staff_id)
    if member.id == visitor.member.id:
        raise Conflict("second_step_own", "Turn your own second step off in your account.")
    second_step.reset(session, member)
    return _noted(session, services, visitor, member, "second_step")


@changing.post("/{staff_id}/remove")
def remove(
    visitor: TheVisitor, session: WritingSession, services: TheServices, staff_id: Id
) -> RedirectResponse:
    member = _member(session, staff_id)
    staff.set_role(session, member.email, Role.CLINICIAN)  # refuses the last administrator
    staff.remove(session, member.email, now=services.clock.now())
    return _noted(session, services, visitor, member, "removed")


def _noted(
    session: Session, services: Services, visitor: Visitor, member: StaffMember, what: str
) -> RedirectResponse:
    audit(session, services, visitor.member, f"staff.{what}", subject_id=member.id)
    return back_to(PAGE, done=what)


def _member(session: Session, staff_id: str) -> StaffMember:
    member = queries.active_by_id(session, staff_id)
    if member is None:
        raise NotFound("staff_unknown", "There is no such account.")
    return member


def _page(  # what the form shows again
    request: Request,
    visitor: Visitor,
    session: Session,
    *,
    done: str = "",
    problem: HandoffError | None = None,
    sent: NewAccount | None = None,
) -> HTMLResponse:
    return draw(
        request,
        visitor,
        "staff/staff.html",
        status=problem.status if problem else 200,
        members=queries.everyone(session),
        masked=masked,
        roles=list(Role),
        may_change=visitor.role in ADMINS,
        shortest=passwords.SHORTEST,
        done=done,
        problem=problem,
        sent=sent or NewAccount(),
    )
