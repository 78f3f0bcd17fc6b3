"""Search as on scene: what there is here and now, compared, texted to the person, referred to.

A person stands in the address by id only; their number comes by form.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.orm import Session

from api.clinicians.access import audit, the_person
from api.console import search_words
from api.console.access import EVERYONE, TheVisitor, Visitor, back_to, console_router, draw
from api.deps import Id, ReadingSession, TheServices, WritingSession
from api.public.pages.spoken import name_of
from api.services import Services
from api.web.pages import is_htmx
from directory.errors import Invalid
from directory.languages import Language
from directory.needs import taxonomy
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Person
from directory.people.phone import masked, to_e164
from directory.search import FindResult, Match, find
from directory.search import Query as Asked
from directory.search.known import matches_for

router = console_router("/search", *EVERYONE)
PAGE = "/console/search"
COMPARED_AT_MOST = 4
IdOrNone = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{0,36}$")]


class Wanted(BaseModel):
    """The search as its form and its address have it. `person`: for whom, by id."""

    model_config = ConfigDict(extra="ignore")
    q: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] = ""
    need: Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,30}$")] = ""
    place: Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")] = ""
    language: Annotated[str, StringConstraints(pattern=r"^(en|es)?$")] = ""
    open_now: bool = False
    person: IdOrNone = ""

    @property
    def asks_something(self) -> bool:
        return bool(self.q.strip() or self.need)


@dataclass(frozen=True, slots=True)
class ForWhom:
    """The person for whom one searches, as far as a search page shows them."""

    id: str
    name: str | None
    phone: str
    language: Language


@router.get("")
def search(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    wanted: Annotated[Wanted, Query()],
) -> HTMLResponse:
    whom = for_whom(session, services, visitor, wanted.person)
    found = _find(session, services, wanted) if wanted.asks_something else None
    return draw(
        request,
        visitor,
        "search/results.html" if is_htmx(request) else "search/search.html",
        wanted=wanted,
        whom=whom,
        found=found,
        matches=found.matches if found else (),
        needs=_needs(visitor.language),
        w=search_words,
        problem=None,
        phone="",
        unknown=False,
        done="",
    )


@router.get("/compare")
def compare(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    wanted: Annotated[Wanted, Query()],
    s: Annotated[list[Id] | None, Query(max_length=20)] = None,
) -> HTMLResponse:
    """Up to four services side by side."""
    chosen = (s or [])[:COMPARED_AT_MOST]
    matches = matches_for(session, chosen, _asked(services, wanted))
    whom = for_whom(session, services, visitor, wanted.person)
    return draw(
        request,
        visitor,
        "search/compare.html",
        wanted=wanted,
        whom=whom,
        matches=matches,
        too_many=len(s or []) > COMPARED_AT_MOST,
        spoken=lambda match: ", ".join(name_of(code, visitor.language) for code in match.languages),
        w=search_words,
    )


class Number(Wanted):
    """The number of the person for whom one searches. `new`: it may be nobody's that we know.

    `service`, `then`: what was to be done with which service once the person is known.
    """

    phone: Annotated[str, StringConstraints(max_length=40)] = ""
    new: bool = False
    service: IdOrNone = ""
    then: Annotated[str, StringConstraints(pattern=r"^(text|refer)?$")] = ""


@router.post("/person")
def choose_person(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    sent: Annotated[Number, Form()],
) -> Response:
    """For whom the search is. Who is not known yet may be met here: consent is asked for next."""
    try:
        number = to_e164(sent.phone.strip())
    except Invalid as error:
        return _person_page(request, visitor, sent, problem=error)
    person = people.by_phone(session, number)
    audit(
        session, services, visitor.member, "people.search", person_id=person.id if person else None
    )
    if person is None and not sent.new:
        return _person_page(request, visitor, sent, unknown=True)
    if person is None:
        person = people_service.find_or_create(session, number, now=services.clock.now())
        session.flush()
        audit(session, services, visitor.member, "person.create", person_id=person.id)
    if sent.service and sent.then:
        return back_to(f"{PAGE}/{sent.then}", service=sent.service, person=person.id)
    kept = {
        name: value
        for name, value in sent.model_dump(include=set(Wanted.model_fields)).items()
        if value and name != "person"
    }
    if sent.open_now:
        kept["open_now"] = "true"
    return back_to(PAGE, **kept, person=person.id)


def _person_page(
    request: Request,
    visitor: Visitor,
    sent: Number,
    *,
    problem: Invalid | None = None,
    unknown: bool = False,
) -> HTMLResponse:
    return draw(
        request,
        visitor,
        "search/person.html",
        status=problem.status if problem else 200,
        wanted=sent,
        service=sent.service,
        then=sent.then,
        phone=sent.phone,
        problem=problem,
        unknown=unknown,
    )


def for_whom(
    session: Session, services: Services, visitor: Visitor, person_id: str
) -> ForWhom | None:
    """The person of an address; showing them is noted. Raises NotFound."""
    if not person_id:
        return None
    person = the_person(session, person_id)
    audit(session, services, visitor.member, "person.read", person_id=person.id)
    return as_shown(person)


def as_shown(person: Person) -> ForWhom:
    language = Language(person.language or Language.EN)
    return ForWhom(person.id, person.name, masked(person.phone), language)


def match_of(
    session: ReadingSession, services: Services, service_id: str, language: Language
) -> Match | None:
    """One service as it is now; None where it is not shown any more."""
    asked = Asked(language=language.value, at=services.clock.now())
    return next(iter(matches_for(session, [service_id], asked)), None)


def _find(session: Session, services: Services, wanted: Wanted) -> FindResult:
    return find(session, _asked(services, wanted))


def _asked(services: Services, wanted: Wanted) -> Asked:
    return Asked(
        needs=(wanted.need,) if wanted.need in taxonomy() else (),
        place=wanted.place.strip() or None,
        language=wanted.language or None,
        open_now=wanted.open_now,
        text=wanted.q.strip() or None,
        at=services.clock.now(),
    )


def _needs(language: Language) -> list[tuple[str, str]]:
    """Codes and labels, for the list to choose from."""
    return [(need.code, need.label[language]) for need in taxonomy().values()]
