"""What a merge gives to the listing that is kept, and how it is taken off it again."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.duplicates.gaps import (
    ROW_TYPES,
    AddedRow,
    facts_of,
    missing_columns,
    missing_rows,
    place_told_by,
)
from directory.errors import Conflict
from directory.listings.edit_rules import tells_place
from directory.listings.models import Service

MERGED = "merged"
# `columns`: name -> before, after. `provenance`: before, after. `rows`: table, id.
Given = dict[str, Any]
NOTHING: Given = {"columns": {}, "provenance": [None, None], "rows": []}


def give(session: Session, kept: Service, other: Service, *, now: datetime) -> Given:
    """Write what the kept listing lacks; the answer is all that `take_back` needs.

    Raises Conflict where something confidential would be told. Who calls rolls back what was
    refused.
    """
    columns = missing_columns(kept, other)
    provenance = _provenance(kept, other, columns, now)
    rows = list(missing_rows(session, kept, other, hours=_takes_hours(kept, columns)))
    given: Given = {
        "columns": {name: [getattr(kept, name), value] for name, value in columns.items()},
        "provenance": [kept.provenance, provenance],
        "rows": [[row.__tablename__, row.id] for row in rows],
    }
    for name, value in columns.items():
        setattr(kept, name, value)
    _refuse_told_place(kept, other, rows)
    kept.provenance = provenance
    session.add_all(rows)
    return given


def take_back(session: Session, kept: Service, given: Given) -> dict[str, tuple[Any, Any]]:
    """What was changed since stays as it was changed. Column -> as it was, as it is now."""
    values: dict[str, tuple[Any, Any]] = {}
    for name, (before, after) in given["columns"].items():
        if getattr(kept, name) == after:
            setattr(kept, name, before)
            values[name] = (after, before)
    before, after = given["provenance"]
    if kept.provenance == after:
        kept.provenance = before
    for kind, identity in given["rows"]:
        row = session.get(ROW_TYPES[kind], identity)
        if row is not None:
            session.delete(row)
    return values


def _refuse_told_place(kept: Service, other: Service, rows: list[AddedRow]) -> None:
    """What is kept of a confidential listing is confidential, and says nowhere where it is."""
    if other.confidential and not kept.confidential:
        raise Conflict("place_told", "One of the two is confidential: keep the confidential one.")
    fields = [*tells_place(kept), *place_told_by(rows)] if kept.confidential else []
    if fields:
        raise Conflict(
            "place_told",
            "One of the two is confidential, and texts of the merged listing would seem to say "
            "where it is: take the street, box or ZIP out of both listings first.",
            fields=fields,
        )


def _takes_hours(kept: Service, columns: dict[str, Any]) -> bool:
    return "opening_hours" in columns or (not kept.schedules and kept.opening_hours is None)


def _provenance(
    kept: Service, other: Service, columns: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """What the kept listing took over, and where the other one had it from."""
    facts = {
        fact: {**other.provenance[fact], "merged_from": other.id}
        for fact in facts_of(columns)
        if isinstance(other.provenance.get(fact), dict)
    }
    taken = {
        "id": other.id,
        "origin": other.origin,
        "as_of": now.date().isoformat(),
        "fields": sorted(columns),
    }
    merged = [*kept.provenance.get(MERGED, []), taken]
    return {**kept.provenance, **facts, MERGED: merged}
