"""My account: language, password, and where I am signed in."""

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from api.clinicians.access import audit
from api.console.access import (
    ACCOUNT,
    EVERYONE,
    SIGN_IN,
    TheVisitor,
    Visitor,
    back_to,
    console_router,
    draw,
)
from api.deps import Id, ReadingSession, TheServices, WritingSession
from api.services import Services
from directory.clock import wall_now
from directory.errors import Invalid, NotFound
from directory.languages import Language
from directory.staff import log_ins, passwords, queries, second_step
from directory.staff import service as staff

router = console_router("/account", *EVERYONE)
PAGE = ACCOUNT
OTHERS = "others"


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


WRONG_PASSWORD = _("Your present password is wrong. Nothing was changed.")
WRONG_CODE = _(
    "This code is wrong, was used before or is too old. Type the one that the app shows now."
)
NOT_FRESH = _("Sign out here and in again, then end the others within ten minutes.")
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


@router.post("/sessions/end")
def end_log_ins(
    request: Request,
    visitor: TheVisitor,
    session: WritingSession,
    services: TheServices,
    which: Annotated[Id, Form()] = OTHERS,
    proof: Annotated[str, Form()] = "",
) -> Response:
    """One log-in, or all others, tokens of programs included; who it is is asked once more."""
    wrong = _not_shown(session, services, visitor, proof)
    if wrong:
        return _page(request, visitor, session, wrong=wrong, which=which)
    wall, staff_id = wall_now(), visitor.member.id
    if which == OTHERS:
        log_ins.end_others(session, visitor.session.id, staff_id=staff_id, wall=wall)
    else:
        log_ins.end(session, which, staff_id=staff_id, wall=wall)
    audit(session, services, visitor.member, "staff.log_ins_ended", subject_id=staff_id)
    return back_to(PAGE, done="ended")


def _not_shown(session: Session, services: Services, visitor: Visitor, proof: str) -> str:
    """What keeps this browser from ending log-ins, though it has a session; empty for nothing."""
    wall, now = wall_now(), services.clock.now()
    member = queries.active_by_id(session, visitor.member.id)
    if member is None:
        return WRONG_PASSWORD
    needed = log_ins.proof_needed(member)
    if needed == "password":
        known = staff.check_password(session, member.email, proof, wall=wall, now=now)
        return "" if known is not None else WRONG_PASSWORD
    if needed == "code":
        passed = second_step.check(session, member, proof, now=now, wall=wall)
        return "" if passed is not None else WRONG_CODE
    return "" if log_ins.is_fresh(visitor.session, wall=wall) else NOT_FRESH


def _page(  # what the page says
    request: Request,
    visitor: Visitor,
    session: Session,
    *,
    done: str = "",
    wrong: str = "",
    which: str = OTHERS,
) -> HTMLResponse:
    wall = wall_now()
    return draw(
        request,
        visitor,
        "account/account.html",
        status=422 if wrong else 200,
        log_ins=log_ins.of(session, visitor.member.id, wall=wall),
        proof=log_ins.proof_needed(visitor.member),
        is_fresh=log_ins.is_fresh(visitor.session, wall=wall),
        others=OTHERS,
        which=which,
        shortest=passwords.SHORTEST,
        wall=wall,
        must_choose=staff.must_choose_password(visitor.member, wall=wall),
        done=done,
        wrong=wrong,
    )
