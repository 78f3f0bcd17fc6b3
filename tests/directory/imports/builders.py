"""HSDS objects and imports of them; everything that does not matter is usual and valid."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from directory.database import Database, new_id
from directory.imports import service, take_in
from directory.imports.content import look
from directory.imports.entries import Entry, Format
from directory.imports.export import published
from directory.imports.service import NewImport, Report
from directory.listings.ids import stable_id
from tests.fakes import MORNING

Object = dict[str, Any]


def a_service(number: int = 1, **changes: Any) -> Object:
    """The HSDS object of a pantry; an empty value takes a field away."""
    identity = stable_id("test service", number)
    usual: Object = {
        "id": identity,
        "name": f"Pantry {number}",
        "description": "Free groceries once a week.",
        "status": "active",
        "organization": {
            "id": stable_id("test organization", number),
            "name": f"Example House {number}",
            "description": "A charity.",
        },
        "phones": [
            {
                "id": stable_id("test phone", number),
                "number": f"630-555-01{number % 100:02}",
                "type": "voice",
            }
        ],
    }
    made = {**usual, **changes}
    return {name: value for name, value in made.items() if value not in (None, [], "")}


def a_place(number: int = 1, **changes: Any) -> Object:
    """A service_at_location with an address."""
    identity = stable_id("test location", number)
    address = {
        "id": stable_id("test address", number),
        "address_1": f"{number} Example Street",
        "city": "Naperville",
        "state_province": "IL",
        "postal_code": "60540",
        "country": "US",
        "address_type": "physical",
    } | changes
    return {
        "id": stable_id("test link", number),
        "location": {"id": identity, "location_type": "physical", "addresses": [address]},
    }


def a_term(code: str, name: str, taxonomy: str = "Open Eligibility", **more: Any) -> Object:
    return {
        "id": stable_id("test attribute", code, new_id()),
        "taxonomy_term": {
            "id": stable_id("test term", taxonomy, code),
            "code": code,
            "name": name,
            "description": name,
            "taxonomy": taxonomy,
        }
        | more,
    }


def imported(
    database: Database,
    objects: Iterable[Any],
    *,
    source: str = "county",
    complete: bool = False,
    now: Any = MORNING,
) -> Report:
    """The report on an import of these objects, line by line."""
    new = NewImport(source, Format.JSON_LINES, "staff:somebody", complete)
    run_id = service.begin(database, new, now=now)
    entries = [Entry("file.jsonl", line, value) for line, value in enumerate(objects, 1)]
    return service.run(database, run_id, new, entries, clock=lambda: now)


def imported_file(database: Database, path: Path, *, source: str = "county") -> Report:
    """The report on an import of a file or a folder, whatever it is."""
    content = look(path)
    run_id, new = take_in.begin(
        database, content, source=source, by="staff:somebody", clock=lambda: MORNING
    )
    return take_in.finish(database, run_id, new, content, clock=lambda: MORNING)


def exported(database: Database, now: Any = MORNING) -> list[Object]:
    return list(published(database, now=now))


def jsonl(path: Path, objects: Iterable[Any]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in objects), encoding="utf-8")
    return path


def told(report: Report) -> list[str]:
    return [str(each) for each in report.remarks]


def counts(report: Report) -> tuple[int, int, int, int]:
    """Added, changed, unchanged, rejected."""
    return report.added, report.changed, report.unchanged, report.rejected
