"""Writing to a person as staff: the bot stands aside, until it is handed back."""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, StringConstraints

from api.clinicians.access import audit, the_person
from api.console import once as repeats
from api.console.access import EVERYONE, TheVisitor, back_to, console_router, draw
from api.console.asking import agreed_to_texts
from api.console.people import page_of
from api.console.person_view import Sent, show
from api.deps import Id, TheServices, WritingSession
from api.web.forms import Lines
from bot import staff_texts
from directory.conversations import holding
from directory.errors import Conflict, HandoffError
from directory.people.models import ConsentMethod

router = console_router("/people", *EVERYONE)
# Far longer than any text may be: what is too long is said beside the form, not lost.
Words = Annotated[Lines, StringConstraints(max_length=5000)]
HolderOrNobody = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{0,36}$")]


class Text(BaseModel):
    """The form as it came. `held_by`: who spoke with the person when the page was drawn; where that
    is a colleague, sending takes it over knowingly. `has_agreed`: they were asked just now."""

    once: repeats.Key
    text: Words = ""
    held_by: HolderOrNobody = ""
    has_agreed: bool = False
    method: ConsentMethod = ConsentMethod.VERBAL


@router.post("/size")
def size(
    request: Request, visitor: TheVisitor, text: Annotated[Words, Form()] = ""
) -> HTMLResponse:
    """How many segments a text takes, while it is written. By POST: words stand in no address."""
    return draw(request, visitor, "people/size.html", size=staff_texts.size_of(text))


@router.post("/{person_id}/texts")
def write(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    sent: Annotated[Text, Form()],
) -> Response:
    """Text the person; the bot stands aside."""
    person = the_person(session, person_id)

    def send() -> str:
        if sent.has_agreed:
            agreed_to_texts(session, services, visitor, person, sent.method)
        message_id = staff_texts.write(
            session,
            person,
            sent.text,
            by=visitor.member.id,
            quiet=services.quiet,
            now=services.clock.now(),
            instead_of=sent.held_by or None,
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
            repeats.once(session, visitor, sent.once, f"text {person.id} {sent.text}", send)
    except HandoffError as error:
        kept = Sent(problem=error, where="write", text=sent.text)
        return show(request, visitor, session, services, person, sent=kept)
    return back_to(page_of(person.id), done="written")


@router.post("/{person_id}/hold")
def hold(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    person_id: Id,
    held_by: Annotated[HolderOrNobody, Form()] = "",
) -> Response:
    """Take the conversation; the bot stands aside."""
    person = the_person(session, person_id)
    try:
        with session.begin_nested():
            holding.take(
                session,
                person,
                by=visitor.member.id,
                now=services.clock.now(),
                instead_of=held_by or None,
            )
    except Conflict as error:
        kept = Sent(problem=error, where="write")
        return show(request, visitor, session, services, person, sent=kept)
    audit(session, services, visitor.member, "person.hold", person_id=person.id)
    return back_to(page_of(person.id), done="held")


@router.post("/{person_id}/hand-back")
def hand_back(
    visitor: TheVisitor, session: WritingSession, services: TheServices, person_id: Id
) -> RedirectResponse:
    """The bot answers again. Whoever may speak with the person may also end it."""
    person = the_person(session, person_id)
    holding.hand_back(session, person.id)
    audit(session, services, visitor.member, "person.hand_back", person_id=person.id)
    return back_to(page_of(person.id), done="handed_back")
