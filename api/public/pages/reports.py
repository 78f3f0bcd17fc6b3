"""Saying that a listing is wrong: one form, no account, nothing kept of who says it.

A visitor is told from another by a keyed hash of the address and the day: enough for "five a day",
and of no use tomorrow.
"""

import hashlib
import hmac
from datetime import date
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import TheServices
from api.partners.guesses import household
from api.partners.links import same_origin
from api.public.pages.asked import tidy
from api.public.pages.services import Slug, draw_service, listed
from api.public.pages.site import public_router
from api.services import Services
from api.web.forms import Lines
from directory.errors import TooMany
from directory.freshness import reports
from directory.freshness.models import Reported

router = public_router("/services")
LONGEST_NOTE = 500


@router.post("/{slug}/report")
def report(
    slug: Slug,
    request: Request,
    services: TheServices,
    kind: Annotated[str, Form(max_length=40)] = "",
    note: Annotated[Lines, Form(max_length=20_000)] = "",
    website: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """`website`: a field that no person sees; what fills it in is a machine."""
    same_origin(request, services)
    if wrong := _wrong(kind, note):
        return _again(request, services, slug, status=422, wrong=wrong, chosen=kind, written=note)
    with services.database.read_scope() as session:
        service = listed(session, slug)
        service_id, slug = service.id, service.slug
    try:
        if not website:
            _report(request, services, service_id, kind, note)
    except TooMany:
        # What was written stays on the page: it may be said to somebody else.
        return _again(request, services, slug, status=429, wrong="many", chosen=kind, written=note)
    return RedirectResponse(f"/services/{slug}?said=thanks", status_code=303)


def _again(
    request: Request, services: Services, slug: str, *, status: int, **values: str
) -> Response:
    with services.database.read_scope() as session:
        service = listed(session, slug)
        return draw_service(request, session, services, service, status=status, **values)


def _report(request: Request, services: Services, service_id: str, kind: str, note: str) -> None:
    now = services.clock.now()
    by = visitor(services.settings.secret_key, request, now.date())
    with services.database.session_scope() as session:
        reports.report(
            session,
            service_id,
            Reported(kind),
            by=by,
            note=tidy(note, LONGEST_NOTE) or None,
            now=now,
        )


def visitor(secret_key: str, request: Request, day: date) -> str:
    """Who reports, as far as a page should know it: somebody, of one household, today."""
    address = request.client.host if request.client else ""
    told = f"report\x00{household(address) or 'here'}\x00{day.isoformat()}"
    digest = hmac.new(secret_key.encode(), told.encode(), hashlib.sha256).hexdigest()
    return f"visitor:{digest[:24]}"


def _wrong(kind: str, note: str) -> str | None:
    """Which field has to be looked at again."""
    if kind not in set(Reported):
        return "kind"
    if len(note) > LONGEST_NOTE:
        return "note"
    if kind == Reported.OTHER and not tidy(note, LONGEST_NOTE):
        return "other"
    return None
