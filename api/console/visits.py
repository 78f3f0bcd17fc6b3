"""Logging a visit: for a person whom we know, or for a number that is new."""

from datetime import datetime
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, BeforeValidator, StringConstraints
from sqlalchemy.orm import Session

from api.clinicians.access import audit, the_person
from api.console import case_words
from api.console import once as repeats
from api.console.access import EVERYONE, TheVisitor, Visitor, back_to, console_router, draw
from api.console.people import page_of
from api.deps import Id, TheServices, WritingSession
from api.services import Services
from api.web.forms import Lines
from directory.checkins import plans
from directory.errors import HandoffError, Invalid
from directory.languages import Language
from directory.people.models import ConsentMethod, Person
from directory.visits import queries
from directory.visits.models import CallType
from directory.visits.service import NewVisit, log_visit

router = console_router("/people", *EVERYONE)
_SAID = {"yes": True, "no": False}


class Sent(BaseModel):
    """The form as it came. What is neither yes nor no was not asked, nor was a box that is empty.
    `phone`: of who is new."""

    once: repeats.Key
    phone: Annotated[str, StringConstraints(max_length=40)] = ""
    name: Annotated[str, StringConstraints(max_length=120)] = ""
    language: Annotated[Language | None, BeforeValidator(lambda said: said or None)] = None
    call_type: CallType = CallType.MENTAL_HEALTH
    occurred_at: Annotated[str, StringConstraints(max_length=40)] = ""
    safe_to_text: str = ""
    number_shared: bool = False
    code_word: Annotated[str, StringConstraints(max_length=40)] = ""
    sms: str = ""
    referral: str = ""
    substance_use: str = ""
    method: ConsentMethod = ConsentMethod.VERBAL
    disposition: Annotated[Lines, StringConstraints(max_length=2000)] = ""
    follow_up: Annotated[str, StringConstraints(max_length=40)] = ""


@router.get("/{person_id}/visit")
def form(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
) -> HTMLResponse:
    person = the_person(session, person_id)
    audit(session, services, visitor.member, "person.read", person_id=person.id)
    return _page(request, visitor, session, services, person)


@router.post("/new-visit")
def form_for_number(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    phone: Annotated[str, Form(max_length=40)] = "",
) -> HTMLResponse:
    """For a number that nobody is known by. By POST: it stands in no address."""
    sent = Sent(once=repeats.fresh(), phone=phone)
    return _page(request, visitor, session, services, None, sent=sent)


@router.post("/visits")
def log_for_number(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[Sent, Form()],
) -> Response:
    return _log(request, visitor, session, services, None, sent)


@router.post("/{person_id}/visits")
def log(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    sent: Annotated[Sent, Form()],
) -> Response:
    person = the_person(session, person_id)
    return _log(request, visitor, session, services, person, sent)


def _log(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    person: Person | None,
    sent: Sent,
) -> Response:
    phone = person.phone if person is not None else sent.phone

    def make() -> str:
        visit, _planned = log_visit(
            session,
            _new(sent, phone, services),
            clinician_id=visitor.member.id,
            quiet=services.quiet,
            now=services.clock.now(),
        )
        person_id, visit_id = visit.person_id, visit.id
        audit(
            session,
            services,
            visitor.member,
            "visit.create",
            person_id=person_id,
            subject_id=visit_id,
        )
        return visit_id

    body = sent.model_dump_json(exclude={"once"})
    try:
        with session.begin_nested():
            visit_id = repeats.once(session, visitor, sent.once, f"visit {phone} {body}", make)
    except HandoffError as error:
        return _page(request, visitor, session, services, person, sent=sent, problem=error)
    visit = queries.by_id(session, visit_id)
    assert visit is not None  # noqa: S101  # it has just been made, or was before
    return back_to(page_of(visit.person_id), done="visit")


def _new(sent: Sent, phone: str, services: Services) -> NewVisit:
    if sent.safe_to_text not in ("yes", "no", "unknown"):
        raise Invalid("safe_to_text_missing", "Say whether it is safe to text this phone.")
    return NewVisit(
        phone=phone.strip(),
        name=sent.name.strip() or None,
        language=sent.language,
        safe_to_text=_SAID.get(sent.safe_to_text),
        call_type=sent.call_type,
        occurred_at=moment(sent.occurred_at, services),
        consent_sms=_SAID.get(sent.sms),
        consent_referral=_SAID.get(sent.referral),
        consent_method=sent.method,
        disposition=sent.disposition.strip() or None,
        follow_up=sent.follow_up or None,
        consent_substance_use=_SAID.get(sent.substance_use),
        # An empty box was not asked; that others read it no more is said under Details.
        number_shared=sent.number_shared or None,
        code_word=sent.code_word.strip() or None,
    )


def moment(text: str, services: Services) -> datetime:
    """What a browser sends of a date and time field, in the programme's time zone."""
    if not text.strip():
        return services.clock.now()
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("occurred_at_invalid", "Write when it was, as date and time.") from error
    return said if said.tzinfo else said.replace(tzinfo=services.settings.zone)


def as_field(at: datetime, services: Services) -> str:
    """An instant as a browser's field for date and time holds it, and `moment` reads it."""
    return at.astimezone(services.settings.zone).strftime("%Y-%m-%dT%H:%M")


def _page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    person: Person | None,
    *,
    sent: Sent | None = None,
    problem: HandoffError | None = None,
) -> HTMLResponse:
    now = services.clock.now().astimezone(services.settings.zone)
    known = Language(person.language) if person is not None and person.language else None
    usual = Sent(
        once=repeats.fresh(),
        name=(person.name or "") if person is not None else "",
        language=known,
        code_word="",
    )
    sent = sent or usual
    if not sent.occurred_at:
        sent.occurred_at = as_field(now, services)
    sent.once = repeats.key_after(problem, sent.once)
    return draw(
        request,
        visitor,
        "people/visit.html",
        status=problem.status if problem else 200,
        person=person,
        sent=sent,
        problem=problem,
        plans=plans.every(session),
        latest=as_field(now, services),
        w=case_words,
    )
