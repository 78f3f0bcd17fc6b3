"""From a service that was found: its listing by text to the person, or a referral, in two taps.

The first tap shows what will go out, and asks in place for the consent that is missing; the second
sends it.
"""

from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, StringConstraints
from sqlalchemy.orm import Session

from api.clinicians.access import audit, the_person
from api.console import case_words, untold
from api.console import once as repeats
from api.console import search as searching
from api.console.access import EVERYONE, TheVisitor, Visitor, back_to, console_router, draw
from api.console.asking import agreed, agreed_to_texts
from api.console.people import page_of
from api.console.search import IdOrNone, Number
from api.deps import Id, TheServices, WritingSession
from api.services import Services
from api.web.forms import Lines
from bot import staff_texts
from bot.staff_texts import Footing
from bot.wording import results
from directory.errors import Conflict, HandoffError, Invalid, NotFound
from directory.languages import Language
from directory.listings import queries as listings
from directory.listings.models import Service
from directory.needs import is_sensitive, taxonomy
from directory.people.models import ConsentMethod, Person, Purpose
from directory.referrals import actors, queries
from directory.referrals import service as referrals
from directory.referrals.models import Priority, Referral
from directory.referrals.service import NewReferral
from directory.referrals.states import OPEN
from directory.search import Match
from directory.search.jsonable import to_jsonable

router = console_router("/search", *EVERYONE)


class Chosen(BaseModel):
    """What, to whom, and what was asked in place. `aware`: they know that the text names a service
    that nobody else should read of."""

    once: repeats.Key
    service: Id
    person: Id
    has_agreed: bool = False
    aware: bool = False
    method: ConsentMethod = ConsentMethod.VERBAL


class NewRequest(Chosen):
    """`second`: they know that the person has an open referral to this service already."""

    need: Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,30}$")] = ""
    priority: Priority = Priority.ROUTINE
    reason: Annotated[Lines, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    second: bool = False


# --- the listing by text --------------------------------------------------------------------------


@router.get("/text")
def text_form(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service: Id,
    person: Annotated[IdOrNone, Query()] = "",
) -> HTMLResponse:
    if not person:
        return ask_for_whom(request, visitor, service, "text")
    return _text_page(request, visitor, session, services, service, the_person(session, person))


@router.post("/text")
def send_text(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[Chosen, Form()],
) -> Response:
    person = the_person(session, sent.person)
    match = _match(session, services, sent.service, _language_of(person))

    def send() -> str:
        if is_sensitive(match.need) and not sent.aware:
            raise Invalid(
                "ask_about_the_name",
                "Ask whether they want this as a text, and tick that they do.",
            )
        if sent.has_agreed:
            agreed_to_texts(session, services, visitor, person, sent.method)
        message_id = staff_texts.queue(
            session,
            person,
            listing_text(match, _language_of(person), services),
            by=visitor.member.id,
            quiet=services.quiet,
            now=services.clock.now(),
        ).message.id
        audit(
            session,
            services,
            visitor.member,
            "person.text",
            person_id=person.id,
            subject_id=message_id,
        )
        return message_id

    try:
        with session.begin_nested():
            repeats.once(session, visitor, sent.once, f"listing {person.id} {sent.service}", send)
    except HandoffError as error:
        return _text_page(request, visitor, session, services, sent.service, person, problem=error)
    return back_to(page_of(person.id), done="texted")


def listing_text(match: Match, language: Language, services: Services) -> str:
    """Everything that a person needs to use one service, as the bot texts it."""
    return results.details(
        to_jsonable(match),
        language=language,
        now=services.clock.now(),
        zone=services.settings.zone,
    )


def _text_page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    service_id: str,
    person: Person,
    *,
    problem: HandoffError | None = None,
) -> HTMLResponse:
    now = services.clock.now()
    audit(session, services, visitor.member, "person.read", person_id=person.id)
    match = _match(session, services, service_id, _language_of(person))
    text = listing_text(match, _language_of(person), services)
    ground = staff_texts.footing_with(session, person, now=now)
    waits = ground is not Footing.REPLY and services.quiet.covers(now)
    return draw(
        request,
        visitor,
        "search/text.html",
        status=problem.status if problem else 200,
        whom=searching.as_shown(person),
        match=match,
        text=text,
        size=staff_texts.size_of(text),
        ground=ground,
        askable=ground in case_words.ASKABLE,
        waits_until=services.quiet.end_after(now) if waits else None,
        sensitive=is_sensitive(match.need),
        once=repeats.fresh(),
        problem=problem,
        w=case_words,
    )


# --- a referral -----------------------------------------------------------------------------------


@router.get("/refer")
def referral_form(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    service: Id,
    person: Annotated[IdOrNone, Query()] = "",
) -> HTMLResponse:
    if not person:
        return ask_for_whom(request, visitor, service, "refer")
    usual = NewRequest(once=repeats.fresh(), service=service, person=person)
    return _referral_page(request, visitor, session, services, the_person(session, person), usual)


@router.post("/refer")
def refer(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[NewRequest, Form()],
) -> Response:
    person, actor = the_person(session, sent.person), actors.staff(visitor.member.id)
    new = NewReferral(
        person_id=person.id,
        service_id=sent.service,
        reason=sent.reason.strip() or None,
        priority=sent.priority,
        need=sent.need or None,
        clinician_id=visitor.member.id,
    )

    def send() -> str:
        if not sent.second and _open_ones(session, person.id, sent.service):
            raise Conflict(
                "referral_open",
                "They have an open referral to this service already: look at it, or tick that you "
                "send a second one.",
            )
        if sent.has_agreed:
            service = _service(session, sent.service)
            missing = missing_consents(session, services, person, service, sent.need)
            agreed(session, services, visitor, person, *missing, method=sent.method)
        made = referrals.create(session, new, actor=actor, now=services.clock.now())
        audit(
            session,
            services,
            visitor.member,
            "referral.create",
            person_id=person.id,
            subject_id=made.id,
        )
        return made.id

    body = sent.model_dump_json(exclude={"once"})
    try:
        with session.begin_nested():
            made = repeats.once(session, visitor, sent.once, f"refer {body}", send)
    except HandoffError as error:
        return _referral_page(request, visitor, session, services, person, sent, problem=error)
    return back_to(f"/console/referrals/{made}", done="referred")


def missing_consents(
    session: Session, services: Services, person: Person, service: Service, need: str
) -> tuple[Purpose, ...]:
    """What the person still has to agree to before this referral."""
    return referrals.missing_consents(
        session, person, service, need=need or None, now=services.clock.now()
    )


def _referral_page(
    request: Request,
    visitor: Visitor,
    session: Session,
    services: Services,
    person: Person,
    sent: NewRequest,
    *,
    problem: HandoffError | None = None,
) -> HTMLResponse:
    audit(session, services, visitor.member, "person.read", person_id=person.id)
    service = _service(session, sent.service)
    sent.once = repeats.key_after(problem, sent.once)
    known = taxonomy()
    return draw(
        request,
        visitor,
        "search/refer.html",
        status=problem.status if problem else 200,
        whom=searching.as_shown(person),
        service=service,
        match=_match(session, services, service.id, _language_of(person)),
        missing=missing_consents(session, services, person, service, sent.need),
        already=_open_ones(session, person.id, service.id),
        to_call=untold.before_sending(session, service),
        needs=[(each, known[each].label[visitor.language]) for each in service.needs or ()],
        sent=sent,
        problem=problem,
        w=case_words,
    )


def _open_ones(session: Session, person_id: str, service_id: str) -> list[Referral]:
    return [
        each
        for each in queries.of_person(session, person_id)
        if each.service_id == service_id and each.status in OPEN
    ]


def ask_for_whom(request: Request, visitor: Visitor, service_id: str, then: str) -> HTMLResponse:
    """The number first: it comes by form."""
    return draw(
        request,
        visitor,
        "search/person.html",
        wanted=Number(),
        service=service_id,
        then=then,
        phone="",
        problem=None,
        unknown=False,
    )


def _match(session: Session, services: Services, service_id: str, language: Language) -> Match:
    match = searching.match_of(session, services, service_id, language)
    if match is None:
        raise NotFound("service_unknown", "There is no such service.")
    return match


def _service(session: Session, service_id: str) -> Service:
    service = listings.service_by_id(session, service_id)
    if service is None:
        raise NotFound("service_unknown", "There is no such service.")
    return service


def _language_of(person: Person) -> Language:
    return Language(person.language or Language.EN)
