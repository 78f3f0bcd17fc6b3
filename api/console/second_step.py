"""The second step of my own sign-in: set up, recovery codes, turned off."""

import hashlib
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console.access import (
    COOKIE,
    EVERYONE,
    SECOND_STEP,
    TheVisitor,
    Visitor,
    back_to,
    console_router,
    draw,
    visitor_of,
)
from api.deps import ReadingSession, TheServices, WritingSession
from api.public.pages.codes import code_of
from api.services import Services
from directory.clock import wall_now
from directory.errors import NotFound
from directory.staff import queries, second_step, sessions
from directory.staff import service as staff
from directory.staff.models import StaffMember

router = console_router("/account/second-step", *EVERYONE)


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


WRONG_CODE = _(
    "This code is wrong, was used before or is too old. Type the one that the app shows now."
)
WRONG_PASSWORD = _("The password is wrong.")


@router.get("")
def show(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    done: str = "",
) -> HTMLResponse:
    return _page(request, visitor, session, services, done=done)


@router.get("/code.svg")
def qr_code(visitor: TheVisitor, session: ReadingSession) -> Response:
    """The secret for the app's camera, while it waits to be confirmed; kept by no cache."""
    address = second_step.address(_me(session, visitor))
    if address is None:
        raise NotFound("second_step_not_begun", "Start again: nothing waits to be confirmed.")
    headers = {"Cache-Control": "no-store"}
    return Response(code_of(address), media_type="image/svg+xml", headers=headers)


@router.post("/begin")
def begin(visitor: TheVisitor, session: WritingSession) -> RedirectResponse:
    second_step.begin(_me(session, visitor))
    return back_to(SECOND_STEP)


@router.post("/confirm")
def confirm(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    code: Annotated[str, Form()] = "",
) -> Response:
    """The codes are in the answer itself, once; this browser gets a new session."""
    member, wall = _me(session, visitor), wall_now()
    codes = second_step.confirm(session, member, code, wall=wall)
    if not codes:
        return _page(request, visitor, session, services, wrong=WRONG_CODE)
    audit(session, services, member, "second_step.on", subject_id=member.id)
    agent = request.headers.get("user-agent")
    token = sessions.open_session(session, member, agent=agent, wall=wall)
    found = sessions.find(session, token, wall=wall)
    visitor = visitor_of(request, services, found) if found is not None else visitor
    response = _page(request, visitor, session, services, codes=codes, just_on=True)
    COOKIE.give(response, services, token)
    return response


@router.post("/codes")
def renew_codes(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    code: Annotated[str, Form()] = "",
) -> Response:
    member = _me(session, visitor)
    if not _passed(session, services, member, code):
        return _page(request, visitor, session, services, wrong=WRONG_CODE)
    audit(session, services, member, "second_step.codes", subject_id=member.id)
    codes = second_step.new_codes(session, member)
    return _page(request, visitor, session, services, codes=codes)


@router.post("/off")
def turn_off(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    code: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Password and code; who signs in through the identity provider alone has no password."""
    member, wall, now = _me(session, visitor), wall_now(), services.clock.now()
    if member.password_hash is not None:
        known = staff.check_password(session, member.email, password, wall=wall, now=now)
        if known is None:
            return _page(request, visitor, session, services, wrong=WRONG_PASSWORD)
    if not _passed(session, services, member, code):
        return _page(request, visitor, session, services, wrong=WRONG_CODE)
    second_step.turn_off(session, member)
    audit(session, services, member, "second_step.off", subject_id=member.id)
    return back_to(SECOND_STEP, done="off")


def _passed(session: Session, services: Services, member: StaffMember, code: str) -> bool:
    now = services.clock.now()
    return second_step.check(session, member, code, now=now, wall=wall_now()) is not None


def _me(session: Session, visitor: Visitor) -> StaffMember:
    member = queries.active_by_id(session, visitor.member.id)
    if member is None:
        raise NotFound("staff_unknown", "There is no such account.")
    return member


def _page(  # what the page says
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    *,
    done: str = "",
    wrong: str = "",
    codes: list[str] | None = None,
    just_on: bool = False,
) -> HTMLResponse:
    member = _me(session, visitor)
    waits = member.totp_secret if member.totp_since is None else None
    # A new secret has a new picture: the browser must not show the one from before.
    mark = hashlib.sha256(waits.encode()).hexdigest()[:12] if waits else ""
    return draw(
        request,
        visitor,
        "account/second_step.html",
        status=422 if wrong else 200,
        member=member,
        must=second_step.is_missing(member, second_step.required_of(services.settings)),
        secret=" ".join(waits[at : at + 4] for at in range(0, len(waits), 4)) if waits else None,
        mark=mark,
        left=second_step.codes_left(session, member),
        codes=codes or [],
        just_on=just_on,
        wrong=wrong,
        done=done,
    )
