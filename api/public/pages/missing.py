"""Who types a wrong address into a browser gets a page with a search box, not a document of errors.

Programs still get the document: they do not ask for HTML.
"""

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.errors import problem
from api.public.pages.site import draw_problem
from api.web.pages import Problem

_FOR_PROGRAMS = ("/api/", "/hsds", "/fhir", "/webhooks/", "/static/")


def describe_missing_pages(app: FastAPI) -> None:
    """To be called after `describe_errors`: a 404 without a route of its own."""

    @app.exception_handler(404)
    async def _missing(request: Request, error: HTTPException) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "")
        if request.method not in ("GET", "HEAD") or not wants_page:
            return problem(404, "not_found", str(error.detail))
        if request.url.path.startswith(_FOR_PROGRAMS):
            return problem(404, "not_found", str(error.detail))
        missing = Problem(404, "not_found", "There is no such page.", {})
        return await run_in_threadpool(draw_problem, request, missing)
