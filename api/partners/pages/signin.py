"""Signing in by a one-time link, and out again.

Whether a number or an e-mail address is known shows in nothing: the answer is drawn before anybody
looks it up. The link leads to a button, since phones and mail programs open links by themselves.
"""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import StringConstraints

from api.deps import ReadingSession, TheServices, WritingSession
from api.partners.pages.access import (
    COOKIE,
    HOME,
    SIGN_IN,
    TheVisitor,
    draw_outside,
    find_visitor,
    partner_pages,
)
from api.partners.pages.attempts import Attempts
from api.services import Services
from api.web import forms
from api.web.pages import PageRoute, Problem
from directory.clock import wall_now
from directory.listings.models import Organization
from directory.partners import sessions
from directory.people import service as people
from directory.referrals import actors

LINK = "/partner/link"
_ANYBODY = "visitor"
Token = Annotated[str, StringConstraints(max_length=100)]


class SignInRoute(PageRoute):
    """Errors on the page where one asks for a link."""

    def draw_problem(self, request: Request, problem: Problem, error: Exception) -> Response:
        template = "pages/sign_in.html"
        if request.url.path.startswith(LINK) and problem.status != 429:
            template = "pages/link_over.html"
        response = draw_outside(request, template, status=problem.status, problem=problem, sent="")
        response.headers.update(problem.headers)
        return response


def sign_in_pages() -> APIRouter:
    """The pages, with their own memory of who tries how often."""
    router = APIRouter(route_class=SignInRoute, include_in_schema=False)
    asked, opened = Attempts(), Attempts()

    @router.get(SIGN_IN)
    def ask(request: Request) -> Response:
        if find_visitor(request) is not None:
            return RedirectResponse(HOME, status_code=303)
        return draw_outside(request, "pages/sign_in.html", problem=None, sent="")

    @router.post(SIGN_IN)
    def send(
        request: Request,
        services: TheServices,
        later: BackgroundTasks,
        address: Annotated[str, Form(max_length=sessions.LONGEST_ADDRESS)] = "",
    ) -> Response:
        forms.require_same_origin(request)
        asked.one_more(request, wall=wall_now())
        if not address.strip():
            return draw_outside(
                request, "pages/sign_in.html", status=422, problem=None, sent="", empty=True
            )
        later.add_task(_send, services, address)
        return draw_outside(request, "pages/sent.html")

    @router.api_route(f"{LINK}/{{token}}", methods=["GET", "HEAD"])
    def look(token: Token, request: Request, session: ReadingSession) -> Response:
        opened.one_more(request, wall=wall_now())
        _, known = sessions.opened(session, token, wall=wall_now())
        names = [session.get(Organization, each.organization_id) for each in known]
        choices = [
            (contact.id, organization.name)
            for contact, organization in zip(known, names, strict=True)
            if organization is not None
        ]
        return draw_outside(request, "pages/link.html", choices=choices)

    @router.post(f"{LINK}/{{token}}")
    def use(
        token: Token,
        request: Request,
        session: WritingSession,
        services: TheServices,
        contact: Annotated[str | None, Form(max_length=36)] = None,
    ) -> Response:
        """A new session each time: whatever cookie came along is not taken over."""
        forms.require_same_origin(request)
        opened.one_more(request, wall=wall_now())
        now, wall = services.clock.now(), wall_now()
        who, cookie = sessions.sign_in(session, token, contact, now=now, wall=wall)
        _audit(session, services, actors.partner(who.id).by, "partner.signed_in", who.id)
        response = RedirectResponse(HOME, status_code=303)
        COOKIE.give(response, services, cookie)
        return response

    return router


inside = partner_pages("")


@inside.post("/sign-out")
def sign_out(visitor: TheVisitor, session: WritingSession, services: TheServices) -> Response:
    sessions.end(session, visitor.session.id, contact_id=visitor.contact.id, wall=wall_now())
    response = RedirectResponse(SIGN_IN, status_code=303)
    COOKIE.take_back(response, services)
    return response


def _send(services: Services, address: str) -> None:
    """Behind the answer. Each attempt is written down, also one that reaches nobody."""
    now = services.clock.now()
    with services.database.session_scope() as session:
        row = sessions.ask_for_link(session, address, now=now, wall=wall_now())
        action = "partner.link_sent" if row is not None else "partner.link_refused"
        _audit(session, services, _ANYBODY, action, row.contact_id if row is not None else None)


def _audit(
    session: WritingSession, services: Services, actor: str, action: str, about: str | None
) -> None:
    people.audit(
        session,
        actor=actor,
        action=action,
        person_id=None,
        subject_id=about,
        now=services.clock.now(),
    )
