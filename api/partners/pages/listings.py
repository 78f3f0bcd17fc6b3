"""The listings of one's own organisation: how fresh they are, and that they are right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api import paging
from api.deps import Id, ReadingSession, TheServices, WritingSession
from api.partners.listing_answers import as_seen, versions_seen
from api.partners.pages import said
from api.partners.pages.access import (
    HOME,
    TheVisitor,
    Visitor,
    back_to,
    draw,
    own_listing,
    partner_pages,
)
from api.partners.pages.capacity import Count, counts
from api.partners.pages.once import Once, once
from api.services import Services
from bot.wording.opening_hours import hours_said
from directory.clock import wall_now
from directory.database import new_id
from directory.errors import NotFound
from directory.freshness import answers
from directory.freshness import service as freshness
from directory.freshness.shown import Shown, shown
from directory.listings import edit_queries as queries
from directory.listings import notices
from directory.listings.models import Service
from directory.listings.publication import is_published
from directory.partners import queries as partners
from directory.referrals.states import Status

router = partner_pages("")
PER_PAGE = 25
LATEST_CHANGES = 8
CHANGES_PER_PAGE = 50


# A field of a form, what is wrong with it, and what to write instead.
Mistake = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """One listing on the page of all. `seen`: which version of it this is."""

    service: Service
    counts: Sequence[Count]
    seen: str
    waiting: int
    closed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Closing:
    """The form of a closure or notice, as it was sent, and what is wrong with its fields."""

    kind: str = "closure"
    first: str = ""
    last: str = ""
    text: str = ""
    text_es: str = ""
    wrong: tuple[Mistake, ...] = ()
    problem: str = ""


@router.get("")
def own_listings(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    after: str = "",
    done: str = "",
) -> HTMLResponse:
    return _all(request, visitor, session, services, after=after, done=done)


@router.post("/listings/confirm")
def confirm_all(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    key: Annotated[Once, Form(alias="once")],
    seen: Annotated[str, Form(max_length=40_000)] = "",
    here: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """What is confirmed is what was seen: where one has changed meanwhile, nothing is."""
    wanted = versions_seen(seen)
    for service_id in wanted:
        own_listing(session, visitor, service_id)
    found = [
        own_listing(session, visitor, service_id, for_update=True) for service_id in sorted(wanted)
    ]
    now = services.clock.now()
    again: list[Service] = []

    def carry_out() -> None:
        again.extend(each for each in found if each.version != wanted[each.id])
        if again:
            raise _Overtaken
        for service in found:
            freshness.confirm(session, service, by=visitor.by, now=now)

    try:
        once(session, visitor, key, f"confirm {seen}", carry_out)
    except _Overtaken:
        return _all(request, visitor, session, services, changed=[each.name for each in again])
    done = "confirmed" if found else ""
    answers.end_if_done(session, visitor.contact, wall=wall_now())
    if here and len(found) == 1:
        return back_to(f"{HOME}/listings/{found[0].id}", done=done)
    return back_to(HOME, done=done)


class _Overtaken(Exception):
    """Somebody has changed what was to be confirmed."""


@router.get("/listings/{service_id}")
def listing_page(
    request: Request,
    service_id: Id,
    visitor: TheVisitor,
    session: ReadingSession,
    services: TheServices,
    done: str = "",
) -> HTMLResponse:
    service = own_listing(session, visitor, service_id)
    return draw_listing(request, visitor, session, services, service, done=done)


@router.get("/listings/{service_id}/history")
def history(
    request: Request,
    service_id: Id,
    visitor: TheVisitor,
    session: ReadingSession,
    after: str = "",
) -> HTMLResponse:
    service = own_listing(session, visitor, service_id)
    rows = queries.history(
        session, service.id, after=paging.decode(after or None), limit=CHANGES_PER_PAGE + 1
    )
    changes = rows[:CHANGES_PER_PAGE]
    more = len(rows) > CHANGES_PER_PAGE
    return draw(
        request,
        visitor,
        "pages/history.html",
        service=service,
        changes=changes,
        who=said.who(session, visitor, [each.by for each in changes]),
        following=paging.encode(changes[-1].at, changes[-1].id) if more else None,
        said=said,
    )


def draw_listing(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    service: Service,
    *,
    done: str = "",
    closing: Closing | None = None,
    status: int = 200,
) -> HTMLResponse:
    """One listing as people see it, with all that can be done to it."""
    now = services.clock.now()
    changes = queries.history(session, service.id, after=None, limit=LATEST_CHANGES)
    pending = queries.pending(session, [service.id])
    view: Shown = shown(service)
    return draw(
        request,
        visitor,
        "pages/listing.html",
        status=status,
        service=service,
        view=view,
        hours=hours_said(view.hours, visitor.language),
        counts=counts(service, now=now),
        seen=as_seen({service.id: service.version}),
        standing=notices.standing(session, service.id, now=now),
        pending=pending,
        changes=changes,
        who=said.who(session, visitor, [each.by for each in (*changes, *pending)]),
        closing=closing or Closing(),
        today=now.astimezone(services.settings.zone).date().isoformat(),
        fresh=new_id,
        done=done,
        visible=is_published(service),
        said=said,
    )


def _all(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    *,
    after: str = "",
    done: str = "",
    changed: Sequence[str] = (),
) -> HTMLResponse:
    now, contact = services.clock.now(), visitor.contact
    found, following = _page(session, visitor, after)
    ids = [service.id for service in found]
    waiting = [change.service_id for change in queries.pending(session, ids)]
    passing = notices.current(session, ids, now)
    blocks = [
        Block(
            service=service,
            counts=counts(service, now=now),
            seen=as_seen({service.id: service.version}),
            waiting=waiting.count(service.id),
            closed_until=notices.closed_until(passing.get(service.id, ())),
        )
        for service in found
    ]
    return draw(
        request,
        visitor,
        "pages/listings.html",
        status=409 if changed else 200,
        listings=blocks,
        seen=as_seen({each.id: each.version for each in found}),
        following=following,
        asking=partners.counts_of_referrals(session, contact).get(Status.REQUESTED, 0),
        changed=changed,
        done=done,
        fresh=new_id,
        said=said,
    )


def _page(session: Session, visitor: Visitor, after: str) -> tuple[list[Service], str | None]:
    """The listings of a page, and behind which the next one begins."""
    contact = visitor.contact
    if contact.service_id is not None:
        try:
            return [own_listing(session, visitor, contact.service_id)], None
        except NotFound:
            return [], None
    rows = queries.own_services(
        session,
        contact.organization_id,
        after=paging.decode_text(after or None),
        limit=PER_PAGE + 1,
    )
    found = rows[:PER_PAGE]
    more = len(rows) > PER_PAGE
    return found, paging.encode_text(found[-1].name, found[-1].id) if more else None
