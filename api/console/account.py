"""My account: language, password, and the browsers in which I am signed in."""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console.access import (
    EVERYONE,
    SIGN_IN,
    TheVisitor,
    Visitor,
    back_to,
    console_router,
    draw,
)
from api.deps import Id, ReadingSession, TheServices, WritingSession
from directory.clock import wall_now
from directory.errors import Invalid, NotFound
from directory.languages import Language
from directory.staff import passwords, queries, sessions
from directory.staff import service as staff

router = console_router("/account", *EVERYONE)
PAGE = "/console/account"


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


WRONG_PASSWORD = _("Your present password is wrong. Nothing was changed.")
NOT_THE_SAME = _("The new password was typed in two ways. Nothing was changed.")


@router.get("")
def account(
    request: Request, visitor: TheVisitor, session: ReadingSession, done: str = ""
) -> HTMLResponse:
    return _page(request, visitor, session, done=done)


@router.post("/password")
def change_password(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Every browser has to sign in again, this one as well: with the new password."""
    member = queries.active_by_id(session, visitor.member.id)
    if member is None or member.password_hash is None:
        raise NotFound("password_none", "This account has no password: it signs in elsewhere.")
    if new != again:
        return _page(request, visitor, session, wrong=NOT_THE_SAME)
    wall, now = wall_now(), services.clock.now()
    try:
        changed = staff.change_password(session, member, old=old, new=new, wall=wall, now=now)
    except Invalid as problem:
        return _page(request, visitor, session, wrong=problem.detail)
    if not changed:
        return _page(request, visitor, session, wrong=WRONG_PASSWORD)
    audit(session, services, member, "staff.own_password", subject_id=member.id)
    return RedirectResponse(SIGN_IN, status_code=303)


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


def _page(
    request: Request, visitor: Visitor, session: Session, *, done: str = "", wrong: str = ""
) -> HTMLResponse:
    return draw(
        request,
        visitor,
        "account/account.html",
        status=422 if wrong else 200,
        sessions=queries.sessions_of(session, visitor.member.id),
        shortest=passwords.SHORTEST,
        wall=wall_now(),
        done=done,
        wrong=wrong,
    )
