"""What of the listings waits for a decision: changes to approve, and what people say is wrong."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from api import refusals
from api.clinicians.access import audit, audit_list
from api.console import listing_words as said
from api.console.access import RESPONSIBLE, TheVisitor, Visitor, back_to, console_router, draw
from api.deps import Id, TheServices, WritingSession
from api.services import Services
from api.web.forms import Lines
from directory.errors import Conflict, Forbidden, HandoffError, Invalid
from directory.freshness import reports as freshness_reports
from directory.listings import approvals, staff_queries
from directory.listings import edit_queries as queries
from directory.listings.change_models import ChangeStatus, ListingChange
from directory.listings.models import Service
from directory.listings.publication import is_published
from directory.referrals import actors
from directory.referrals.models import ListingReport

router = console_router("/listings", *RESPONSIBLE)
PAGE = "/console/listings/review"
# More than anybody decides at one sitting; what lies behind comes up as these are done.
SHOWN = 50
RESIDENT = "resident:"


@dataclass(slots=True)
class Listing:
    """A listing with all that waits of it. `service`: None once it is gone."""

    service_id: str
    service: Service | None
    changes: list[ListingChange] = field(default_factory=list)
    reports: list[ListingReport] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refused:
    """A decision that could not be taken, and what stood in its form."""

    subject_id: str
    problem: HandoffError
    reason: str = ""


@router.get("/review")
def review(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    done: str = "",
) -> HTMLResponse:
    return _page(request, visitor, session, services, done=done)


@router.post("/changes/{change_id}/approve")
def approve(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    change_id: Id,
) -> Response:
    by, now = actors.staff(visitor.member.id).by, services.clock.now()
    try:
        with session.begin_nested():
            approvals.approve(session, change_id, by=by, now=now)
    except (Conflict, Forbidden) as error:
        if _was_mine(session, change_id, by, ChangeStatus.APPROVED):
            return back_to(PAGE, done=_approved(session, change_id))  # sent twice
        refusals.note(request, error)
        return _page(request, visitor, session, services, refused=Refused(change_id, error))
    audit(session, services, visitor.member, "listing_change.approve", subject_id=change_id)
    return back_to(PAGE, done=_approved(session, change_id))


@router.post("/changes/{change_id}/decline")
def decline(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    change_id: Id,
    reason: Annotated[Lines, Form(max_length=2000)] = "",
) -> Response:
    by, now = actors.staff(visitor.member.id).by, services.clock.now()
    why = reason.replace("\x00", "").strip()
    if not why and not _was_mine(session, change_id, by, ChangeStatus.DECLINED):
        missing = Invalid("reason_missing", "Write why: the organization reads it.")
        refused = Refused(change_id, missing, reason)
        return _page(request, visitor, session, services, refused=refused)
    try:
        with session.begin_nested():
            approvals.decline(session, change_id, by=by, reason=why, now=now)
    except Conflict as error:
        if _was_mine(session, change_id, by, ChangeStatus.DECLINED):
            return back_to(PAGE, done="declined")
        refused = Refused(change_id, error, reason)
        return _page(request, visitor, session, services, refused=refused)
    audit(session, services, visitor.member, "listing_change.decline", subject_id=change_id)
    return back_to(PAGE, done="declined")


@router.post("/reports/{report_id}/settle")
def settle(
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    report_id: Id,
    note: Annotated[Lines, Form(max_length=2000)] = "",
) -> Response:
    now, me = services.clock.now(), visitor.member.id
    words = note.replace("\x00", "").strip() or None
    freshness_reports.settle(session, report_id, staff_id=me, note=words, now=now)
    audit(session, services, visitor.member, "listing_report.settle", subject_id=report_id)
    return back_to(PAGE, done="settled")


def _approved(session: Session, change_id: str) -> str:
    """What is said then: people see only what is published."""
    change = queries.change_by_id(session, change_id)
    service = session.get(Service, change.service_id) if change is not None else None
    seen = service is not None and is_published(service)
    return "approved" if seen else "approved_unseen"


def _was_mine(session: Session, change_id: str, by: str, status: ChangeStatus) -> bool:
    change = queries.change_by_id(session, change_id)
    return change is not None and (change.status, change.decided_by) == (status, by)


def _page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    *,
    done: str = "",
    refused: Refused | None = None,
) -> HTMLResponse:
    changes = queries.changes(session, status=ChangeStatus.PENDING, limit=SHOWN)
    reports = staff_queries.reports(session, after=None, limit=SHOWN)
    _note(session, services, visitor, [report for report, _service in reports])
    actors_named = [each.by for each in changes] + [each.reported_by for each, _s in reports]
    me = actors.staff(visitor.member.id).by
    now_says = refused.problem.context.get("current") if refused else None
    return draw(
        request,
        visitor,
        "listings/review.html",
        status=refused.problem.status if refused else 200,
        listings=_by_listing(session, changes, reports),
        waiting=staff_queries.waiting(session),
        who=said.who(session, actors_named),
        said=said,
        own={each.id for each in changes if approvals.needs_other_eyes(session, each, by=me)},
        own_change=approvals.OWN_CHANGE,
        done=done,
        refused=refused,
        now_says=now_says,
        fields=refused.problem.context.get("fields", []) if refused else [],
        gone=refused is not None and refused.subject_id not in {each.id for each in changes},
    )


def _by_listing(
    session: Session,
    changes: list[ListingChange],
    reports: list[tuple[ListingReport, Service]],
) -> list[Listing]:
    """What waits, by listing; who has waited longest stands on top, changes before reports."""
    services = staff_queries.by_ids(session, [each.service_id for each in changes])
    found: dict[str, Listing] = {}
    for change in changes:
        identity = change.service_id
        listing = found.setdefault(identity, Listing(identity, services.get(identity)))
        listing.changes.append(change)
    for report, service in reports:
        found.setdefault(service.id, Listing(service.id, service)).reports.append(report)
    return list(found.values())


def _note(
    session: Session, services: Services, visitor: Visitor, reports: list[ListingReport]
) -> None:
    """Reports quote residents: whose were read is noted."""
    audit(session, services, visitor.member, "listing_changes.read")
    residents = [each.reported_by for each in reports if each.reported_by.startswith(RESIDENT)]
    if residents:
        people = [each.removeprefix(RESIDENT) for each in residents]
        action = "listing_reports.read"
        audit_list(session, services, visitor.member, action, shown=people, asked_for=None)
