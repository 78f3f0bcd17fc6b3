"""Listings: the list with its filters, one listing with all that is known of it, its history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api import paging
from api.clinicians.access import audit_list
from api.console import listing_words as said
from api.console import once
from api.console.access import EVERYONE, RESPONSIBLE, TheVisitor, Visitor, console_router, draw
from api.deps import Id, ReadingSession, TheServices, WritingSession
from api.services import Services
from api.web.pages import is_htmx
from directory.errors import HandoffError, NotFound
from directory.freshness import queries as freshness
from directory.freshness.models import Freshness, Reported
from directory.freshness.shown import shown
from directory.listings import dialled_queries, dialling, notices, staff_queries
from directory.listings import edit_queries as queries
from directory.listings import queries as listing_queries
from directory.listings.change_models import ListingChange
from directory.listings.edit_rules import is_hotline
from directory.listings.models import Phone, Service
from directory.listings.numbers import digits_of
from directory.listings.publication import is_published
from directory.needs import taxonomy
from directory.referrals.models import ListingReport

router = console_router("/listings", *EVERYONE)
PAGE = "/console/listings"
PAGE_SIZE = 50
LATEST = 10
RESIDENT = "resident:"


@dataclass(frozen=True, slots=True)
class Line:
    """A number as the page of its listing shows it. `kept_back`: why nobody is given it."""

    phone: Phone
    kept_back: str | None
    hotline: bool
    state: dialling.State
    dialled_on: date | None


class Filter:
    """The filters as they stand in the address of the list."""

    def __init__(
        self,
        q: Annotated[str, Query(max_length=200)] = "",
        need: Annotated[str, Query(pattern=r"^[a-z_]{0,30}$")] = "",
        state: Annotated[str, Query(pattern=r"^[a-z]{0,10}$")] = "",
        standing: staff_queries.Standing = staff_queries.Standing.LISTED,
        only: Annotated[str, Query(pattern=r"^(|unattested|waiting|reported)$")] = "",
    ) -> None:
        self.q, self.need, self.state, self.standing, self.only = q, need, state, standing, only

    @property
    def wanted(self) -> staff_queries.Wanted:
        states = set(Freshness)
        return staff_queries.Wanted(
            words=self.q.replace("\x00", ""),
            need=self.need or None,
            freshness=Freshness(self.state) if self.state in states else None,
            standing=self.standing,
            unattested=self.only == "unattested",
            waiting=self.only == "waiting",
            reported=self.only == "reported",
        )

    @property
    def query(self) -> dict[str, str]:
        return {
            "q": self.q,
            "need": self.need,
            "state": self.state,
            "standing": self.standing.value,
            "only": self.only,
        }


@router.get("")
def listings(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    wanted: Annotated[Filter, Depends()],
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
) -> HTMLResponse:
    """As one types, htmx asks for the rows alone; without it there is a button."""
    found = staff_queries.page(
        session, wanted.wanted, after=paging.decode_text(cursor), limit=PAGE_SIZE + 1
    )
    rows = found[:PAGE_SIZE]
    following = paging.encode_text(rows[-1].name, rows[-1].id) if len(found) > PAGE_SIZE else None
    return draw(
        request,
        visitor,
        "listings/rows.html" if is_htmx(request) else "listings/listings.html",
        rows=rows,
        count=staff_queries.count(session, wanted.wanted),
        following=urlencode(wanted.query | {"cursor": following}) if following else None,
        wanted=wanted,
        waiting=staff_queries.waiting(session) if visitor.role in RESPONSIBLE else None,
        needs={code: need.label[visitor.language] for code, need in taxonomy().items()},
        is_published=is_published,
        kept_back=said.kept_back,
        said=said,
    )


@router.get("/{service_id}")
def listing(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service_id: Id,
    done: str = "",
) -> HTMLResponse:
    return page(request, visitor, session, services, service_id, After(done=done))


@router.get("/{service_id}/history")
def history(
    request: Request,
    visitor: TheVisitor,
    session: ReadingSession,
    service_id: Id,
    cursor: Annotated[str | None, Query(max_length=2000)] = None,
) -> HTMLResponse:
    """Each field before and after, who, when; the newest first."""
    service = the_listing(session, service_id)
    found = queries.history(session, service.id, after=paging.decode(cursor), limit=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    following = paging.encode(rows[-1].at, rows[-1].id) if len(found) > PAGE_SIZE else None
    return draw(
        request,
        visitor,
        "listings/history.html",
        service=service,
        changes=rows,
        following=following,
        who=said.who(session, _actors(rows)),
        said=said,
    )


def the_listing(session: Session, service_id: str) -> Service:
    """Any listing, also one that nobody is shown. Raises NotFound."""
    found = listing_queries.service_by_id(session, service_id)
    if found is None:
        raise NotFound("service_not_found", "There is no such listing.")
    return found


@dataclass(frozen=True, slots=True)
class After:
    """What has become of a form on the page of a listing. `stale`: what has changed since it was
    opened, so that it counts for nothing; `kept`: what stood in it."""

    done: str = ""
    problem: HandoffError | None = None
    stale: Sequence[ListingChange] | None = None
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        if self.stale is not None:
            return 409
        return self.problem.status if self.problem else 200


NOTHING = After()


def page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    service_id: str,
    after: After = NOTHING,
) -> HTMLResponse:
    """One listing. Residents' reports are of a person's record, and noted as read."""
    now = services.clock.now()
    service = the_listing(session, service_id)
    reports = freshness.open_reports(session, service.id)
    _audit(session, services, visitor, reports)
    changes = queries.history(session, service.id, after=None, limit=LATEST)
    standing = notices.standing(session, service.id, now=now)
    actors = [*_actors([*changes, *(after.stale or ())]), *(each.by for each in standing)]
    actors += [each.reported_by for each in reports]
    return draw(
        request,
        visitor,
        "listings/listing.html",
        status=after.status,
        service=service,
        lines=_lines(session, service, services),
        shown=shown(service),
        visible=is_published(service),
        check=freshness.open_check(session, service.id),
        reports=reports,
        notices=standing,
        changes=changes,
        pending=queries.pending(session, [service.id]),
        merged_into=session.get(Service, service.merged_into_id)
        if service.merged_into_id
        else None,
        needs={code: need.label[visitor.language] for code, need in taxonomy().items()},
        reported=list(Reported),
        responsible=visitor.role in RESPONSIBLE,
        who=said.who(session, actors),
        said=said,
        once=once.fresh(),
        after=after,
    )


def _audit(
    session: Session, services: Services, visitor: Visitor, reports: Sequence[ListingReport]
) -> None:
    residents = [each.reported_by for each in reports if each.reported_by.startswith(RESIDENT)]
    if residents:
        audit_list(
            session,
            services,
            visitor.member,
            "listing_reports.read",
            shown=[each.removeprefix(RESIDENT) for each in residents],
            asked_for=None,
        )


def _lines(session: Session, service: Service, services: Services) -> list[Line]:
    today = services.clock.now().astimezone(services.settings.zone).date()
    digits = [digits_of(each.number) for each in service.phones]
    checks = dialled_queries.last_checks(session, digits)
    lines = []
    for phone in service.phones:
        last, hotline = checks.get(digits_of(phone.number)), is_hotline([phone])
        state, _due_on = dialling.state_of(last, hotline=hotline, today=today)
        dialled_on = last.dialled_on if last else None
        lines.append(Line(phone, said.kept_back(phone), hotline, state, dialled_on))
    return lines


def _actors(changes: Iterable[ListingChange]) -> list[str]:
    return [actor for each in changes for actor in (each.by, each.decided_by) if actor]
