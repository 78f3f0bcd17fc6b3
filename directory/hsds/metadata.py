"""HSDS `metadata`: the side of the change log that anybody may read.

Named are fields that HSDS has, and who changed them by kind ("partner"), never by name or key.
Values are told of short facts only. What was taken out of a text was taken out for a reason, and
numbers and places pass through `directory.listings.publication` or not at all.
"""

from typing import Any, Final

from directory.hsds.values import present
from directory.listings.change_models import ListingChange
from directory.listings.models import Metadata

Object = dict[str, Any]

CONFIRMED: Final = "confirmed"
# Facts that are short and harmless: before and after are told.
_TOLD: Final = frozenset(
    {
        "name", "alternate_name", "status", "url", "assured_date", "minimum_age", "maximum_age",
        "opening_hours", "wait_time", "fees",
    }
)  # fmt: skip
# Facts of which only the day of the change is told.
_NAMED: Final = frozenset(
    {
        "description", "email", "interpretation_services", "application_process",
        "fees_description", "accreditations", "eligibility_description", "licenses", "alert",
        "phones", "schedules", "service_areas", "service_at_locations", "languages",
        "cost_options", "required_documents", "contacts", "capacities", "funding",
        "additional_urls", "attributes", "program_id", "organization_id",
    }
)  # fmt: skip
# Ours, and the HSDS field under which it is told.
_RENAMED: Final = {
    CONFIRMED: "assured_date",
    "opening_hours": "schedules",
    "notices": "alert",
    "capacity": "capacities",
}
_PARTIES: Final = {"staff": "Handoff staff", "partner": "the organization", "import": "an import"}


def metadata_object(row: Metadata) -> Object:
    """A row as it came with an import. All of its fields are required, be they empty."""
    return {
        "id": row.id,
        "resource_id": row.resource_id,
        "resource_type": row.resource_type,
        "last_action_date": row.last_action_date,
        "last_action_type": row.last_action_type,
        "field_name": row.field_name,
        "previous_value": row.previous_value,
        "replacement_value": row.replacement_value,
        "updated_by": row.updated_by,
    }


def change_object(change: ListingChange, *, values: bool) -> Object | None:
    """A line of the log that took effect; None where its field is nobody else's business.

    `values`: whether before and after may be told at all (never of a confidential service).
    """
    if change.field not in _TOLD | _NAMED | _RENAMED.keys():
        return None
    told = values and tells_values(change)
    return present(id=change.id, resource_id=change.service_id) | {
        "resource_type": "service",
        "last_action_date": (change.decided_at or change.at).date().isoformat(),
        "last_action_type": "confirm" if change.field == CONFIRMED else "update",
        "field_name": _RENAMED.get(change.field, change.field),
        "previous_value": _text(change.before) if told else "",
        "replacement_value": _text(change.after) if told else "",
        "updated_by": _PARTIES.get(change.by.partition(":")[0], "Handoff"),
    }


def tells_values(change: ListingChange) -> bool:
    """Whether before and after of this field may be told of a service that is told of itself."""
    return change.field in _TOLD


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)
