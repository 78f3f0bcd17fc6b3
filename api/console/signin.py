"""Signing in to the console and out again."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.clinicians.access import EVERYONE
from api.console.access import (
    HOME,
    SIGN_IN,
    SITE,
    TheVisitor,
    console_router,
    find_visitor,
    forget,
    keep_signed_in,
)
from api.deps import TheServices, WritingSession
from api.web import forms
from api.web.pages import PageRoute, Problem, asked_language
from directory.clock import wall_now
from directory.staff import service as staff
from directory.staff import sessions


class SignInRoute(PageRoute):
    """Errors on the page of the form."""

    def draw_problem(self, request: Request, problem: Problem, error: Exception) -> Response:
        response = _page(request, next_page=None, problem=problem, status=problem.status)
        response.headers.update(problem.headers)
        return response


router = APIRouter(route_class=SignInRoute, include_in_schema=False)
inside = console_router("", *EVERYONE)


@router.get(SIGN_IN)
def ask(request: Request, services: TheServices, next: str = HOME) -> Response:  # noqa: A002
    if find_visitor(request, services) is not None:
        return RedirectResponse(_ours(next), status_code=303)
    return _page(request, next_page=_ours(next))


@router.post(SIGN_IN)
def sign_in(
    request: Request,
    session: WritingSession,
    services: TheServices,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = HOME,  # noqa: A002
) -> Response:
    """A new session each time: whatever cookie came along is not taken over."""
    forms.require_same_origin(request)
    wall = wall_now()
    member = staff.check_password(session, email, password, wall=wall)
    if member is None:
        return _page(request, next_page=_ours(next), email=email, refused=True, status=401)
    token = sessions.open_session(
        session, member, agent=request.headers.get("user-agent"), wall=wall
    )
    response = RedirectResponse(_ours(next), status_code=303)
    keep_signed_in(response, services, token)
    return response


@inside.post("/sign-out")
def sign_out(visitor: TheVisitor, session: WritingSession, services: TheServices) -> Response:
    sessions.end(session, visitor.session.id, staff_id=visitor.member.id)
    response = RedirectResponse(SIGN_IN, status_code=303)
    forget(response, services)
    return response


def _ours(page: str) -> str:
    """A page of the console; anything else is not where a sign-in may lead."""
    parts = urlsplit(page)
    inside_console = parts.path == HOME or parts.path.startswith(f"{HOME}/")
    if parts.scheme or parts.netloc or not inside_console or "\\" in page:
        return HOME
    return page


def _page(  # what the form shows again
    request: Request,
    *,
    next_page: str | None,
    email: str = "",
    refused: bool = False,
    problem: Problem | None = None,
    status: int = 200,
) -> HTMLResponse:
    return SITE.draw(
        request,
        "sign_in.html",
        language=asked_language(request),
        status=status,
        next_page=next_page or HOME,
        email=email,
        refused=refused,
        problem=problem,
        demo=request.app.state.services.settings.demo,
    )
