"""The partner API: an organisation's system keeps the listings of its own organisation true.

Changes apply at once and are seen everywhere within a second. A hotline's numbers, the
confidential flag and closing wait for our staff; the answer names them under `pending` and shows
what still counts. See docs/partner-api.md.
"""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from api import paging
from api.clinicians.access import PageSize
from api.deps import Id, ReadingSession, TheServices, WritingSession
from api.partners import listing_schemas as schemas
from api.partners.access import PartnerRoute, ThePartnerKey, opens
from api.partners.listing_view import (
    capacity_out,
    history_line,
    notice_out,
    own_listing,
    own_listings,
)
from directory.errors import Invalid
from directory.freshness import service as freshness
from directory.listings import capacity, edit, notices
from directory.listings import edit_queries as queries
from directory.listings.edit_parse import parsed
from directory.listings.models import Service
from directory.partners.models import KeyScope
from directory.referrals import actors

router = APIRouter(
    prefix="/api/v1/partner/listings",
    tags=["partner listings"],
    responses={401: {}, 403: {}, 422: {}},
    route_class=PartnerRoute,
)
READ = [Depends(opens(KeyScope.LISTINGS_READ))]
WRITE = [Depends(opens(KeyScope.LISTINGS_WRITE))]

# The HSDS id of a service, or its slug.
ListingKey = Annotated[str, Path(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,119}$")]
Cursor = Annotated[str | None, Query(max_length=2000)]
IfMatch = Annotated[str | None, Header(description="The ETag that the listing was read with.")]
_ETAG: dict[str, Any] = {
    "headers": {"ETag": {"description": "For If-Match.", "schema": {"type": "string"}}}
}


def sent_body(name: str) -> dict[str, Any]:
    """How the description shows a body that is read by hand, so that mistakes are explained."""
    reference = {"$ref": f"#/components/schemas/{name}"}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": reference}}}
    }


async def get_body(request: Request, _: ThePartnerKey) -> Any:
    """The body as plain JSON values. Raises Invalid."""
    try:
        return json.loads(await request.body(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Invalid("malformed", "This is not JSON: send one object.") from error


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


TheBody = Annotated[Any, Depends(get_body)]


@router.get("", dependencies=READ, response_model=schemas.OwnListingPage)
def list_own_listings(
    session: ReadingSession,
    services: TheServices,
    key: ThePartnerKey,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> JSONResponse:
    """Every listing of this organisation by name, published or not."""
    rows = queries.own_services(
        session, key.organization_id, after=paging.decode_text(cursor), limit=limit + 1
    )
    shown = rows[:limit]
    following = paging.encode_text(shown[-1].name, shown[-1].id) if len(rows) > limit else None
    items = own_listings(session, shown, now=services.clock.now())
    return _page(schemas.OwnListingPage(items=items, next=following))


@router.get(
    "/{service_id}",
    dependencies=READ,
    response_model_exclude_none=True,
    responses={200: _ETAG, 404: {}},
)
def read_own_listing(
    service_id: ListingKey,
    session: ReadingSession,
    services: TheServices,
    key: ThePartnerKey,
    response: Response,
) -> schemas.OwnListing:
    """One listing; its `ETag` is what a change has to say in `If-Match`."""
    service = edit.own_listing(session, key.organization_id, service_id)
    return _answer(own_listing(session, service, now=services.clock.now()), response)


@router.get("/{service_id}/history", dependencies=READ, responses={404: {}})
def read_history(
    service_id: ListingKey,
    session: ReadingSession,
    key: ThePartnerKey,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> schemas.HistoryPage:
    """What was changed, the newest first: each field before and after, by whom, and when."""
    service = edit.own_listing(session, key.organization_id, service_id)
    rows = queries.history(session, service.id, after=paging.decode(cursor), limit=limit + 1)
    shown = rows[:limit]
    following = paging.encode(shown[-1].at, shown[-1].id) if len(rows) > limit else None
    return schemas.HistoryPage(items=[history_line(each) for each in shown], next=following)


@router.patch(
    "/{service_id}",
    dependencies=WRITE,
    response_model_exclude_none=True,
    responses={200: _ETAG, 404: {}, 412: {}, 428: {}},
    openapi_extra=sent_body("ListingPatch"),
)
def change_own_listing(
    service_id: ListingKey,
    body: TheBody,
    session: WritingSession,
    services: TheServices,
    key: ThePartnerKey,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.OwnListing:
    """Change fields by their HSDS names; what is left out stays, null takes away."""
    now = services.clock.now()
    edited = edit.edit(
        session,
        key.organization_id,
        service_id,
        body,
        by=actors.partner(key.id).by,
        based_on=versions(if_match),
        now=now,
    )
    if edited.applied or edited.pending:
        freshness.mended(session, edited.service, by=actors.partner(key.id).by, now=now)
    return _answer(own_listing(session, edited.service, now=now), response)


@router.put(
    "/{service_id}/capacity",
    dependencies=WRITE,
    response_model_exclude_none=True,
    responses={200: _ETAG, 404: {}, 412: {}},
    openapi_extra=sent_body("CapacityBody"),
)
def put_capacity(
    service_id: ListingKey,
    body: TheBody,
    session: WritingSession,
    services: TheServices,
    key: ThePartnerKey,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.CapacityOut:
    """How many are free of one unit (beds, places). After 48 hours nobody is told any more.

    The newest word counts, so that `If-Match` may be left out here.
    """
    now = services.clock.now()
    service = _to_change(session, key.organization_id, service_id, if_match)
    counted = parsed(body, capacity.CapacityBody)
    row = capacity.put_capacity(session, service, counted, by=actors.partner(key.id).by, now=now)
    response.headers["ETag"] = etag(service.version)
    return capacity_out(row, now=now)


@router.post(
    "/{service_id}/confirm",
    dependencies=WRITE,
    response_model_exclude_none=True,
    responses={200: _ETAG, 404: {}, 412: {}},
)
def confirm_own_listing(
    service_id: ListingKey,
    session: WritingSession,
    services: TheServices,
    key: ThePartnerKey,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.OwnListing:
    """Somebody has looked, and all of it is right: `assured_date` is today.

    With `If-Match` only what was looked at is confirmed.
    """
    now = services.clock.now()
    service = _to_change(session, key.organization_id, service_id, if_match)
    freshness.confirm(session, service, by=actors.partner(key.id).by, now=now)
    return _answer(own_listing(session, service, now=now), response)


@router.get(
    "/{service_id}/notices",
    dependencies=READ,
    response_model=schemas.NoticePage,
    responses={404: {}},
)
def list_notices(
    service_id: ListingKey, session: ReadingSession, services: TheServices, key: ThePartnerKey
) -> JSONResponse:
    """Temporary closures and notices that count now or are still to come."""
    now = services.clock.now()
    service = edit.own_listing(session, key.organization_id, service_id)
    rows = notices.standing(session, service.id, now=now)
    items = [notice_out(each, now=now) for each in rows]
    return _page(schemas.NoticePage(items=items, next=None))


@router.post(
    "/{service_id}/notices",
    status_code=201,
    dependencies=WRITE,
    response_model_exclude_none=True,
    responses={404: {}, 409: {}},
    openapi_extra=sent_body("NoticeBody"),
)
def post_notice(
    service_id: ListingKey,
    body: TheBody,
    session: WritingSession,
    services: TheServices,
    key: ThePartnerKey,
) -> schemas.NoticeOut:
    """Put up a closure or a notice, which ends by itself."""
    now = services.clock.now()
    service = _to_change(session, key.organization_id, service_id, None)
    said = parsed(body, notices.NoticeBody)
    row = notices.post(session, service, said, by=actors.partner(key.id).by, now=now)
    return notice_out(row, now=now)


@router.delete(
    "/{service_id}/notices/{notice_id}",
    status_code=204,
    dependencies=WRITE,
    responses={404: {}},
)
def remove_notice(
    service_id: ListingKey,
    notice_id: Id,
    session: WritingSession,
    services: TheServices,
    key: ThePartnerKey,
) -> None:
    """Take a closure or a notice down before its end."""
    service = _to_change(session, key.organization_id, service_id, None)
    by, now = actors.partner(key.id).by, services.clock.now()
    notices.remove(session, service, notice_id, by=by, now=now)


def etag(version: int) -> str:
    return f'"{version}"'


def versions(if_match: str | None) -> edit.BasedOn:
    """The versions named in an `If-Match` (RFC 9110, 13.1.1). What we never gave out is none."""
    if if_match is None:
        return None
    if if_match.strip() == edit.ANY:
        return edit.ANY
    tags = [tag.strip().strip('"') for tag in if_match.split(",")]
    return {int(tag) for tag in tags if tag.isascii() and tag.isdecimal() and len(tag) < 10}


def _to_change(
    session: WritingSession, organization_id: str, service_id: str, if_match: str | None
) -> Service:
    """The listing, locked; of the version that the caller names, if it names one."""
    service = edit.own_listing(session, organization_id, service_id, for_update=True)
    if if_match is not None:
        edit.require_version(service, versions(if_match))
    return service


def _answer(listing: schemas.OwnListing, response: Response) -> schemas.OwnListing:
    response.headers["ETag"] = etag(listing.version)
    return listing


def _page(page: schemas.OwnListingPage | schemas.NoticePage) -> JSONResponse:
    """What a listing lacks is left out; that nothing follows is said."""
    return JSONResponse(page.model_dump(mode="json", exclude_none=True) | {"next": page.next})
