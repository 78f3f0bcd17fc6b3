"""Signing in to the console and out again."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from api import password_tries, refusals
from api.clinicians.access import EVERYONE, audit
from api.console import half_way
from api.console.access import (
    COOKIE,
    HOME,
    SIGN_IN,
    SITE,
    TheVisitor,
    console_router,
    find_visitor,
)
from api.deps import ReadingSession, TheServices, WritingSession
from api.services import Services
from api.web import forms
from api.web.pages import PageRoute, Problem, asked_language
from directory.clock import wall_now
from directory.languages import Language
from directory.staff import second_step, sessions
from directory.staff import service as staff
from directory.staff.models import StaffMember

CODE = f"{SIGN_IN}/code"


class SignInRoute(PageRoute):
    """Errors on the page of the form."""

    def draw_problem(self, request: Request, problem: Problem, error: Exception) -> Response:
        template = "sign_in_code.html" if request.url.path == CODE else "sign_in.html"
        response = draw_outside(request, template, problem=problem, status=problem.status)
        response.headers.update(problem.headers)
        return response


router = APIRouter(route_class=SignInRoute, include_in_schema=False)
inside = console_router("", *EVERYONE)


@router.get(SIGN_IN)
def ask(
    request: Request,
    services: TheServices,
    next: str = HOME,  # noqa: A002
    chosen: str = "",
) -> Response:
    """`chosen`: the password was chosen just now, with a code."""
    if find_visitor(request, services) is not None:
        return RedirectResponse(ours(next), status_code=303)
    return draw_outside(request, "sign_in.html", next_page=ours(next), chosen=bool(chosen))


def _try_password(
    request: Request,
    services: TheServices,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> staff.Try:
    forms.require_same_origin(request)
    return password_tries.try_password(services, email, password)


@router.post(SIGN_IN)
def sign_in(
    request: Request,
    tried: Annotated[staff.Try, Depends(_try_password)],  # before the session is opened
    session: WritingSession,
    services: TheServices,
    email: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = HOME,  # noqa: A002
) -> Response:
    """A new session each time: whatever cookie came along is not taken over."""
    wall = wall_now()
    member = staff.settle(session, tried, wall=wall, now=services.clock.now())
    if member is None:
        refusals.note_reason(request, "login_failed")
        return draw_outside(
            request, "sign_in.html", next_page=ours(next), email=email, refused=True, status=401
        )
    return first_step_passed(request, session, services, member, next_page=ours(next), wall=wall)


@router.get(CODE)
def ask_code(
    request: Request,
    session: ReadingSession,
    services: TheServices,
    next: str = HOME,  # noqa: A002
) -> Response:
    if half_way.find(request, session, services, wall=wall_now()) is None:
        return RedirectResponse(_to_begin(ours(next)), status_code=303)
    return draw_outside(request, "sign_in_code.html", next_page=ours(next))


@router.post(CODE)
def sign_in_with_code(
    request: Request,
    session: WritingSession,
    services: TheServices,
    code: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = HOME,  # noqa: A002
) -> Response:
    forms.require_same_origin(request)
    wall = wall_now()
    member = half_way.find(request, session, services, wall=wall)
    if member is None:
        return RedirectResponse(_to_begin(ours(next)), status_code=303)
    passed = second_step.check(session, member, code, now=services.clock.now(), wall=wall)
    if passed is None:
        refusals.note_reason(request, "otp_wrong")
        return draw_outside(
            request, "sign_in_code.html", next_page=ours(next), refused=True, status=401
        )
    if passed is second_step.Passed.RECOVERY:
        audit(session, services, member, "second_step.recovery_code", subject_id=member.id)
    response = _signed_in(request, session, services, member, next_page=ours(next), wall=wall)
    half_way.COOKIE.take_back(response, services)
    return response


@inside.post("/sign-out")
def sign_out(visitor: TheVisitor, session: WritingSession, services: TheServices) -> Response:
    sessions.end(session, visitor.session.id, staff_id=visitor.member.id)
    response = RedirectResponse(SIGN_IN, status_code=303)
    COOKIE.take_back(response, services)
    half_way.COOKIE.take_back(response, services)
    return response


def first_step_passed(
    request: Request,
    session: Session,
    services: Services,
    member: StaffMember,
    *,
    next_page: str,
    wall: datetime,
) -> Response:
    """Who this is has been shown once: they are in, or the code is asked for."""
    if member.totp_since is None:
        return _signed_in(request, session, services, member, next_page=next_page, wall=wall)
    response = RedirectResponse(f"{CODE}?next={quote(next_page, safe='')}", status_code=303)
    half_way.remember(response, services, member, wall=wall)
    return response


def _signed_in(
    request: Request,
    session: Session,
    services: Services,
    member: StaffMember,
    *,
    next_page: str,
    wall: datetime,
) -> Response:
    agent = request.headers.get("user-agent")
    token = sessions.open_session(session, member, agent=agent, wall=wall)
    audit(session, services, member, "sign_in.browser", subject_id=member.id)
    response = RedirectResponse(next_page, status_code=303)
    COOKIE.give(response, services, token)
    return response


def ours(page: str) -> str:
    """A page of the console; anything else is not where a sign-in may lead."""
    parts = urlsplit(page)
    inside_console = parts.path == HOME or parts.path.startswith(f"{HOME}/")
    if parts.scheme or parts.netloc or not inside_console or "\\" in page:
        return HOME
    return page


def _to_begin(next_page: str) -> str:
    return f"{SIGN_IN}?next={quote(next_page, safe='')}"


def draw_outside(  # what the form shows again
    request: Request,
    template: str,
    *,
    next_page: str = HOME,
    email: str = "",
    refused: bool = False,
    chosen: bool = False,
    problem: Problem | None = None,
    status: int = 200,
) -> HTMLResponse:
    """A page for who is not signed in yet."""
    settings = request.app.state.services.settings
    language: Language = asked_language(request)
    return SITE.draw(
        request,
        template,
        language=language,
        status=status,
        next_page=next_page,
        email=email,
        refused=refused,
        chosen=chosen,
        problem=problem,
        has_provider=bool(settings.oidc_issuer),
        demo=settings.demo,
    )
