"""The shape of an HSDS 3.2.3 data package: its tables, their columns and what points where.

As the specification's tabular form has it (https://docs.openreferral.org), written down once for
reading and for writing. A column is `name`, `name:type`, and `!` behind it where it is required.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

DESCRIPTOR = "datapackage.json"
NUMBERS = frozenset({"number"})


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: string, uuid, uri, email, number, date, datetime or time."""

    name: str
    kind: str
    required: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resource:
    """One table. `points`: column -> the table in which its id stands."""

    name: str
    file: str
    spec: str
    points: Mapping[str, str]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(_column(each) for each in self.spec.split())

    def descriptor(self) -> dict[str, Any]:
        """As a data package describes it (https://specs.frictionlessdata.io)."""
        schema: dict[str, Any] = {
            "fields": [_described(column) for column in self.columns],
            "primaryKey": "id",
        }
        if self.points:
            schema["foreignKeys"] = [
                {"fields": column, "reference": {"resource": table, "fields": "id"}}
                for column, table in self.points.items()
            ]
        return {
            "name": self.name,
            "path": self.file,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "profile": "tabular-data-resource",
            "schema": schema,
        }


_CHOICES = {
    "status": ("active", "inactive", "defunct", "temporarily closed"),
    "location_type": ("physical", "postal", "virtual"),
    "address_type": ("physical", "postal", "virtual"),
    "freq": ("WEEKLY", "MONTHLY"),
    "wkst": ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
}
_OWNERS = {
    "service_id": "service",
    "organization_id": "organization",
    "location_id": "location",
    "contact_id": "contact",
    "service_at_location_id": "service_at_location",
    "phone_id": "phone",
    "program_id": "program",
    "unit_id": "unit",
    "taxonomy_id": "taxonomy",
    "taxonomy_term_id": "taxonomy_term",
}
# What is named before what names it.
_SPECS = (
    ("organization", "organizations.csv",
     "id:uuid! name! alternate_name description! email:email website:uri tax_status tax_id "
     "year_incorporated:number legal_status logo uri:uri parent_organization_id:uuid"),
    ("program", "programs.csv",
     "id:uuid! organization_id:uuid! name! alternate_name description!"),
    ("service", "services.csv",
     "id:uuid! organization_id:uuid! program_id:uuid name! alternate_name description url:uri "
     "email:email status! interpretation_services application_process fees_description wait_time "
     "fees accreditations eligibility_description minimum_age:number maximum_age:number "
     "assured_date:date assurer_email:email licenses alert last_modified:datetime"),
    ("location", "locations.csv",
     "id:uuid! location_type! url:uri organization_id:uuid name alternate_name description "
     "transportation latitude:number longitude:number external_identifier "
     "external_identifier_type"),
    ("service_at_location", "service_at_location.csv",
     "id:uuid! service_id:uuid! location_id:uuid! description"),
    ("address", "addresses.csv",
     "id:uuid! location_id:uuid attention address_1! address_2 city! region state_province! "
     "postal_code! country! address_type!"),
    ("contact", "contacts.csv",
     "id:uuid! organization_id:uuid service_id:uuid service_at_location_id:uuid location_id:uuid "
     "name title department email:email"),
    ("phone", "phones.csv",
     "id:uuid! location_id:uuid service_id:uuid organization_id:uuid contact_id:uuid "
     "service_at_location_id:uuid number! extension:number type description"),
    ("schedule", "schedules.csv",
     "id:uuid! service_id:uuid location_id:uuid service_at_location_id:uuid valid_from:date "
     "valid_to:date dtstart:date timezone:number until:date count:number wkst freq "
     "interval:number byday byweekno bymonthday byyearday description opens_at:time "
     "closes_at:time schedule_link:uri attending_type notes"),
    ("service_area", "service_areas.csv",
     "id:uuid! service_id:uuid service_at_location_id:uuid name description extent extent_type "
     "uri:uri"),
    ("language", "languages.csv",
     "id:uuid! service_id:uuid location_id:uuid phone_id:uuid name code note"),
    ("accessibility", "accessibility.csv",
     "id:uuid! location_id:uuid description details url:uri"),
    ("cost_option", "cost_options.csv",
     "id:uuid! service_id:uuid! valid_from:date valid_to:date option currency amount:number "
     "amount_description"),
    ("required_document", "required_documents.csv",
     "id:uuid! service_id:uuid document uri:uri"),
    ("funding", "funding.csv", "id:uuid! organization_id:uuid service_id:uuid source"),
    ("organization_identifier", "organization_identifiers.csv",
     "id:uuid! organization_id:uuid! identifier_scheme identifier_type! identifier!"),
    ("unit", "units.csv", "id:uuid! name! scheme identifier uri:uri"),
    ("service_capacity", "service_capacity.csv",
     "id:uuid! service_id:uuid! unit_id:uuid! available:number! maximum:number description "
     "updated:datetime!"),
    ("url", "url.csv", "id:uuid! label url:uri! organization_id:uuid service_id:uuid"),
    ("taxonomy", "taxonomies.csv", "id:uuid! name! description! uri:uri version"),
    ("taxonomy_term", "taxonomy_terms.csv",
     "id:uuid! code name! description! parent_id:uuid taxonomy language taxonomy_id:uuid "
     "term_uri:uri"),
    ("attribute", "attributes.csv",
     "id:uuid! link_id:uuid! taxonomy_term_id:uuid! link_type link_entity! value label"),
    ("metadata", "metadata.csv",
     "id:uuid! resource_id:uuid! resource_type! last_action_date:date last_action_type! "
     "field_name! previous_value replacement_value updated_by!"),
)  # fmt: skip


def _column(text: str) -> Column:
    name, _, kind = text.removesuffix("!").partition(":")
    return Column(name, kind or "string", text.endswith("!"), _CHOICES.get(name, ()))


def _described(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": "string"}
    if column.kind in ("number", "date", "datetime", "time"):
        field["type"] = column.kind
    elif column.kind != "string":
        field["format"] = column.kind
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.name == "id":
        constraints["unique"] = True
    if column.choices:
        constraints["enum"] = list(column.choices)
    return field | ({"constraints": constraints} if constraints else {})


def _resource(name: str, file: str, spec: str) -> Resource:
    columns = [_column(each).name for each in spec.split()]
    return Resource(name, file, spec, {each: _OWNERS[each] for each in columns if each in _OWNERS})


RESOURCES: Mapping[str, Resource] = {name: _resource(name, *rest) for name, *rest in _SPECS}
# On an object: the list (or the one object) that holds rows of a table, and how they name it.
WITHIN: Mapping[str, Mapping[str, str]] = {
    "service": {
        "phones": "phone", "schedules": "schedule", "service_areas": "service_area",
        "languages": "language", "funding": "funding", "cost_options": "cost_option",
        "required_documents": "required_document", "contacts": "contact",
        "capacities": "service_capacity", "additional_urls": "url",
        "service_at_locations": "service_at_location",
    },
    "organization": {
        "additional_websites": "url", "funding": "funding", "contacts": "contact",
        "phones": "phone", "programs": "program",
        "organization_identifiers": "organization_identifier",
    },
    "service_at_location": {
        "service_areas": "service_area", "contacts": "contact", "phones": "phone",
        "schedules": "schedule",
    },
    "location": {
        "languages": "language", "addresses": "address", "contacts": "contact",
        "accessibility": "accessibility", "phones": "phone", "schedules": "schedule",
    },
    "contact": {"phones": "phone"},
    "phone": {"languages": "language"},
}  # fmt: skip
DESCRIPTION: Mapping[str, Any] = {
    "name": "human_services_data",
    "title": "Human Services Data Specification",
    "profile": "tabular-data-package",
    "version": "3.2.3",
    "homepage": "https://docs.openreferral.org",
}


def descriptor() -> dict[str, Any]:
    """The contents of datapackage.json."""
    return {**DESCRIPTION, "resources": [each.descriptor() for each in RESOURCES.values()]}
