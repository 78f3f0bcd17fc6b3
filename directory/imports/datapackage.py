"""HSDS tabular data packages: CSV files in a folder or a ZIP, joined into service objects."""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from directory.errors import Invalid
from directory.hsds.read import Problem
from directory.imports.entries import Entry
from directory.imports.limits import MEGABYTE, Files, too_large
from directory.imports.package import DESCRIPTOR, RESOURCES, WITHIN
from directory.imports.staging import Staging

Object = dict[str, Any]
_LARGEST_DESCRIPTOR = 5 * MEGABYTE


def read_package(files: Files) -> Iterator[Entry]:
    """The services of a package. Raises Invalid `not_a_package` when it has none."""
    names = tables_of(files)
    for needed in ("service", "organization"):
        if needed not in names:
            file = RESOURCES[needed].file
            raise Invalid("not_a_package", f"The package has no {file}: add it.")
    with Staging() as staging:
        join = _Join(staging)
        yield from staging.load(files, names)
        yield from staging.dangling(names)
        for row in staging.all_of("service"):
            organization = staging.one("organization", row.cells.get("organization_id"))
            if organization is None:
                file = names["organization"]
                problem = Problem(
                    "organization_id", f"names no organization of {file}", "add it there"
                )
                yield Entry(names["service"], row.line, {"id": row.cells["id"]}, (problem,))
                continue
            yield Entry(names["service"], row.line, join.service(row.cells))


def tables_of(files: Files) -> dict[str, str]:
    """Table -> its file: as datapackage.json says, else by the usual names."""
    there = set(files.names())
    usual = {name: resource.file for name, resource in RESOURCES.items() if resource.file in there}
    if DESCRIPTOR not in there:
        return usual
    with files.open(DESCRIPTOR) as stream:
        text = stream.read(_LARGEST_DESCRIPTOR + 1)
    if len(text) > _LARGEST_DESCRIPTOR:
        raise too_large(f"{DESCRIPTOR} is larger than any data package needs.")
    try:
        resources = json.loads(text)["resources"]
        said = {str(each["name"]): PurePosixPath(str(each["path"])).name for each in resources}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Invalid("not_a_package", f"{DESCRIPTOR} cannot be read: correct it.") from error
    named = {name: file for name, file in said.items() if name in RESOURCES and file in there}
    return {name: (usual | named)[name] for name in RESOURCES if name in usual | named}


class _Join:
    """Builds service objects. What hangs on what is fixed, so that rows cannot go in a circle."""

    def __init__(self, staging: Staging) -> None:
        self._staging = staging

    def service(self, cells: Object) -> Object:
        made = self._whole("service", cells)
        organization = self._staging.one("organization", cells.get("organization_id"))
        if organization is not None:
            made["organization"] = self._whole("organization", organization.cells)
        program = self._staging.one("program", cells.get("program_id"))
        if program is not None:
            made["program"] = self._apart("program", program.cells)
        return made

    def _whole(self, table: str, cells: Object) -> Object:
        """The row with all that hangs on it."""
        made = self._apart(table, cells)
        if table == "service_at_location":
            location = self._staging.one("location", cells.get("location_id"))
            if location is not None:
                made["location"] = self._whole("location", location.cells)
        elif table == "service_capacity":
            unit = self._staging.one("unit", cells.get("unit_id"))
            if unit is not None:
                made["unit"] = unit.cells
        for name, inner in WITHIN.get(table, {}).items():
            rows = self._staging.on(inner, f"{table}_id", cells["id"])
            if table == "service" and inner == "service_area":
                # Those of the service at one place only come with the place.
                rows = [row for row in rows if not row.get("service_at_location_id")]
            if rows:
                made[name] = [self._whole(inner, row) for row in rows]
        return made

    def _apart(self, table: str, cells: Object) -> Object:
        """The row with its attributes and its metadata."""
        made = dict(cells)
        attributes = [
            self._attribute(row)
            for row in self._staging.on("attribute", "link_id", cells["id"])
            if row.get("link_entity", table) in (table, f"{table}s")
        ]
        if attributes:
            made["attributes"] = attributes
        metadata = [
            row
            for row in self._staging.on("metadata", "resource_id", cells["id"])
            if row.get("resource_type", table) == table
        ]
        if metadata:
            made["metadata"] = metadata
        return made

    def _attribute(self, row: Object) -> Object:
        term = self._staging.one("taxonomy_term", row.get("taxonomy_term_id"))
        if term is None:
            return dict(row)
        taxonomy = self._staging.one("taxonomy", term.cells.get("taxonomy_id"))
        detail = {"taxonomy_detail": taxonomy.cells} if taxonomy else {}
        return {**row, "taxonomy_term": {**term.cells, **detail}}
