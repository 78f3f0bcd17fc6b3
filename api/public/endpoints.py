"""The published directory as JSON: services, and search with its reasons. No log-in."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api import paging
from api.deps import ReadingSession, TheServices
from api.public.listing import as_listing
from api.services import Services
from directory.languages import Language
from directory.listings import notices
from directory.listings import service as listings
from directory.listings.models import Service
from directory.search import Query as Search
from directory.search import find

router = APIRouter(prefix="/api/v1/services", tags=["directory"])
LONGEST_QUERY = 300
LONGEST_CURSOR = 2000  # a name of 255 characters, an id, in base64
ServiceKey = Annotated[str, Path(max_length=255, pattern=r"^[^\x00]*$")]


class Found(BaseModel):
    """Services, best first, each with its reasons; what was understood, and what was relaxed."""

    items: list[dict[str, Any]]
    needs: list[str]
    place: str | None
    relaxed: list[Any]
    unserved: list[str]
    next: None = None


class ServicePage(BaseModel):
    items: list[dict[str, Any]]
    next: str | None


@router.get("/search")
def search_services(
    session: ReadingSession,
    services: TheServices,
    q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
    place: Annotated[str | None, Query(max_length=80)] = None,
    language: Language | None = None,
    open_now: bool = False,
) -> Found:
    """Find services for everyday words (`q`: "no groceries till friday"), near a town or ZIP."""
    result = find(
        session,
        Search(
            place=place,
            language=language,
            open_now=open_now,
            text=q or None,
            at=services.clock.now(),
        ),
    ).as_json()
    return Found(
        items=result["matches"],
        needs=result["needs"],
        place=result["place_name"],
        relaxed=result["relaxed"],
        unserved=result["unserved"],
    )


@router.get("")
def list_services(
    session: ReadingSession,
    services: TheServices,
    cursor: Annotated[str | None, Query(max_length=LONGEST_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ServicePage:
    """Every published service, by name."""
    rows, following = listings.list_published(
        session, after=paging.decode_text(cursor), limit=limit
    )
    return ServicePage(
        items=_listings(session, rows, services),
        next=paging.encode_text(*following) if following else None,
    )


@router.get("/{service_id}", responses={404: {}})
def read_service(
    service_id: ServiceKey, session: ReadingSession, services: TheServices
) -> dict[str, Any]:
    """One published service, by id or slug."""
    (listing,) = _listings(session, [listings.published_service(session, service_id)], services)
    return listing


def _listings(
    session: Session, rows: Sequence[Service], services: Services
) -> list[dict[str, Any]]:
    passing = notices.current(session, [row.id for row in rows], services.clock.now())
    return [as_listing(row, passing.get(row.id, ())) for row in rows]
