"""The frame of the public pages: language, caching, leaving quickly, and errors as pages."""

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import get_services
from api.hsds.answers import is_known
from api.public.pages.asked import Asked
from api.services import Services
from api.web.pages import PageRoute, Problem, Site, asked_language
from directory.languages import Language
from directory.needs import taxonomy
from directory.settings import Carrier

SITE = Site(Path(__file__).parent.parent, private=False)
COOKIE = "language"
_A_YEAR = 365 * 86_400
_KEPT_FOR_LANGUAGES = "Cookie, Accept-Language"
# Where who must leave quickly is taken: dull, and nobody asks why.
ELSEWHERE = "https://www.weather.gov/"


class Kept(StrEnum):
    """What browsers and caches on the way may keep.

    CHECKED: kept, and asked about each time, so that a change is seen at once. NEVER: a page that
    nobody must find again with the back button.
    """

    CHECKED = "public, no-cache"
    NEVER = "no-store"


class PublicRoute(PageRoute):
    """Errors as pages, with a search box on them."""

    def draw_problem(self, request: Request, problem: Problem, error: Exception) -> Response:
        return draw_problem(request, problem)


def public_router(prefix: str = "") -> APIRouter:
    return APIRouter(prefix=prefix, route_class=PublicRoute, include_in_schema=False)


def draw_problem(request: Request, problem: Problem) -> Response:
    """The page of an error, which is kept by nobody."""
    response = draw(
        request, "problem.html", status=problem.status, kept=Kept.NEVER, problem=problem
    )
    response.headers.update(problem.headers)
    return response


def draw(
    request: Request,
    template: str,
    *,
    status: int = 200,
    kept: Kept = Kept.CHECKED,
    sensitive: bool = False,
    canonical: str | None = None,
    form: Asked | None = None,
    **values: Any,
) -> Response:
    """A page in the reader's language; 304 to who has it already.

    `sensitive`: with a way to leave quickly, and kept nowhere. `canonical`: the path by which
    search engines should know the page; None keeps it out of them. `form`: what stands in the
    search box.
    """
    services = get_services(request)
    language = asked_language(request, COOKIE)
    page = SITE.draw(
        request,
        template,
        language=language,
        status=status,
        needs=taxonomy(),
        form=form or Asked(language=_usually_spoken(language)),
        sensitive=sensitive,
        elsewhere=ELSEWHERE,
        base_url=services.settings.base_url,
        canonical=canonical,
        demo=services.settings.demo,
        phones=services.settings.carrier is Carrier.SIMULATED,
        in_language=_addresses(request, status),
        **values,
    )
    _remember(request, page, services, language)
    page.headers["Vary"] = _KEPT_FOR_LANGUAGES
    return _kept(request, page, Kept.NEVER if sensitive else kept)


def in_language(path: str, language: Language) -> str:
    """The address of a page for who was sent there in one language; English needs no word."""
    return path if language is Language.EN else f"{path}?lang={language.value}"


def _usually_spoken(language: Language) -> str:
    return "es" if language is Language.ES else ""


def _addresses(request: Request, status: int) -> dict[str, str]:
    """The page at hand in each language; of an error, the front page: its own address may be
    anything, and a form's nobody can open."""
    if status != 200:
        return {each.value: f"/?lang={each}" for each in Language}
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    path = quote(request.url.path)
    return {each.value: f"{path}?{urlencode([*asked, ('lang', each)])}" for each in Language}


def _remember(request: Request, page: HTMLResponse, services: Services, language: Language) -> None:
    """The one cookie there is: the language, when somebody has chosen one here."""
    if request.query_params.get("lang") != language or request.cookies.get(COOKIE) == language:
        return
    page.set_cookie(
        COOKIE,
        language.value,
        max_age=_A_YEAR,
        path="/",
        secure=services.settings.base_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )


def _kept(request: Request, page: HTMLResponse, kept: Kept) -> Response:
    if kept is Kept.NEVER or page.status_code != 200:
        page.headers["Cache-Control"] = Kept.NEVER
        return page
    if "set-cookie" in page.headers:
        page.headers["Cache-Control"] = "private, no-cache"
        return page
    tag = f'"{hashlib.sha256(page.body).hexdigest()[:32]}"'
    page.headers["ETag"], page.headers["Cache-Control"] = tag, kept
    if not is_known(tag, request.headers.get("if-none-match")):
        return page
    headers = {name: value for name, value in page.headers.items() if name != "content-length"}
    return Response(status_code=304, headers=headers)
