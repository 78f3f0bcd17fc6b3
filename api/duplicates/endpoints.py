"""Pairs of listings that are probably one: looked at side by side, merged, kept apart."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api import paging
from api.clinicians.access import RESPONSIBLE, PageSize
from api.clinicians.schemas import Body
from api.deps import (
    Id,
    ReadingSession,
    StaffRoute,
    TheServices,
    TheStaffMember,
    WritingSession,
    require,
)
from directory.duplicates import queries
from directory.duplicates import service as duplicates
from directory.errors import Invalid
from directory.hsds.service import service_objects
from directory.imports.queries import whole_services
from directory.listings.change_models import DuplicatePair, DuplicateStatus
from directory.listings.models import Service
from directory.referrals import actors

router = APIRouter(
    prefix="/api/v1/directory/duplicates",
    tags=["directory duplicates"],
    dependencies=[Depends(require(*RESPONSIBLE))],
    responses={401: {}, 403: {}, 422: {}},
    route_class=StaffRoute,
)
_DECIDES: dict[int | str, dict[str, Any]] = {404: {}, 409: {}}


class SideOut(BaseModel):
    """One of the two. `listing`: as HSDS shows it. `merged_into_id`: what it is part of now."""

    id: str
    origin: str
    provenance: dict[str, Any]
    merged_into_id: str | None
    listing: dict[str, Any]


class PairOut(BaseModel):
    """`score`: 0 to 1. `reasons`: what is alike, each with its own. `kept_id`: after a merge."""

    id: str
    score: float
    reasons: dict[str, float]
    status: DuplicateStatus
    found_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    kept_id: str | None
    listings: list[SideOut]


class PairPage(BaseModel):
    items: list[PairOut]
    next: str | None


class PairFilter(BaseModel):
    status: DuplicateStatus = DuplicateStatus.OPEN
    cursor: str | None = Field(default=None, max_length=2000)
    limit: PageSize = 50


class MergeBody(Body):
    """`keep`: the id of the one that stays; it gets what it lacks of the other."""

    keep: Id


@router.get("")
def list_duplicates(
    wanted: Annotated[PairFilter, Query()], session: ReadingSession, services: TheServices
) -> PairPage:
    """Pairs, the most probable first, both listings side by side."""
    rows = queries.page_of_pairs(
        session, wanted.status, after=position(wanted.cursor), limit=wanted.limit + 1
    )
    shown = rows[: wanted.limit]
    last = shown[-1] if len(rows) > wanted.limit else None
    return PairPage(
        items=_pairs(session, shown, services.clock.now()),
        next=paging.encode_text(repr(last.score), last.id) if last else None,
    )


@router.post("/{pair_id}/merge", responses=_DECIDES)
def merge(
    pair_id: Id,
    body: MergeBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> PairOut:
    """Make the two one. What asks for the other one is given the kept one from now on."""
    now, by = services.clock.now(), actors.staff(member.id).by
    pair = duplicates.merge(session, pair_id, keep=body.keep, by=by, now=now)
    return _pairs(session, [pair], now)[0]


@router.post("/{pair_id}/undo", responses=_DECIDES)
def undo(
    pair_id: Id, session: WritingSession, services: TheServices, member: TheStaffMember
) -> PairOut:
    """Take a merge back: both are again as they were."""
    now, by = services.clock.now(), actors.staff(member.id).by
    pair = duplicates.undo(session, pair_id, by=by, now=now)
    return _pairs(session, [pair], now)[0]


@router.post("/{pair_id}/distinct", responses=_DECIDES)
def distinct(
    pair_id: Id, session: WritingSession, services: TheServices, member: TheStaffMember
) -> PairOut:
    """These are two: the pair does not come back."""
    now, by = services.clock.now(), actors.staff(member.id).by
    pair = duplicates.distinct(session, pair_id, by=by, now=now)
    return _pairs(session, [pair], now)[0]


def position(cursor: str | None) -> tuple[float, str] | None:
    """Behind which pair a page goes on. Raises Invalid on a cursor that we did not make."""
    found = paging.decode_text(cursor)
    if found is None:
        return None
    try:
        score = float(found[0])
    except ValueError as error:
        raise Invalid("cursor_invalid", "Use the `next` of the page before, unchanged.") from error
    if not 0 <= score <= 1:
        raise Invalid("cursor_invalid", "Use the `next` of the page before, unchanged.")
    return score, found[1]


def _pairs(session: Session, pairs: Sequence[DuplicatePair], now: datetime) -> list[PairOut]:
    ids = {identity for pair in pairs for identity in (pair.first_id, pair.second_id)}
    services = whole_services(session, ids)
    found = list(services.values())
    written = {each["id"]: each for each in service_objects(session, found, now=now)}
    sides = {each.id: _side(each, written[each.id]) for each in found}
    return [
        PairOut(
            id=pair.id,
            score=pair.score,
            reasons=pair.reasons,
            status=DuplicateStatus(pair.status),
            found_at=pair.found_at,
            decided_by=pair.decided_by,
            decided_at=pair.decided_at,
            kept_id=pair.kept_id,
            listings=[sides[key] for key in (pair.first_id, pair.second_id) if key in sides],
        )
        for pair in pairs
    ]


def _side(service: Service, listing: dict[str, Any]) -> SideOut:
    return SideOut(
        id=service.id,
        origin=service.origin,
        provenance=service.provenance,
        merged_into_id=service.merged_into_id,
        listing=listing,
    )
