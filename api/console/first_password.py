"""The first password of an account: its owner chooses it, with the code that an admin gave them.

The page is one of those for signing in, and has their limits (api/limits/addresses.py).
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api import refusals
from api.clinicians.access import audit
from api.console.access import SIGN_IN, SITE
from api.deps import TheServices, WritingSession
from api.web import forms
from api.web.pages import PageRoute, Problem, asked_language
from directory.clock import wall_now
from directory.errors import Invalid, NotFound
from directory.staff import first_codes, passwords
from directory.staff.first_codes import PAGE


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


NOT_THE_SAME = _("The password was typed in two ways. Nothing was changed.")


class FirstPasswordRoute(PageRoute):
    """Errors on the page of the form."""

    def draw_problem(self, request: Request, problem: Problem, error: Exception) -> Response:
        response = _page(request, wrong=problem.detail, status=problem.status)
        response.headers.update(problem.headers)
        return response


router = APIRouter(route_class=FirstPasswordRoute, include_in_schema=False)


@router.get(PAGE)
def ask(request: Request) -> HTMLResponse:
    return _page(request)


@router.post(PAGE)
def choose(
    request: Request,
    session: WritingSession,
    services: TheServices,
    code: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Nobody is signed in by this: the next page asks for the password, and for the second step."""
    forms.require_same_origin(request)
    if new != again:
        return _page(request, wrong=NOT_THE_SAME, code=code, status=422)
    try:
        member = first_codes.redeem(session, code, new, wall=wall_now())
    except NotFound as error:
        refusals.note_reason(request, error.code)
        return _page(request, wrong=error.detail, status=422)
    except Invalid as error:
        return _page(request, wrong=error.detail, code=code, status=422)
    audit(session, services, member, "staff.first_password", subject_id=member.id)
    return RedirectResponse(f"{SIGN_IN}?chosen=1", status_code=303)


def _page(request: Request, *, wrong: str = "", code: str = "", status: int = 200) -> HTMLResponse:
    return SITE.draw(
        request,
        "first_password.html",
        language=asked_language(request),
        status=status,
        code=code,
        wrong=wrong,
        shortest=passwords.SHORTEST,
        # What the frame of these pages asks for.
        next_page="",
        refused=False,
        problem=None,
        demo=request.app.state.services.settings.demo,
    )
