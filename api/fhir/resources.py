"""FHIR resources as the library knows them. The only module that imports fhir.resources.

Its R4B models (4.3.0) are what is left of R4 there; the resources that pass here are the same in
both (docs/decisions/0013-fhir.md). It checks structure, types, formats and required elements, not
value sets: codes that matter are checked where they are read.
"""

import json
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.task import Task
from fhir_core.fhirabstractmodel import FHIRAbstractModel
from pydantic import ValidationError

from api.fhir.codes import Json
from directory.errors import Invalid

_KINDS: dict[str, type[FHIRAbstractModel]] = {"Bundle": Bundle, "Task": Task}
_TOLD = 20
# Kinds of errors whose sentence is the library's alone; others may quote what was sent.
_QUOTES_NOTHING = frozenset(
    {"value_error", "missing", "extra_forbidden", "list_type", "model_field_validation.missing"}
)


def checked(document: Any, kind: str) -> Json:
    """The document as plain values, if it is a `kind` (Bundle, Task) by FHIR's own rules.

    Raises Invalid `malformed` with `errors`: where, and which rule; never what was sent.
    """
    if not isinstance(document, dict) or document.get("resourceType") != kind:
        raise _malformed([{"where": "resourceType", "why": f"Send a {kind}."}])
    try:
        resource = _KINDS[kind].model_validate(document)
        read: Json = json.loads(resource.model_dump_json())
    except ValidationError as error:
        raise _malformed([_told(each) for each in error.errors(include_url=False)]) from error
    except (TypeError, KeyError, AttributeError, ValueError, LookupError, RecursionError) as error:
        # Of some shapes the library does not say what is wrong, it stumbles.
        raise _malformed([{"where": kind, "why": "This is not a FHIR R4 resource."}]) from error
    return read


def _told(error: Any) -> dict[str, str]:
    where = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
    why = error["msg"] if error["type"] in _QUOTES_NOTHING else "This is not what belongs here."
    return {"where": ".".join(str(part) for part in where), "why": str(why)}


def _malformed(errors: list[dict[str, str]]) -> Invalid:
    told = errors[:_TOLD]
    detail = "; ".join(f"{each['where']}: {each['why']}" for each in told[:5])
    return Invalid("malformed", detail, errors=told)
