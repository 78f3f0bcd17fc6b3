"""My account: language, and the browsers in which I am signed in."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.console.access import EVERYONE, TheVisitor, back_to, console_router, draw
from api.deps import Id, ReadingSession, WritingSession
from directory.clock import wall_now
from directory.languages import Language
from directory.staff import queries, sessions

router = console_router("/account", *EVERYONE)
PAGE = "/console/account"


@router.get("")
def account(
    request: Request, visitor: TheVisitor, session: ReadingSession, done: str = ""
) -> HTMLResponse:
    return draw(
        request,
        visitor,
        "account/account.html",
        sessions=queries.sessions_of(session, visitor.member.id),
        wall=wall_now(),
        done=done,
    )


@router.post("/language")
def choose_language(
    visitor: TheVisitor, session: WritingSession, language: Annotated[Language, Form()]
) -> RedirectResponse:
    member = queries.active_by_id(session, visitor.member.id)
    if member is not None:
        member.language = language
    return back_to(PAGE, done="language")


@router.post("/sessions/{session_id}/end")
def end_session(visitor: TheVisitor, session: WritingSession, session_id: Id) -> RedirectResponse:
    sessions.end(session, session_id, staff_id=visitor.member.id)
    return back_to(PAGE, done="ended")


@router.post("/sessions/end-others")
def end_others(visitor: TheVisitor, session: WritingSession) -> RedirectResponse:
    sessions.end_others(session, visitor.session.id, staff_id=visitor.member.id)
    return back_to(PAGE, done="ended")
