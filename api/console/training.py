"""CIT training: who is certified, who has done the course, and how far the city's goals are."""

from datetime import date
from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console.access import RESPONSIBLE, TheVisitor, Visitor, back_to, console_router, draw
from api.deps import Id, TheServices, WritingSession, get_services
from api.services import Services
from directory.errors import HandoffError, Invalid
from directory.referrals import actors
from directory.training import queries, service
from directory.training.models import Unit

router = console_router("/training", *RESPONSIBLE)
PAGE = "/console/training"
PAGE_SIZE = 40


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


UNITS = {
    Unit.PATROL: _("Patrol"),
    Unit.DISPATCH: _("Dispatch"),
    Unit.SOCIAL_SERVICES: _("Social services"),
    Unit.FIRE: _("Fire department"),
    Unit.OTHER: _("Other"),
}


class Sent(BaseModel):
    """The form as it came: what is wrong in it is said beside it."""

    name: str = ""
    unit: Unit = Unit.PATROL
    hours: str = "0"
    certified_on: str = ""
    left_on: str = ""


@router.get("")
def members(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    page: Annotated[int, Query(ge=0, le=10_000)] = 0,
    change: Annotated[str, Query(max_length=36)] = "",
    done: str = "",
) -> HTMLResponse:
    """`change`: whose form is open. One for each would make a page of hundreds of kilobytes."""
    audit(session, services, visitor.member, "training.read")
    return _page(request, visitor, session, done=done, page=page, member_id=change or None)


@router.post("")
def add(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[Sent, Form()],
) -> Response:
    return _save(request, visitor, session, services, sent, member_id=None)


@router.post("/{member_id}")
def change(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    member_id: Id,
    sent: Annotated[Sent, Form()],
) -> Response:
    return _save(request, visitor, session, services, sent, member_id=member_id)


def _save(  # what the form sends, and to whom
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    sent: Sent,
    *,
    member_id: str | None,
) -> Response:
    now = services.clock.now()
    try:
        member = service.save(
            session,
            _training(sent),
            member_id=member_id,
            by=actors.staff(visitor.member.id).by,
            today=now.astimezone(services.settings.zone).date(),
            now=now,
        )
    except Invalid as error:
        return _page(request, visitor, session, problem=error, sent=sent, member_id=member_id)
    audit(session, services, visitor.member, "training.change", subject_id=member.id)
    return back_to(PAGE, done="saved")


def _training(sent: Sent) -> service.Training:
    try:
        hours = float(sent.hours or 0)
    except ValueError as error:
        raise Invalid("hours_invalid", "Hours are a number, like 40 or 12.5.") from error
    return service.Training(
        sent.name, sent.unit, hours, _day(sent.certified_on), _day(sent.left_on)
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise Invalid("day_invalid", "Write a day as year-month-day, like 2026-03-18.") from error


def _page(  # what the form shows again
    request: Request,
    visitor: Visitor,
    session: Session,
    *,
    done: str = "",
    problem: HandoffError | None = None,
    sent: Sent | None = None,
    member_id: str | None = None,
    page: int = 0,
) -> HTMLResponse:
    found = queries.members(session)
    place = next((i for i, each in enumerate(found) if each.id == member_id), None)
    page = page if place is None else place // PAGE_SIZE
    return draw(
        request,
        visitor,
        "training/training.html",
        status=problem.status if problem else 200,
        members=found[page * PAGE_SIZE : (page + 1) * PAGE_SIZE],
        page=page,
        pages=-(-len(found) // PAGE_SIZE),
        standing=service.standing(found),
        goal=get_services(request).settings.cit_share_goal,
        course=service.COURSE_HOURS,
        units=UNITS,
        done=done,
        problem=problem,
        sent=sent or Sent(),
        changing=None if place is None else member_id,
    )
