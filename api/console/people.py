"""People: found by number, their page, what is known of them and what they agree to.

Numbers and names stand in no address: a search is a form, and a page is named by the person's id.
"""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ValidationError

from api import paging
from api.clinicians import people
from api.clinicians.access import audit, the_person
from api.clinicians.person_schemas import PersonChange
from api.console import once as repeats
from api.console.access import EVERYONE, TheVisitor, back_to, console_router, draw
from api.console.asking import agreed, agreed_to_texts
from api.console.person_view import Sent, show, version_of
from api.deps import Id, TheServices, WritingSession
from directory.errors import Conflict, HandoffError, Invalid
from directory.people import consents, queries
from directory.people.consents import Said
from directory.people.models import ConsentMethod, Purpose
from directory.people.phone import to_e164
from directory.referrals import actors

router = console_router("/people", *EVERYONE)
PAGE = "/console/people"
YES, NO = "yes", "no"


@router.get("")
def find(request: Request, visitor: TheVisitor) -> HTMLResponse:
    return draw(request, visitor, "people/find.html", problem=None, phone="", unknown=False)


@router.post("/find")
def find_by_number(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    phone: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """To the person behind a number; the search is noted, whatever it finds."""
    try:
        number = to_e164(phone.strip())
    except Invalid as error:
        return draw(
            request,
            visitor,
            "people/find.html",
            status=error.status,
            problem=error,
            phone=phone,
            unknown=False,
        )
    person = queries.by_phone(session, number)
    audit(
        session,
        services,
        visitor.member,
        "people.search",
        person_id=person.id if person else None,
    )
    if person is not None:
        return back_to(page_of(person.id))
    return draw(request, visitor, "people/find.html", problem=None, phone=phone, unknown=True)


@router.get("/{person_id}")
def read(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    cursor: str | None = None,
    done: str = "",
) -> HTMLResponse:
    person = the_person(session, person_id)
    after = paging.decode(cursor)
    return show(request, visitor, session, services, person, after=after, sent=Sent(done=done))


class Details(BaseModel):
    """The form as it came. `code_word` is None where the page did not show it."""

    name: str = ""
    language: str = ""
    safe_to_text: str = ""
    number_shared: bool = False
    code_word: str | None = None
    version: str = ""


@router.post("/{person_id}/details")
def change(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    sent: Annotated[Details, Form()],
) -> Response:
    person = the_person(session, person_id)
    try:
        if sent.version != version_of(person):
            raise Conflict(
                "changed_meanwhile",
                "Somebody changed this person's details meanwhile. See what they are now, and "
                "save again what is still right.",
            )
        body = _changed(sent)
    except HandoffError as error:
        typed = {name: str(value or "") for name, value in sent.model_dump().items()}
        typed |= {"version": version_of(person)}
        kept = Sent(problem=error, where="details", details=typed)
        return show(request, visitor, session, services, person, sent=kept)
    people.change(session, services, visitor.member, person, body)
    return back_to(page_of(person.id), done="saved")


class Word(BaseModel):
    """What the person said about one purpose, as the form came."""

    once: repeats.Key
    purpose: Purpose
    given: bool
    method: ConsentMethod


@router.post("/{person_id}/consents")
def note_consent(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    word: Annotated[Word, Form()],
) -> Response:
    """A no ends at once what the purpose covered."""
    person = the_person(session, person_id)

    def record() -> str:
        if word.given and word.purpose is Purpose.SMS:
            agreed_to_texts(session, services, visitor, person, word.method)
        elif word.given:
            agreed(session, services, visitor, person, word.purpose, method=word.method)
        else:
            actor = actors.staff(visitor.member.id)
            now = services.clock.now()
            no = Said(word.purpose, False, word.method)
            said = consents.record(session, person, no, actor=actor, now=now)
            audit(
                session,
                services,
                visitor.member,
                "consent.record",
                person_id=person.id,
                subject_id=said.id,
            )
        return person.id

    # A no after a yes is no repetition: it must never be held up.
    asked = f"consent {person.id} {word.purpose.value} {word.given}"
    try:
        with session.begin_nested():
            repeats.once(session, visitor, f"{word.once}-{word.given}", asked, record)
    except HandoffError as error:
        kept = Sent(problem=error, where="consents")
        return show(request, visitor, session, services, person, sent=kept)
    return back_to(page_of(person.id), done="agreed" if word.given else "revoked")


@router.post("/{person_id}/reassigned")
def reassigned(
    visitor: TheVisitor, session: WritingSession, services: TheServices, person_id: Id
) -> RedirectResponse:
    """The number is somebody else's now."""
    people.mark_reassigned(person_id, session, services, visitor.member)
    return back_to(page_of(person_id), done="reassigned")


def page_of(person_id: str) -> str:
    return f"{PAGE}/{person_id}"


def _changed(sent: Details) -> PersonChange:
    """Raises Invalid where a field can't be so."""
    said = {YES: True, NO: False}
    given: dict[str, object] = {
        "name": sent.name.strip() or None,
        "language": sent.language or None,
        "safe_to_text": said.get(sent.safe_to_text),
        "number_shared": sent.number_shared,
    }
    if sent.code_word is not None:
        given["code_word"] = sent.code_word.strip() or None
    try:
        return PersonChange.model_validate(given)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise Invalid(f"{field}_invalid", WRONG.get(field, WRONG[""])) from error


WRONG = {
    "name": "A name has at most 120 letters.",
    "code_word": "A code word has 2 to 40 letters.",
    "": "Something in this form was not understood.",
}
