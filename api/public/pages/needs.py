"""`/needs/{code}`: the services of one need, to read on a screen or from a wall."""

from typing import Annotated

from fastapi import Path, Request, Response

from api.deps import ReadingSession, TheServices
from api.public.pages.asked import asked_from
from api.public.pages.codes import code_answer
from api.public.pages.finding import MOST, look_for
from api.public.pages.reasons import words_of
from api.public.pages.site import COOKIE, draw, in_language, public_router
from api.web.pages import asked_language
from directory.errors import NotFound
from directory.languages import Language
from directory.needs import Need, is_sensitive, taxonomy

router = public_router("/needs")
NeedCode = Annotated[str, Path()]


@router.api_route("/{code}", methods=["GET", "HEAD"])
def need_page(
    code: NeedCode, request: Request, session: ReadingSession, services: TheServices
) -> Response:
    need = _need(code)
    language = asked_language(request, COOKIE)
    usual = "es" if language is Language.ES else ""
    asked = asked_from(request.query_params, usual_language=usual).of_need(code)
    path = f"/needs/{code}"
    return draw(
        request,
        "need.html",
        sensitive=is_sensitive(code),
        canonical=path,
        form=asked,
        need=need,
        results=look_for(session, services, asked, language, size=MOST),
        code_path=in_language(f"{path}/qr.svg", language),
        address=services.settings.base_url + path,
        reason_words=words_of,
    )


@router.get("/{code}/qr.svg")
def need_code(code: NeedCode, request: Request, services: TheServices) -> Response:
    _need(code)
    return code_answer(request, services, f"/needs/{code}", sensitive=is_sensitive(code))


def _need(code: str) -> Need:
    if code not in taxonomy():
        raise NotFound("need_unknown", "There is no such need.")
    return taxonomy()[code]
