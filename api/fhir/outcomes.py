"""Errors as FHIR says them: an OperationOutcome, with our stable code; never a person's data."""

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
from api.fhir.codes import ERROR, Json, coding
from directory.errors import HandoffError, TooMany, Unauthenticated

log = structlog.get_logger(__name__)

FHIR_JSON = "application/fhir+json"
# FHIR's own kinds of issue (http://hl7.org/fhir/issue-type), by HTTP status.
_KIND = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "business-rule",
    429: "throttled",
    503: "transient",
}
_CODE = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media",
}


class NotReadable(HandoffError):
    """Not even JSON."""

    status = 400


class NotAcceptable(HandoffError):
    status = 406


class UnsupportedMedia(HandoffError):
    status = 415


class FhirResponse(JSONResponse):
    media_type = FHIR_JSON


def outcome(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> FhirResponse:
    """An answer that is a refusal. `errors`: where, and why, for what has several."""
    issues = [_issue(status, code, detail)]
    if errors:
        issues = [_issue(status, code, each["why"], each["where"]) for each in errors]
    body = {"resourceType": "OperationOutcome", "issue": issues}
    return FhirResponse(body, status_code=status, headers=headers)


def information(code: str, detail: str) -> Json:
    """An OperationOutcome that is no refusal."""
    issue = _issue(200, code, detail) | {"severity": "information", "code": "informational"}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def describe_outcomes(app: FastAPI) -> None:
    """Turn every exception that can leave an endpoint into an OperationOutcome."""

    @app.exception_handler(HandoffError)
    async def _known(request: Request, error: HandoffError) -> FhirResponse:
        refusals.note(request, error)
        headers = None
        if isinstance(error, Unauthenticated):
            headers = {"WWW-Authenticate": "Bearer"}
        elif isinstance(error, TooMany):
            headers = {"Retry-After": str(error.retry_seconds)}
        told = error.context.get("errors")
        return outcome(error.status, error.code, error.detail, errors=told, headers=headers)

    @app.exception_handler(RequestValidationError)
    async def _malformed(_: Request, error: RequestValidationError) -> FhirResponse:
        told = [{"where": str(each["loc"][-1]), "why": str(each["msg"])} for each in error.errors()]
        return outcome(422, "malformed", "The request breaks a rule.", errors=told[:20])

    @app.exception_handler(HTTPException)
    async def _plain(_: Request, error: HTTPException) -> FhirResponse:
        code = _CODE.get(error.status_code, "error")
        headers = dict(error.headers) if error.headers else None
        return outcome(error.status_code, code, str(error.detail), headers=headers)

    @app.exception_handler(ClientDisconnect)
    async def _gone(_: Request, _error: ClientDisconnect) -> FhirResponse:
        return outcome(400, "cut_off", "The request broke off before its end: send it again.")

    @app.exception_handler(OperationalError)
    @app.exception_handler(DatabaseTimeout)
    async def _database_down(_: Request, error: Exception) -> FhirResponse:
        log.error("database_down", kind=type(error).__name__)
        detail = "The database does not answer: try again in a moment."
        return outcome(503, "database_down", detail, headers={"Retry-After": "5"})

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> FhirResponse:
        log.error(
            "unexpected_error", method=request.method, kind=type(error).__name__, exc_info=error
        )
        return outcome(500, "internal", "Something went wrong on our side; it has been noted.")


def _issue(status: int, code: str, detail: str, where: str | None = None) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "severity": "error",
        "code": _KIND.get(status, "exception"),
        "details": {"coding": [coding(ERROR, code)], "text": detail},
        "diagnostics": detail,
    }
    return issue | ({"expression": [where]} if where else {})
