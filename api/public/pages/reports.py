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
    note: Annotated[str, Form(max_length=20_000)] = "",
    website: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """`website`: a field that no person sees; what fills it in is a machine."""
    same_origin(request, services)
    now = services.clock.now()
    wrong = _wrong(kind, note)
    with services.database.read_scope() as session:
        service = listed(session, slug)
        if wrong is not None:
            return draw_service(
                request,
                session,
                services,
                service,
                status=422,
                wrong=wrong,
                chosen=kind,
                written=note,
            )
        service_id, slug = service.id, service.slug
    if not website:
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
    return RedirectResponse(f"/services/{slug}?said=thanks", status_code=303)


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
