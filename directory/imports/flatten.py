"""An HSDS service object as rows of the data package's tables. Pure."""

from collections.abc import Iterator
from typing import Any

from directory.imports.identity import as_bytes
from directory.imports.package import RESOURCES, WITHIN

Object = dict[str, Any]
Met = set[tuple[str, bytes]]
# What many services have in common.
_SHARED = frozenset({"organization", "program", "location", "unit", "taxonomy", "taxonomy_term"})


def rows_of(service: Object, met: Met) -> Iterator[tuple[str, Object]]:
    """(table, row) of everything in the object.

    `met`: what services have in common and has been given before; it is left out, with all that
    hangs on it, and what is new is added.
    """
    organization = service.get("organization")
    if organization is not None:
        yield from _rows("organization", organization, {}, met)
    program = service.get("program")
    if program is not None:
        owner = {"organization_id": service.get("organization_id")}
        yield from _rows("program", program, owner, met)
    yield from _rows("service", service, {}, met)


def _rows(table: str, value: Object, owner: Object, met: Met) -> Iterator[tuple[str, Object]]:
    if _is_known(table, value, met):
        return
    more: Object = {}
    if table == "service_at_location":
        location = value["location"]
        yield from _rows("location", location, {}, met)
        more = {"location_id": location["id"]}
    elif table == "service_capacity":
        yield from _rows("unit", value["unit"], {}, met)
        more = {"unit_id": value["unit"]["id"]}
    yield table, _columns(table, {**value, **owner, **more})
    below = {f"{table}_id": value["id"]}
    for name, inner in WITHIN.get(table, {}).items():
        # The area of a service at a place is the service's as well.
        beside = {"service_id": value["service_id"]} if inner == "service_area" and (
            table == "service_at_location" and "service_id" in value
        ) else {}  # fmt: skip
        for each in value.get(name, ()):
            yield from _rows(inner, each, below | beside, met)
    for attribute in value.get("attributes", ()):
        yield from _attribute(table, value["id"], attribute, met)
    for line in value.get("metadata", ()):
        yield "metadata", _columns("metadata", line)


def _attribute(
    table: str, identity: str, attribute: Object, met: Met
) -> Iterator[tuple[str, Object]]:
    tied = {"link_id": identity, "link_entity": table}
    term = attribute.get("taxonomy_term")
    if term is not None:
        tied["taxonomy_term_id"] = term["id"]
        if "taxonomy_detail" in term:
            yield from _rows("taxonomy", term["taxonomy_detail"], {}, met)
        yield from _rows("taxonomy_term", term, {}, met)
    yield "attribute", _columns("attribute", {**attribute, **tied})


def _is_known(table: str, value: Object, met: Met) -> bool:
    if table not in _SHARED:
        return False
    key = (table, as_bytes(value["id"]))
    if key in met:
        return True
    met.add(key)
    return False


def _columns(table: str, value: Object) -> Object:
    return {
        column.name: found
        for column in RESOURCES[table].columns
        if (found := value.get(column.name)) is not None
    }
