"""Drawing pages: one set of headers, one frame, one way to say that something went wrong."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from api import refusals
from api.deps import get_services
from api.web.static_files import static
from api.web.words import SHARED, Words
from directory.errors import HandoffError, TooMany
from directory.languages import Language

SHARED_TEMPLATES = Path(__file__).parent / "templates"
# Nothing inline, nothing from elsewhere. `connect-src`: htmx and the stream of events.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Site:
    """One part of the site: its templates and its words; `frame` draws its errors too.

    `private`: pages that show people's records are kept by no cache and found by no search engine.
    """

    folder: Path
    private: bool

    @cached_property
    def environment(self) -> Environment:
        made = Environment(
            loader=FileSystemLoader([self.folder / "templates", SHARED_TEMPLATES]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.globals["static"] = static
        return made

    @property
    def locales(self) -> tuple[Path, ...]:
        return (SHARED, self.folder / "locale")

    def words(self, request: Request, language: Language) -> Words:
        return Words(language, self.locales, get_services(request).settings.zone)

    def draw(
        self,
        request: Request,
        template: str,
        *,
        language: Language,
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        """A page, or the part of one that htmx asked for."""
        words = self.words(request, language)
        services = get_services(request)
        html = self.environment.get_template(template).render(
            _=words.text,
            n_=words.counted,
            words=words,
            language=language.value,
            languages=[each.value for each in Language],
            path=request.url.path,
            query=str(request.url.query),
            now=services.clock.now(),
            asked_by_htmx=is_htmx(request),
            **values,
        )
        return HTMLResponse(html, status_code=status, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        shared = {"Content-Security-Policy": CSP, "Vary": "Cookie, Accept-Language, HX-Request"}
        if self.private:
            return shared | {
                "Cache-Control": "no-store",
                "X-Robots-Tag": "noindex, nofollow, noarchive",
            }
        return shared


def is_htmx(request: Request) -> bool:
    """Whether htmx asks, for a part of a page."""
    return request.headers.get("hx-request") == "true"


def asked_language(request: Request, cookie: str = "language") -> Language:
    """As the reader chose here (`?lang=es`, kept in a cookie), else as the browser asks."""
    for said in (request.query_params.get("lang"), request.cookies.get(cookie)):
        if said in (Language.EN, Language.ES):
            return Language(said)
    preferred = request.headers.get("accept-language", "")
    for part in preferred.split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in (Language.EN, Language.ES):
            return Language(code)
    return Language.EN


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, as a page says it."""

    status: int
    code: str
    detail: str
    headers: dict[str, str]


def problem_of(error: Exception) -> Problem | None:
    """An exception that an endpoint may leave with; None: one of ours that nobody foresaw."""
    if isinstance(error, HandoffError):
        headers = {"Retry-After": str(error.retry_seconds)} if isinstance(error, TooMany) else {}
        return Problem(error.status, error.code, error.detail, headers)
    if isinstance(error, RequestValidationError):
        return Problem(422, "malformed", "Something in this form was not understood.", {})
    if isinstance(error, HTTPException):
        headers = dict(error.headers or {})
        return Problem(error.status_code, "refused", str(error.detail), headers)
    return None


class PageRoute(APIRoute):
    """A route whose errors are pages. Each part of the site says how it draws them."""

    def draw_problem(self, request: Request, problem: Problem, error: Exception) -> Response:
        raise NotImplementedError

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def with_pages(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                problem = problem_of(error)
                if problem is None:
                    raise
                if isinstance(error, HandoffError):
                    refusals.note(request, error)
                return self.draw_problem(request, problem, error)

        return with_pages
