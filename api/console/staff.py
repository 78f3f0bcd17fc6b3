"""Accounts: who may sign in, as what, and from which phone they text."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console import once as repeats
from api.console.access import (
    ADMINS,
    RESPONSIBLE,
    TheVisitor,
    Visitor,
    back_to,
    console_router,
    draw,
)
from api.deps import Id, ReadingSession, TheServices, WritingSession, get_services
from api.services import Services
from directory.clock import wall_now
from directory.errors import Conflict, HandoffError, Invalid, NotFound
from directory.people.phone import masked
from directory.staff import first_codes, queries, second_step
from directory.staff import service as staff
from directory.staff.first_codes import FirstCode
from directory.staff.models import Role, StaffMember
from directory.tasks import service as tasks

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

    once: repeats.Key
    email: str = ""
    name: str = ""
    role: Role = Role.CLINICIAN
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """A code that is shown to the admin once, to be handed over."""

    member: StaffMember
    first: FirstCode


@changing.post("")
def add(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[NewAccount, Form()],
) -> Response:
    """The answer shows the code with which they choose a password; what was wrong is said beside
    the form. Sent twice, the account is made once, and the second code is the one that holds."""

    def make() -> str:
        member = staff.add(
            session,
            sent.email,
            sent.role,
            password=None,
            phone=sent.phone.strip() or None,
            name=sent.name.strip() or None,
            now=services.clock.now(),
        )
        audit(session, services, visitor.member, "staff.add", subject_id=member.id)
        return member.id

    body = f"account {sent.email} {sent.name} {sent.role} {sent.phone}"
    try:
        with session.begin_nested():
            staff_id = repeats.once(session, visitor, sent.once, body, make)
    except HandoffError as error:
        return _page(request, visitor, session, problem=error, sent=sent)
    member = _member(session, staff_id)
    if member.password_hash is not None:  # the form came again, long after
        return back_to(PAGE)
    return _handed(request, visitor, session, member, done="added")


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


@changing.post("/{staff_id}/code")
def new_code(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    staff_id: Id,
) -> HTMLResponse:
    """For a colleague who has forgotten the password: the old one and every log-in end."""
    member = _member(session, staff_id)
    if member.id == visitor.member.id:
        raise Conflict("first_code_own", "Change your own password in your account.")
    audit(session, services, visitor.member, "staff.code", subject_id=member.id)
    return _handed(request, visitor, session, member, done="code")


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
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    staff_id: Id,
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """What they had taken waits for somebody again at once: they cannot finish it any more."""
    member = _member(session, staff_id)
    if not sure:
        unsure = Invalid("not_confirmed", "Tick that the account is to end.")
        return _page(request, visitor, session, problem=unsure, unconfirmed=member.id)
    staff.set_role(session, member.email, Role.CLINICIAN)  # refuses the last administrator
    now = services.clock.now()
    staff.remove(session, member.email, now=now)
    for task in tasks.give_back_all(session, member.id, now=now):
        audit(
            session,
            services,
            visitor.member,
            "task.open",
            person_id=task.person_id,
            subject_id=task.id,
        )
    return _noted(session, services, visitor, member, "removed")


def _handed(
    request: Request, visitor: Visitor, session: Session, member: StaffMember, *, done: str
) -> HTMLResponse:
    """The page, with a new code on it: it stands in no address and in no history."""
    first = first_codes.issue(session, member, wall=wall_now())
    return _page(request, visitor, session, done=done, handed=Handed(member, first))


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
    handed: Handed | None = None,
    unconfirmed: str = "",
) -> HTMLResponse:
    """`unconfirmed`: whose account was to end without the tick."""
    return draw(
        request,
        visitor,
        "staff/staff.html",
        status=problem.status if problem else 200,
        members=queries.everyone(session),
        masked=masked,
        roles=list(Role),
        may_change=visitor.role in ADMINS,
        handed=handed,
        address=f"{get_services(request).settings.base_url}{first_codes.PAGE}",
        done=done,
        problem=problem,
        unconfirmed=unconfirmed,
        sent=sent or NewAccount(once=repeats.fresh()),
        once=repeats.key_after(problem, sent.once) if sent else repeats.fresh(),
    )
