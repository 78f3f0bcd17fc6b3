"""Errors as RFC 9457 problem details: a stable `code`, a sentence, never a person's data."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api import refusals
from directory.errors import HandoffError, TooMany, Unauthenticated

log = structlog.get_logger(__name__)

PROBLEM = "application/problem+json"
_TOLD = 20
_CODES = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media",
}


def problem(
    status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **extra: Any
) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }
    return JSONResponse(body, status_code=status, media_type=PROBLEM, headers=headers)


def _where(error: dict[str, Any]) -> str:
    """The path to a field. The name of a field that we don't know is the sender's own words."""
    known = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
    return ".".join(str(part) for part in known)


def describe_errors(app: FastAPI) -> None:
    """Turn every exception that can leave an endpoint into a problem document."""

    @app.exception_handler(HandoffError)
    async def _known(request: Request, error: HandoffError) -> JSONResponse:
        refusals.note(request, error)
        headers = None
        if isinstance(error, Unauthenticated):
            headers = {"WWW-Authenticate": "Bearer"}
        elif isinstance(error, TooMany):
            headers = {"Retry-After": str(error.retry_seconds)}
        return problem(error.status, error.code, error.detail, headers=headers, **error.context)

    @app.exception_handler(RequestValidationError)
    async def _malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        # Where and why, but not what was sent: it may be a number or a name.
        problems = [
            {"where": _where(each), "why": str(each["msg"])} for each in error.errors()[:_TOLD]
        ]
        detail = "; ".join(f"{each['where']}: {each['why']}" for each in problems[:5])
        return problem(422, "malformed", detail, errors=problems)

    @app.exception_handler(HTTPException)
    async def _plain(_: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "error")
        headers = dict(error.headers) if error.headers else None
        return problem(error.status_code, code, str(error.detail), headers=headers)

    @app.exception_handler(ClientDisconnect)
    async def _gone(_: Request, _error: ClientDisconnect) -> JSONResponse:
        # Nobody is there to read it; what counts is that this is no error of ours.
        return problem(400, "cut_off", "The request broke off before its end: send it again.")

    @app.exception_handler(OperationalError)
    @app.exception_handler(DatabaseTimeout)
    async def _database_down(_: Request, error: Exception) -> JSONResponse:
        log.error("database_down", kind=type(error).__name__)
        detail = "The database does not answer: try again in a moment."
        return problem(503, "database_down", detail, headers={"Retry-After": "5"})

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error(
            "unexpected_error", method=request.method, kind=type(error).__name__, exc_info=error
        )
        return problem(500, "internal", "Something went wrong on our side; it has been noted.")
