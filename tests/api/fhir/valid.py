"""Whether a resource is valid: by fhir.resources, FHIR's required codes and the guide's rules."""

import json
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from fhir_core.fhirabstractmodel import FHIRAbstractModel
from pydantic import BaseModel

Json = dict[str, Any]

# Where the library leaves a required value set open (an enumeration ending in "+").
STATUSES = {
    "Task": "draft requested received accepted rejected ready cancelled in-progress on-hold failed "
    "completed entered-in-error",
    "ServiceRequest": "draft active on-hold revoked completed entered-in-error unknown",
    "Consent": "draft proposed active rejected inactive entered-in-error",
}
# The elements that the profiles of the guide (STU 2.3) demand beyond FHIR's own.
DEMANDED = {
    "Task": {"status", "intent", "code", "focus", "for", "authoredOn", "requester"},
    "ServiceRequest": {"status", "intent", "category", "code", "subject"},
    "Consent": {"status", "scope", "category", "patient", "dateTime", "organization"},
}


def valid(resource: Json) -> Json:
    """The resource itself, once it is sure that it is one."""
    kind = resource["resourceType"]
    model = get_fhir_model_class(kind).model_validate(resource)
    back = json.loads(model.model_dump_json())
    assert same(back) == same(resource), "it comes back as it went in"
    _require_codes(model)
    if kind in STATUSES:
        assert resource["status"] in STATUSES[kind].split()
    if kind in DEMANDED and (resource.get("meta") or {}).get("profile"):
        assert DEMANDED[kind] <= set(resource)
        _require_profile(resource)
    _require_no_emptiness(resource)
    return resource


def same(value: Any) -> Any:
    """Times are one, however they are written; an order of elements says nothing."""
    if isinstance(value, dict):
        return {name: same(each) for name, each in value.items()}
    if isinstance(value, list):
        return [same(each) for each in value]
    if isinstance(value, str):
        return value.replace("+00:00", "Z").replace(".000Z", "Z").replace("000Z", "Z")
    return value


# Any media type; the library knows the short forms only.
_OPEN = frozenset({"format"})


def _require_codes(model: FHIRAbstractModel) -> None:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name, None)
        extra = field.json_schema_extra or {}
        allowed = extra.get("enum_values") if isinstance(extra, dict) else None
        if not isinstance(allowed, list) or "+" in allowed or name in _OPEN:
            allowed = None
        if value is not None and allowed:
            assert set(value if isinstance(value, list) else [value]) <= set(allowed), name
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, BaseModel):
                _require_codes(each)  # type: ignore[arg-type]


def _require_profile(resource: Json) -> None:
    if resource["resourceType"] == "Task":
        assert resource["intent"] == "order"
        assert resource["code"]["coding"][0]["code"] == "fulfill"
        assert resource["focus"]["reference"].startswith("ServiceRequest/")
        if "statusReason" in resource:
            assert resource["statusReason"]["text"]
    elif resource["resourceType"] == "ServiceRequest":
        systems = {c["system"] for each in resource["category"] for c in each["coding"]}
        assert any(system.endswith("/SDOHCC-CodeSystemTemporaryCodes") for system in systems)
    else:
        assert len(resource["organization"]) == 1
        assert {"sourceAttachment", "sourceReference"} & set(resource)
        assert {"policy", "policyRule"} & set(resource), "ppc-1"
        codes = [c["code"] for each in resource["category"] for c in each["coding"]]
        assert codes.count("IDSCL") == 1


def _require_no_emptiness(value: Any) -> None:
    """FHIR: "arrays and objects are never empty", and neither is a text."""
    assert value not in ({}, [], "", None)
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, dict | list):
            _require_no_emptiness(each)
        else:
            assert each not in ("", None)
