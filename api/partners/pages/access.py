"""Who is at the partner pages: a contact of one organisation, who sees what is its own.

What belongs to others does not exist here: it is looked up by organisation, and never found.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment
from sqlalchemy.orm import Session

from api import refusals
from api.deps import get_services
from api.partners.page import as_dialled
from api.services import Services
from api.web import forms
from api.web.cookies import PrivateCookie
from api.web.pages import PageRoute, Problem, Site, asked_language, is_htmx
from directory.clock import wall_now
from directory.errors import NotFound, Unauthenticated
from directory.freshness import answers
from directory.languages import Language
from directory.listings import edit
from directory.listings.models import Organization, Service
from directory.partners import sessions
from directory.partners.models import PartnerContact, PartnerSession
from directory.people import service as people
from directory.referrals import actors

HOME = "/partner"
SIGN_IN = "/partner/sign-in"
COOKIE = PrivateCookie("handoff-partner", sessions.LIFETIME)
_CONSOLE = Path(__file__).parents[2] / "console"


class PartnerSite(Site):
    """The pages of partners. What fields and changes are called they share with the console."""

    @cached_property
    def environment(self) -> Environment:
        made = super().environment
        made.filters["as_dialled"] = as_dialled
        return made

    @property
    def locales(self) -> tuple[Path, ...]:
        return (*super().locales, _CONSOLE / "locale")


SITE = PartnerSite(Path(__file__).parent.parent, private=True)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A partner's contact at a browser. `form_token` belongs into every form of the page."""

    contact: PartnerContact
    session: PartnerSession
    organization: str
    form_token: str

    @property
    def language(self) -> Language:
        return Language(self.contact.language)

    @property
    def by(self) -> str:
        """As whom they change things: everything here is attributed to the contact."""
        return actors.partner(self.contact.id).by


async def get_visitor(request: Request) -> Visitor:
    """Who is signed in here. Raises Unauthenticated; Forbidden on a form that is not of ours."""
    forms.require_same_origin(request)
    visitor = await run_in_threadpool(find_visitor, request)
    if visitor is None:
        raise Unauthenticated("sign_in", "Sign in first.")
    refusals.remember_actor(request, visitor.contact.id)
    await forms.require_token(request, visitor.form_token)
    return visitor


def find_visitor(request: Request) -> Visitor | None:
    """Who is signed in at this browser, if anybody; notes that they were seen."""
    services = get_services(request)
    token = COOKIE.read(request, services)
    if not token:
        return None
    wall = wall_now()
    with services.database.read_scope() as session:
        found = sessions.find(session, token, wall=wall)
        if found is None:
            return None
        organization = session.get(Organization, found.contact.organization_id)
    if sessions.is_to_be_noted(found.session, wall=wall):
        with services.database.session_scope() as session:
            sessions.seen(session, found.session.id, wall=wall)
    return Visitor(
        contact=found.contact,
        session=found.session,
        organization=organization.name if organization else "",
        form_token=forms.token_for(services.settings.secret_key, found.session.id),
    )


TheVisitor = Annotated[Visitor, Depends(get_visitor)]


class PartnerPageRoute(PageRoute):
    """Errors in the frame of the partner pages; who is not signed in is asked to."""

    def draw_problem(self, request: Request, problem: Problem, error: Exception) -> Response:
        visitor = None if isinstance(error, Unauthenticated) else find_visitor(request)
        if visitor is None:
            return _to_sign_in(request)
        response = draw(
            request, visitor, "pages/problem.html", status=problem.status, problem=problem
        )
        response.headers.update(problem.headers)
        return response


def partner_pages(prefix: str) -> APIRouter:
    """Pages under `/partner{prefix}`, for signed-in contacts only."""
    return APIRouter(
        prefix=f"{HOME}{prefix}",
        dependencies=[Depends(get_visitor)],
        route_class=PartnerPageRoute,
        include_in_schema=False,
    )


def draw(
    request: Request, visitor: Visitor, template: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page in the frame, or the part of it that htmx asked for."""
    return SITE.draw(
        request,
        template,
        language=visitor.language,
        status=status,
        visitor=visitor,
        csrf=visitor.form_token,
        demo=get_services(request).settings.demo,
        **values,
    )


def draw_outside(
    request: Request, template: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page for who is not signed in, in the language that the browser asks for."""
    demo = get_services(request).settings.demo
    return SITE.draw(
        request, template, language=asked_language(request), status=status, demo=demo, **values
    )


def back_to(path: str, **said: str) -> RedirectResponse:
    """After a form: the page that shows what has become of it."""
    return RedirectResponse(f"{path}?{urlencode(said)}" if said else path, status_code=303)


def own_listing(
    session: Session, visitor: Visitor, service_id: str, *, for_update: bool = False
) -> Service:
    """A listing that this contact answers for. Raises NotFound, of others' too."""
    contact = visitor.contact
    service = edit.own_listing(session, contact.organization_id, service_id, for_update=for_update)
    if not answers.is_theirs(contact, service):
        raise NotFound("service_not_found", "Your organisation has no such listing.")
    return service


def audit(session: Session, services: Services, visitor: Visitor, action: str, about: str) -> None:
    """Note what a contact did. `action`: never with names or numbers in it."""
    now = services.clock.now()
    people.audit(
        session, actor=visitor.by, action=action, person_id=None, subject_id=about, now=now
    )


def _to_sign_in(request: Request) -> Response:
    if is_htmx(request):
        return Response(status_code=401, headers={"HX-Redirect": SIGN_IN})
    return RedirectResponse(SIGN_IN, status_code=303)
