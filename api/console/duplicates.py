"""Listings that are probably one: side by side, made one, kept apart, taken apart again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api import paging
from api.clinicians.access import audit
from api.console import listing_words as said
from api.console.access import RESPONSIBLE, TheVisitor, Visitor, back_to, console_router, draw
from api.deps import Id, TheServices, WritingSession
from api.duplicates.endpoints import position
from directory.duplicates import queries
from directory.duplicates import service as duplicates
from directory.errors import Conflict, HandoffError
from directory.freshness.shown import shown
from directory.imports.queries import whole_services
from directory.languages import Language
from directory.listings import staff_queries
from directory.listings.change_models import DuplicatePair, DuplicateStatus
from directory.listings.models import Service
from directory.needs import taxonomy
from directory.referrals import actors

router = console_router("/listings/duplicates", *RESPONSIBLE)
PAGE = "/console/listings/duplicates"
PAGE_SIZE = 10
_COMPARED = (
    "name", "alternate_name", "description", "opening_hours", "eligibility_description",
    "fees_description", "application_process", "email",
)  # fmt: skip


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


REASONS = {
    "name": _("name"),
    "phone": _("number"),
    "address": _("address"),
    "needs": _("needs"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the two side by side. `same`: they say the same."""

    field: str
    left: list[str]
    right: list[str]

    @property
    def same(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Pair:
    pair: DuplicatePair
    left: Service
    right: Service
    facts: list[Fact]


@router.get("")
def pairs(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    status: DuplicateStatus = DuplicateStatus.OPEN,
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
    done: str = "",
    pair: Annotated[str, Query(pattern=r"^[0-9A-Za-z-]{0,36}$")] = "",
) -> HTMLResponse:
    """`pair`: the one that was just decided, which can be taken back at once."""
    return _page(request, visitor, session, status, cursor=cursor, done=done, decided=pair)


@router.post("/{pair_id}/merge")
def merge(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    pair_id: Id,
    keep: Annotated[str, Form(max_length=36)],
) -> Response:
    by, now = actors.staff(visitor.member.id).by, services.clock.now()
    try:
        with session.begin_nested():
            duplicates.merge(session, pair_id, keep=keep, by=by, now=now)
    except Conflict as error:
        found = queries.pair_by_id(session, pair_id)
        if found is not None and (found.kept_id, found.decided_by) == (keep, by):
            return back_to(PAGE, done="merged", pair=pair_id)  # sent twice
        return _page(request, visitor, session, DuplicateStatus.OPEN, problem=error)
    audit(session, services, visitor.member, "listing.merge", subject_id=pair_id)
    return back_to(PAGE, done="merged", pair=pair_id)


@router.post("/{pair_id}/distinct")
def distinct(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    pair_id: Id,
) -> Response:
    by, now = actors.staff(visitor.member.id).by, services.clock.now()
    try:
        duplicates.distinct(session, pair_id, by=by, now=now)
    except Conflict as error:
        found = queries.pair_by_id(session, pair_id)
        if found is not None and (found.status, found.decided_by) == (DuplicateStatus.DISTINCT, by):
            return back_to(PAGE, done="distinct", pair=pair_id)
        return _page(request, visitor, session, DuplicateStatus.OPEN, problem=error)
    audit(session, services, visitor.member, "listing.distinct", subject_id=pair_id)
    return back_to(PAGE, done="distinct", pair=pair_id)


@router.post("/{pair_id}/undo")
def undo(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    pair_id: Id,
) -> Response:
    by, now = actors.staff(visitor.member.id).by, services.clock.now()
    try:
        with session.begin_nested():
            duplicates.undo(session, pair_id, by=by, now=now)
    except Conflict as error:
        found = queries.pair_by_id(session, pair_id)
        if found is not None and found.status == DuplicateStatus.OPEN:
            return back_to(PAGE, done="undone")
        return _page(request, visitor, session, DuplicateStatus.MERGED, problem=error)
    audit(session, services, visitor.member, "listing.unmerge", subject_id=pair_id)
    return back_to(PAGE, done="undone")


def _page(
    request: Request,
    visitor: Visitor,
    session: Session,
    status: DuplicateStatus,
    *,
    cursor: str | None = None,
    done: str = "",
    decided: str = "",
    problem: HandoffError | None = None,
) -> HTMLResponse:
    found = queries.page_of_pairs(session, status, after=position(cursor), limit=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    last = rows[-1] if len(found) > PAGE_SIZE else None
    return draw(
        request,
        visitor,
        "listings/duplicates.html",
        status=problem.status if problem else 200,
        pairs=list(_pairs(session, list(rows), visitor.language)),
        which=status,
        following=paging.encode_text(repr(last.score), last.id) if last else None,
        waiting=staff_queries.waiting(session),
        who=said.who(session, [each.decided_by for each in rows]),
        reasons=REASONS,
        said=said,
        done=done,
        decided=decided,
        problem=problem,
    )


def _pairs(session: Session, rows: list[DuplicatePair], language: Language) -> Iterator[Pair]:
    ids = [identity for each in rows for identity in (each.first_id, each.second_id)]
    services = whole_services(session, ids)
    for each in rows:
        left, right = services.get(each.first_id), services.get(each.second_id)
        if left is not None and right is not None:
            yield Pair(each, left, right, list(_facts(left, right, language)))


def _facts(left: Service, right: Service, language: Language) -> Iterator[Fact]:
    """What the two say, field by field, where one of them says anything."""
    for name in _COMPARED:
        pair = said.lines_of(getattr(left, name)), said.lines_of(getattr(right, name))
        if any(pair):
            yield Fact(name, *pair)
    needs = _needs(left, language), _needs(right, language)
    if any(needs):
        yield Fact("needs", *needs)
    for name, of in _LISTS.items():
        pair = of(left), of(right)
        if any(pair):
            yield Fact(name, *pair)


def _needs(service: Service, language: Language) -> list[str]:
    known = taxonomy()
    return [known[need].label[language] if need in known else need for need in service.needs]


_LISTS: dict[str, Callable[[Service], list[str]]] = {
    "phones": lambda service: [each.number for each in service.phones],
    "service_at_locations": lambda service: list(shown(service).addresses),
    "languages": lambda service: [each.name or each.code or "" for each in service.languages],
    "url": lambda service: said.lines_of(service.url or service.organization.website),
}
