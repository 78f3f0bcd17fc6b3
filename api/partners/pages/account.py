"""My sign-ins, and the language we write to this contact in."""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import Id, ReadingSession, TheServices, WritingSession
from api.partners.pages.access import TheVisitor, audit, back_to, draw, partner_pages
from directory.clock import wall_now
from directory.errors import Conflict
from directory.languages import Language
from directory.partners import queries, sessions

PAGE = "/partner/account"
NOT_FRESH = "Sign in again by a new link, then end the other session within ten minutes."
router = partner_pages("/account")


@router.get("")
def account(
    request: Request, visitor: TheVisitor, session: ReadingSession, done: str = ""
) -> HTMLResponse:
    wall = wall_now()
    return draw(
        request,
        visitor,
        "pages/account.html",
        sessions=sessions.of_contact(session, visitor.contact.id, wall=wall),
        wall=wall,
        done=done,
    )


@router.post("/sessions/{session_id}/end")
def end(
    session_id: Id, visitor: TheVisitor, session: WritingSession, services: TheServices
) -> Response:
    """Who it is was asked lately, or is asked again: by a new link, as there is no password."""
    wall = wall_now()
    if not sessions.is_fresh(visitor.session, wall=wall):
        raise Conflict("sign_in_again", NOT_FRESH)
    sessions.end(session, session_id, contact_id=visitor.contact.id, wall=wall)
    audit(session, services, visitor, "partner.session_ended", session_id)
    return back_to(PAGE, done="ended")


@router.post("/language")
def set_language(
    visitor: TheVisitor, session: WritingSession, language: Annotated[Language, Form()]
) -> Response:
    contact = queries.contact_by_id(session, visitor.contact.id)
    if contact is not None:
        contact.language = language
    return back_to(PAGE, done="language")
