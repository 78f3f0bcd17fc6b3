"""docs/reference/api.md: every documented door, from OpenAPI and the table of who may use it."""

import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from api.app import create_app
from api.services import Services
from directory.settings import Carrier, load_settings
from tools.access.table import Caller, declared, who_may
from tools.docs_site.links import DOCS

PAGE = DOCS / "reference" / "api.md"
_HEAD = """\
# The API

Made by `.venv/bin/python -m tools.docs_site write` from the OpenAPI description and from the
table of [who may use which route](../security/access.md), which is tested door by door; a test
fails where this page is old.

The whole description, with every field of every body and answer, is served at
`/api/openapi.json` and can be read with any viewer of OpenAPI. Not in it, since other standards
describe them: [FHIR](../interchange.md) below `/fhir`, and Twilio's webhooks.

- **Staff**: `POST /api/v1/auth/token` with `username` and `password` (and `otp` with a second
  step) gives a token for 12 hours: `Authorization: Bearer …`. **Partners**: `X-API-Key: …`
  ([partner API](../partner-api.md)). **Open data**: nothing ([HSDS](../hsds.md)).
- **Errors** are `application/problem+json` (RFC 9457) with a stable `code`. What is not yours is
  not there: 404.
- **Pages**: `limit` and `cursor`; `next` of the answer is the next cursor. **Versions**: where a
  change asks for `If-Match`, send the `ETag` that was read. Too many calls: 429 with
  `Retry-After` ([limits](../operators.md#limits-of-requests)).
"""
_STAFF = (Caller.CLINICIAN, Caller.SUPERVISOR, Caller.ADMIN)


def page() -> str:
    """The whole page."""
    may = who_may(declared())
    groups: dict[str, list[str]] = {}
    for path, operations in description()["paths"].items():
        for method, operation in operations.items():
            route = f"{method.upper()} {path}"
            row = (
                f"| `{route}` | {_what(operation)} | {_callers(may[route])} | {_query(operation)} |"
            )
            groups.setdefault(operation["tags"][0], []).append(row)
    lines = [_HEAD]
    for tag, rows in groups.items():
        lines += [f"## {tag[0].upper()}{tag[1:]}", ""]
        lines += ["| door | what it does | who | asked with |", "|---|---|---|---|", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def description() -> dict[str, Any]:
    """What /api/openapi.json answers, without anything being started."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            data_dir=Path(folder), database_url="", carrier=Carrier.SIMULATED, port=8000
        )
        parts = cast(Services, SimpleNamespace(settings=settings, clock=None))
        return create_app(parts, work=False).openapi()


def _what(operation: dict[str, Any]) -> str:
    """The first paragraph of its description, else its name."""
    words = operation.get("description", "").split("\n\n")[0] or f"{operation['summary']}."
    return " ".join(words.split()).replace("|", "\\|")


def _callers(callers: frozenset[Caller]) -> str:
    if callers == frozenset(Caller):
        return "everybody"
    if callers == frozenset(_STAFF):
        return "staff"
    return ", ".join(each for each in Caller if each in callers)


def _query(operation: dict[str, Any]) -> str:
    given = operation.get("parameters", [])
    named = [f"`{each['name']}`" for each in given if each["in"] == "query"]
    named += [f"`{each['name'].title()}`" for each in given if each["in"] == "header"]
    return " ".join(named)
