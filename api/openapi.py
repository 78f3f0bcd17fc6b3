"""The OpenAPI description, with every refusal in it as the problem document that it is.

What an endpoint refuses is named where it is declared (`responses={404: {}}`); what every
endpoint may answer (an unknown host, a body that is too large) is added here once.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.errors import PROBLEM
from directory.listings.capacity import CapacityBody
from directory.listings.edit_schema import ListingPatch
from directory.listings.notices import NoticeBody

_REFERENCE = {"$ref": "#/components/schemas/Problem"}
# Bodies that explain their mistakes themselves: see api/partners/listings.py.
_READ_BY_HAND: tuple[type[BaseModel], ...] = (ListingPatch, CapacityBody, NoticeBody)
_SENT = "Sent"
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
_MEANINGS = {
    400: "The request cannot be read, or its Host is not ours.",
    401: "Credentials are missing, wrong or have ended.",
    403: "Your role may not do this.",
    404: "There is no such thing, or it is not yours to know.",
    409: "Not a move from where things stand.",
    408: "The request took too long to come.",
    412: "Somebody has changed it since: read it again.",
    413: "The body is too large.",
    414: "The address is too long.",
    415: "The body must come as it is: not compressed.",
    422: "The request is well-formed and breaks a rule; `errors` says where.",
    428: "Say in `If-Match` which version is changed.",
    429: "Too many attempts: wait for `Retry-After` seconds.",
    431: "The headers are too large.",
}


# What stands before every door may answer (api/guard.py, api/limits).
_ALWAYS = ("400", "414", "429", "431")
_OF_A_BODY = ("408", "413", "415")


class FieldProblem(BaseModel):
    """`where`: the path to the field; `why`: the rule that it breaks. Never what was sent.

    Of listings also `pointer` (RFC 6901) and `remedy`: what to write instead.
    """

    where: str
    why: str
    pointer: str | None = None
    remedy: str | None = None


class Problem(BaseModel):
    """An RFC 9457 problem document. `code` is stable; `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] | None = None


def describe_api(app: FastAPI) -> None:
    """Let `app` describe itself completely."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    # FastAPI's own way to change the description: its documentation assigns the method too.
    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    description = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    schemas = description.setdefault("components", {}).setdefault("schemas", {})
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= whole.pop("$defs") | {"Problem": whole}
    for model in _READ_BY_HAND:
        # Under names of their own: a `Phone` that is sent is not one that is answered.
        body = model.model_json_schema(ref_template=f"#/components/schemas/{_SENT}{{model}}")
        inner = {f"{_SENT}{name}": schema for name, schema in body.pop("$defs", {}).items()}
        schemas |= inner | {model.__name__: body}
    for operations in description["paths"].values():
        for operation in operations.values():
            _name_refusals(operation)
    return description


def _name_refusals(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status in _ALWAYS:
        responses.setdefault(status, {})
    if "requestBody" in operation:
        for status in _OF_A_BODY:
            responses.setdefault(status, {})
    for status, response in responses.items():
        own = response.get("content", {}).get("application/json", {}).get("schema", {})
        undescribed = not response.get("content") or "HTTPValidationError" in str(own)
        if status.isdecimal() and int(status) >= 400 and undescribed:
            response["description"] = _MEANINGS[int(status)]
            response["content"] = {PROBLEM: {"schema": _REFERENCE}}
