"""What comes in and goes out as JSON: what kind it is, and that it can be read at all."""

import json
from typing import Annotated, Any

from fastapi import Depends, Request

from api.fhir.credentials import TheCaller
from api.fhir.outcomes import FHIR_JSON, NotAcceptable, NotReadable, UnsupportedMedia

_RESOURCE = frozenset({FHIR_JSON, "application/json"})
_PATCH = frozenset({"application/json-patch+json"})
_WANTED = frozenset({*_RESOURCE, "application/*", "*/*", "json"})
# Deeper than any resource nests, and far from where Python's own reader gives up.
DEEPEST = 60


def fhir_is_acceptable(request: Request) -> None:
    """Raises NotAcceptable for who can read XML or Turtle only: we speak JSON."""
    asked = request.query_params.get("_format") or request.headers.get("accept") or "*/*"
    kinds = {each.partition(";")[0].strip().lower() for each in asked.split(",")}
    # As in any query string, a plus may have become a blank.
    if not {each.replace(" ", "+") for each in kinds} & _WANTED:
        raise NotAcceptable("not_acceptable", f"Resources are {FHIR_JSON} here.")


async def get_document(request: Request, _: TheCaller) -> Any:
    """The body as plain values, once the caller is known. Raises UnsupportedMedia, NotReadable."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (_PATCH if request.method == "PATCH" else _RESOURCE):
        expected = "application/json-patch+json" if request.method == "PATCH" else FHIR_JSON
        raise UnsupportedMedia("unsupported_media", f"Send it as {expected}.")
    try:
        text = (await request.body()).decode("utf-8-sig")
        document = json.loads(text, parse_constant=_no_number)
        _require_plain(document, DEEPEST)
    except (ValueError, RecursionError) as error:
        raise NotReadable("not_json", "The body is not JSON, or not of a shape to keep.") from error
    return document


Document = Annotated[Any, Depends(get_document)]


def _no_number(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def _require_plain(value: Any, depth: int) -> None:
    """Raise ValueError on what no database and no client would take: NUL, half a character."""
    if depth < 0:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ValueError("not text")
    elif isinstance(value, dict):
        for name, each in value.items():
            _require_plain(name, 0)
            _require_plain(each, depth - 1)
    elif isinstance(value, list):
        for each in value:
            _require_plain(each, depth - 1)
