"""Who is at the console, and what they may see: default deny, every page names its roles."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from api import refusals
from api.clinicians.access import EVERYONE, RESPONSIBLE, reads_words
from api.console.navigation import entries_for
from api.deps import get_services, require_second_step, second_step_missing
from api.services import Services
from api.web import forms
from api.web.cookies import PrivateCookie
from api.web.pages import PageRoute, Problem, Site, asked_language, is_htmx
from directory.clock import wall_now
from directory.errors import Forbidden, Unauthenticated
from directory.languages import Language
from directory.referrals.models import ListingReport
from directory.referrals.states import Party
from directory.staff import service as staff
from directory.staff import sessions
from directory.staff.models import Role, StaffMember, StaffSession

__all__ = ["ADMINS", "EVERYONE", "RESPONSIBLE", "TheVisitor", "Visitor", "console_router", "draw"]

ADMINS = (Role.ADMIN,)
SITE = Site(Path(__file__).parent, private=True)
SIGN_IN = "/console/sign-in"
SECOND_STEP = "/console/account/second-step"
HOME = "/console"
COOKIE = PrivateCookie("handoff", sessions.LIFETIME)
ACCOUNT = "/console/account"
EVENTS = "/console/events"
# The parts of pages that fetch themselves anew, as htmx names who asks (HX-Source).
REFRESHED = frozenset({"section#tasks", "section#timeline"})
# What is open to who has a password that somebody else has given.
_BEFORE_OWN_PASSWORD = frozenset(
    {ACCOUNT, f"{ACCOUNT}/password", f"{ACCOUNT}/language", "/console/sign-out"}
)
_GIVEN = "password_given"
# What is open to who must set up the second step first.
_BEFORE_SECOND_STEP = (SECOND_STEP, "/console/sign-out")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member of staff at a browser. `form_token` belongs into every form of the page."""

    member: StaffMember
    session: StaffSession
    language: Language
    form_token: str

    @property
    def role(self) -> Role:
        return Role(self.member.role)

    @property
    def reads_words(self) -> bool:
        """Whether the pages may show what residents text, and what quotes it."""
        return reads_words(self.member)

    def reads_note_of(self, report: ListingReport) -> bool:
        """Whether its note may be shown: of a resident it is the words of a text."""
        return self.reads_words or not report.reported_by.startswith(f"{Party.RESIDENT}:")


async def get_visitor(request: Request) -> Visitor:
    """Who is signed in here. Raises Unauthenticated; Forbidden on a form that is not of ours."""
    services = get_services(request)
    forms.require_same_origin(request)
    visitor = await run_in_threadpool(find_visitor, request, services)
    if visitor is None:
        raise Unauthenticated("sign_in", "Sign in first.")
    refusals.remember_actor(request, visitor.member.id)
    await forms.require_token(request, visitor.form_token)
    _require_own_secrets(request, services, visitor.member)
    return visitor


def _require_own_secrets(request: Request, services: Services, member: StaffMember) -> None:
    """Raises Forbidden before the member has a password of their own, and the second step."""
    path = request.url.path
    if staff.must_choose_password(member, wall=wall_now()):
        if path not in _BEFORE_OWN_PASSWORD:
            raise Forbidden(_GIVEN, "Choose a password of your own first.")
    elif not path.startswith(_BEFORE_SECOND_STEP):
        require_second_step(services, member)


def find_visitor(request: Request, services: Services) -> Visitor | None:
    """Who is signed in at this browser, if anybody; notes that they were seen, if it was them."""
    token = COOKIE.read(request, services)
    if not token:
        return None
    wall = wall_now()
    with services.database.read_scope() as session:
        found = sessions.find(session, token, wall=wall)
    if found is None:
        return None
    if not _asks_by_itself(request) and sessions.is_to_be_noted(found.session, wall=wall):
        with services.database.session_scope() as session:
            sessions.seen(session, found.session.id, wall=wall)
    return visitor_of(request, services, found)


def _asks_by_itself(request: Request) -> bool:
    """Whether the open page asks and no person: else a page left open would never time out."""
    part = request.headers.get("hx-source") if is_htmx(request) else None
    return request.url.path == EVENTS or part in REFRESHED


def visitor_of(request: Request, services: Services, found: sessions.SignedIn) -> Visitor:
    member = found.member
    return Visitor(
        member=member,
        session=found.session,
        language=Language(member.language) if member.language else asked_language(request),
        form_token=forms.token_for(services.settings.secret_key, found.session.id),
    )


TheVisitor = Annotated[Visitor, Depends(get_visitor)]


def console_router(prefix: str, *roles: Role) -> APIRouter:
    """Pages under `/console{prefix}` that only these roles may see."""

    def check(visitor: TheVisitor) -> None:
        if visitor.member.role not in roles:
            raise Forbidden("role_missing", "Your role may not see this page.")

    return APIRouter(
        prefix=f"/console{prefix}",
        dependencies=[Depends(check)],
        route_class=ConsoleRoute,
        include_in_schema=False,
    )


def draw(
    request: Request, visitor: Visitor, template: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page of the console in its frame, or the part of it that htmx asked for."""
    return SITE.draw(
        request,
        template,
        language=visitor.language,
        status=status,
        visitor=visitor,
        entries=entries_for(visitor.role),
        csrf=visitor.form_token,
        demo=get_services(request).settings.demo,
        **values,
    )


def back_to(path: str, **said: str) -> RedirectResponse:
    """After a form: the page that shows what has become of it (303, so that reload sends nothing).

    `said`: e.g. `done="claimed"`, a code that the page turns into a sentence.
    """
    return RedirectResponse(f"{path}?{urlencode(said)}" if said else path, status_code=303)


class ConsoleRoute(PageRoute):
    """Errors in the frame of the console; who is not signed in is asked to."""

    def draw_problem(self, request: Request, problem: Problem, error: Exception) -> Response:
        if isinstance(error, Unauthenticated):
            return _to_sign_in(request)
        services = get_services(request)
        visitor = find_visitor(request, services)
        if visitor is None:
            return _to_sign_in(request)
        if problem.code == second_step_missing().code:
            return _led_to(request, SECOND_STEP)
        if problem.code == _GIVEN:
            return _led_to(request, ACCOUNT)
        response = draw(
            request,
            visitor,
            "problem.html",
            status=problem.status,
            problem=problem,
            method=request.method,
        )
        response.headers.update(problem.headers)
        return response


def _to_sign_in(request: Request) -> Response:
    back = request.url.path if request.method == "GET" else HOME
    if request.method == "GET" and request.url.query:
        back = f"{back}?{request.url.query}"
    return _led_to(request, f"{SIGN_IN}?next={quote(back, safe='')}")


def _led_to(request: Request, address: str) -> Response:
    if is_htmx(request):
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)
