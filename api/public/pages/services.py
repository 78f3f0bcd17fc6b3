"""`/services/{slug}`: one listing, with all that somebody needs who goes there."""

from typing import Annotated, Any

from fastapi import Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import ReadingSession, TheServices
from api.public.pages.codes import NOWHERE, code_answer
from api.public.pages.listing_view import view_of
from api.public.pages.mistakes import MISTAKES
from api.public.pages.safety import is_sensitive_listing
from api.public.pages.site import COOKIE, draw, in_language, public_router
from api.public.pages.structured import structured
from api.services import Services
from api.web.pages import asked_language
from directory.errors import Gone, NotFound
from directory.listings import service as listings
from directory.listings.models import Service

router = public_router("/services")
Slug = Annotated[str, Path(max_length=255)]
_AN_HOUR = "public, max-age=3600"


@router.api_route("/{slug}", methods=["GET", "HEAD"])
def service_page(
    slug: Slug, request: Request, session: ReadingSession, services: TheServices, said: str = ""
) -> Response:
    service = listed(session, slug)
    if service.slug != slug:
        # Merged into another, or asked for by its id.
        where = request.url.replace(path=f"/services/{service.slug}")
        address = f"{where.path}?{where.query}" if where.query else where.path
        kept = NOWHERE if is_sensitive_listing(service) else _AN_HOUR
        return RedirectResponse(address, status_code=301, headers={"Cache-Control": kept})
    return draw_service(request, session, services, service, thanked=said == "thanks")


@router.get("/{slug}/qr.svg")
def service_code(
    slug: Slug, request: Request, session: ReadingSession, services: TheServices
) -> Response:
    service = listed(session, slug)
    path = f"/services/{service.slug}"
    return code_answer(request, services, path, sensitive=is_sensitive_listing(service))


def listed(session: Session, slug: str) -> Service:
    """A listing that is shown. Raises NotFound; Gone for one that was shown and is no more."""
    if not slug.isprintable():
        raise NotFound("service_not_found", "There is no such service.")
    try:
        return listings.published_service(session, slug)
    except NotFound:
        if listings.was_published(session, slug):
            raise Gone("service_gone", "This service is no longer listed.") from None
        raise


def draw_service(  # what the report form shows again
    request: Request,
    session: Session,
    services: Services,
    service: Service,
    *,
    status: int = 200,
    **values: Any,
) -> Response:
    """The page of a listing. `values`: `thanked`, or what was wrong with a report and its words."""
    language = asked_language(request, COOKIE)
    view = view_of(
        session,
        service,
        language=language,
        now=services.clock.now(),
        zone=services.settings.zone,
    )
    path = f"/services/{service.slug}"
    address = services.settings.base_url + path
    usual = {"thanked": False, "wrong": None, "chosen": "", "written": ""}
    return draw(
        request,
        "service.html",
        status=status,
        sensitive=is_sensitive_listing(service),
        canonical=path,
        listing=view,
        slug=service.slug,
        structured=structured(service, view, address=address),
        code_path=in_language(f"{path}/qr.svg", language),
        address=address,
        mistakes=MISTAKES,
        **(usual | values),
    )
