"""A visit put right, or voided when it should never have been logged."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, StringConstraints
from sqlalchemy.orm import Session

from api.clinicians import visits
from api.clinicians.access import audit, the_person
from api.console import case_words
from api.console.access import EVERYONE, TheVisitor, Visitor, back_to, console_router, draw
from api.console.people import page_of
from api.console.visits import as_field, moment
from api.deps import Id, TheServices, WritingSession
from api.services import Services
from api.web.forms import Lines
from directory.checkins import plans
from directory.errors import Conflict, HandoffError, Invalid, NotFound
from directory.people.models import Person
from directory.visits.corrections import Correction
from directory.visits.models import CallType, Visit

router = console_router("/people", *EVERYONE)


class Corrected(BaseModel):
    """The form as it came. `version`: of the visit that it was filled in from; `type_was` and
    `plan_was`: what it showed then. An empty `follow_up`: what is usual for the call type."""

    version: str = ""
    type_was: Annotated[str, StringConstraints(max_length=40)] = ""
    plan_was: Annotated[str, StringConstraints(max_length=40)] = ""
    call_type: CallType
    occurred_at: Annotated[str, StringConstraints(max_length=40)] = ""
    follow_up: Annotated[str, StringConstraints(max_length=40)] = ""
    disposition: Annotated[Lines, StringConstraints(max_length=2000)] = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a form was not taken, which one it was, and what it held."""

    problem: HandoffError
    where: str
    sent: Corrected | None = None


@router.get("/{person_id}/visits/{visit_id}")
def form(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    visit_id: Id,
) -> HTMLResponse:
    person, visit = _found(session, visitor, person_id, visit_id)
    audit(session, services, visitor.member, "person.read", person_id=person.id)
    return _page(request, visitor, session, services, person, visit)


@router.post("/{person_id}/visits/{visit_id}/correct")
def correct(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    visit_id: Id,
    sent: Annotated[Corrected, Form()],
) -> Response:
    # Of two corrections at once the second is compared with what the first has left.
    person, visit = _found(session, visitor, person_id, visit_id, for_update=True)
    note = sent.disposition.strip() if visitor.reads_words else None
    plan = _plan(session, visit, sent)
    not_as_shown = sent.follow_up not in ("", plan)
    done = "checkins_ended" if not_as_shown else "corrected"
    if _is_so_already(visit, sent, plan, note, services):
        return back_to(page_of(person.id), done=done)
    try:
        if sent.version != _version(visit):
            raise Conflict("changed_meanwhile", case_words.VISIT_CHANGED)
        with session.begin_nested():
            correction = _correction(visit, sent, plan, note, services)
            visits.put_right(session, services, visitor.member, visit, correction)
    except HandoffError as error:
        wrong = Wrong(error, "correct", sent)
        return _page(request, visitor, session, services, person, visit, wrong=wrong)
    return back_to(page_of(person.id), done=done)


@router.post("/{person_id}/visits/{visit_id}/void")
def void(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    visit_id: Id,
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    person, visit = _found(session, visitor, person_id, visit_id)
    if visit.voided_at is not None and visit.void_reason == reason.strip():
        return back_to(page_of(person.id), done="voided")  # the button was pressed twice
    try:
        if not reason.strip():
            raise Invalid("reason_missing", case_words.VOID_WITHOUT_REASON)
        with session.begin_nested():
            visits.void(session, services, visitor.member, visit, reason=reason.strip())
    except HandoffError as error:
        wrong = Wrong(error, "void")
        return _page(request, visitor, session, services, person, visit, wrong=wrong)
    return back_to(page_of(person.id), done="voided")


def _found(
    session: Session,
    visitor: Visitor,
    person_id: str,
    visit_id: str,
    *,
    for_update: bool = False,
) -> tuple[Person, Visit]:
    person = the_person(session, person_id, for_update=for_update)
    visit = visits.their_visit(session, visit_id, visitor.member)
    if visit.person_id != person.id:
        raise NotFound("visit_unknown", "There is no such visit.")
    return person, visit


def _plan(session: Session, visit: Visit, sent: Corrected) -> str:
    """The plan that the form asks for: what it shows is what happens.

    But for a visit that turns out to have been for domestic violence: what was chosen before that
    was known has to be chosen anew. Told from what the form showed, so that a button that was
    pressed twice means the same both times.
    """
    kept = sent.follow_up == (sent.plan_was or visit.follow_up)
    if not sent.follow_up or (kept and _becomes_violence(sent)):
        return plans.default_for(session, sent.call_type)
    return sent.follow_up


def _becomes_violence(sent: Corrected) -> bool:
    violence = CallType.DOMESTIC_VIOLENCE
    return sent.call_type is violence and sent.type_was != violence


def _correction(
    visit: Visit, sent: Corrected, plan: str, note: str | None, services: Services
) -> Correction:
    """What differs. A browser's time has no seconds: left as it was, it changes nothing. `note`:
    None where the form did not show it."""
    when = moment(sent.occurred_at, services)
    return Correction(
        call_type=sent.call_type if sent.call_type != visit.call_type else None,
        occurred_at=when if as_field(visit.occurred_at, services) != sent.occurred_at else None,
        follow_up=plan,
        disposition=note,
    )


def _is_so_already(
    visit: Visit, sent: Corrected, plan: str, note: str | None, services: Services
) -> bool:
    """Whether this very form was taken before: the button was pressed twice. What it says is so
    then, and whoever pressed it must not be told that somebody else was faster."""
    return (
        sent.version != _version(visit)
        and visit.voided_at is None
        and sent.call_type == visit.call_type
        and as_field(visit.occurred_at, services) == sent.occurred_at
        and plan == visit.follow_up
        and note in (None, visit.disposition or "")
    )


def _version(visit: Visit) -> str:
    """Changes with each correction."""
    return (visit.voided_at or visit.corrected_at or visit.created_at).isoformat()


def _page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    person: Person,
    visit: Visit,
    *,
    wrong: Wrong | None = None,
) -> HTMLResponse:
    now = services.clock.now().astimezone(services.settings.zone)
    problem = wrong.problem if wrong else None
    sent = (wrong and wrong.sent) or Corrected(
        call_type=CallType(visit.call_type),
        occurred_at=as_field(visit.occurred_at, services),
        follow_up=visit.follow_up,
        disposition=(visit.disposition or "") if visitor.reads_words else "",
    )
    sent.version = _version(visit)
    sent.type_was, sent.plan_was = visit.call_type, visit.follow_up
    return draw(
        request,
        visitor,
        "people/visit_change.html",
        status=problem.status if problem else 200,
        person=person,
        visit=visit,
        sent=sent,
        problem=problem,
        where=wrong.where if wrong else "",
        plans=plans.every(session),
        latest=as_field(now, services),
        w=case_words,
    )
