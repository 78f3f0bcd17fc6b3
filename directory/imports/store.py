"""Rows into the database: many at once, each new or over the one of the same id."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Table, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from directory.database import Base
from directory.imports import queries
from directory.imports.rows import OWNERS, Row, Rows

# What points comes behind what it points at.
_ORDER = (
    "program", "location", "unit", "service_at_location", "address", "accessibility", "contact",
    "phone", "language", "schedule", "service_area", "cost_option", "required_document",
    "service_capacity", "url", "funding", "organization_identifier", "attribute", "metadata",
)  # fmt: skip
_ONLY_FIRST = {"location": ("organization_id",)}  # who was there first maintains it
_BELOW_ORGANIZATION = ("phone", "contact", "url", "funding", "organization_identifier")
_BELOW_LOCATION = ("phone", "contact", "schedule", "language", "address", "accessibility")
_BELOW_LINK = ("phone", "contact", "schedule", "service_area")
_BELOW_SERVICE = (
    "phone", "contact", "schedule", "language", "service_area", "cost_option",
    "required_document", "service_capacity", "url", "funding",
)  # fmt: skip


def table(name: str) -> Table:
    return Base.metadata.tables[name]


def write_rows(session: Session, rows: Rows) -> None:
    """Everything below services and organizations, which have to be there."""
    _write_terms(session, rows)
    for name in _ORDER:
        found = rows.tables.get(name)
        if not found:
            continue
        if name == "metadata":
            own = queries.changes_known(session, found)
            found = {key: row for key, row in found.items() if key not in own}
        write(session, name, list(found.values()))


def write(session: Session, name: str, rows: Sequence[Row]) -> None:
    """Insert, or write over the row of the same id. On what a row hangs is only ever added to."""
    if not rows:
        return
    target = table(name)
    build: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = build.insert(target)
    kept = {*OWNERS.get(name, ()), *_ONLY_FIRST.get(name, ())}
    changed = {
        column: func.coalesce(statement.excluded[column], target.c[column])
        if column in OWNERS.get(name, ())
        else func.coalesce(target.c[column], statement.excluded[column])
        if column in kept
        else statement.excluded[column]
        for column in rows[0]
        if column != "id"
    }
    session.execute(
        statement.on_conflict_do_update(index_elements=[target.c.id], set_=changed), list(rows)
    )


def write_columns(session: Session, name: str, rows: Sequence[Row]) -> None:
    """Write these columns of rows that are there."""
    target = table(name)
    for row in rows:
        values = {column: value for column, value in row.items() if column != "id"}
        session.execute(update(target).where(target.c.id == row["id"]).values(values))


def _write_terms(session: Session, rows: Rows) -> None:
    """Terms that are there stay as they are; one of the same code stands for the source's."""
    terms = rows.terms
    there, by_code = queries.terms_known(session, terms.terms, terms.taxonomies)
    known = queries.taxonomies_known(session, terms.taxonomies)
    new = [row for key, row in terms.taxonomies.items() if key not in known]
    if new:
        session.execute(table("taxonomy").insert(), new)
    instead: dict[str, str] = {}
    added: list[Row] = []
    for row in terms.parents_first():
        if row["id"] in there:
            continue
        same = by_code.get((row["taxonomy_id"], row["code"])) if row["code"] else None
        if same is not None:
            instead[row["id"]] = same
            continue
        if row["code"]:
            by_code[(row["taxonomy_id"], row["code"])] = row["id"]
        there.add(row["id"])
        parent = instead.get(row["parent_id"], row["parent_id"])
        added.append(row | {"parent_id": parent if parent in there else None})
    if added:
        session.execute(table("taxonomy_term").insert(), added)
    _point_at(session, rows, instead, there)


def _point_at(session: Session, rows: Rows, instead: dict[str, str], there: set[str]) -> None:
    """Attributes name terms that exist, each of them once."""
    attributes = rows.tables.get("attribute", {})
    named = {row["taxonomy_term_id"] for row in attributes.values()}
    there = there | set(instead.values())
    more, _ = queries.terms_known(session, named - there, ())
    there |= more
    met: set[tuple[str, str]] = set()
    for key, row in list(attributes.items()):
        term_id = instead.get(row["taxonomy_term_id"], row["taxonomy_term_id"])
        if term_id not in there or (row["link_id"], term_id) in met:
            del attributes[key]
            continue
        met.add((row["link_id"], term_id))
        row["taxonomy_term_id"] = term_id
    _free_attributes(session, attributes.values())


def _free_attributes(session: Session, rows: Iterable[Row]) -> None:
    """What is written anew must not meet its older self under another id."""
    links = {row["link_id"] for row in rows}
    target = table("attribute")
    for some in queries._in_turn(links):
        session.execute(delete(target).where(target.c.link_id.in_(some)))


def clear_services(session: Session, ids: Collection[str]) -> None:
    """Take away what hangs on these services, so that it can be written anew."""
    for some in queries._in_turn(ids):
        links = select(table("service_at_location").c.id).where(
            table("service_at_location").c.service_id.in_(some)
        )
        _clear(session, "service_at_location_id", links, _BELOW_LINK)
        _clear(session, "service_id", some, _BELOW_SERVICE)
        target = table("service_at_location")
        session.execute(delete(target).where(target.c.service_id.in_(some)))
        _clear_apart(session, some)


def clear_organizations(session: Session, ids: Collection[str]) -> None:
    """Their programs stay: services point at them."""
    for some in queries._in_turn(ids):
        _clear(session, "organization_id", some, _BELOW_ORGANIZATION)
        _clear_apart(session, some)


def clear_locations(session: Session, ids: Collection[str]) -> None:
    for some in queries._in_turn(ids):
        _clear(session, "location_id", some, _BELOW_LOCATION)
        _clear_apart(session, some)


def delete_locations(session: Session, ids: Collection[str]) -> None:
    clear_locations(session, ids)
    target = table("location")
    for some in queries._in_turn(ids):
        session.execute(delete(target).where(target.c.id.in_(some)))


def _clear_apart(session: Session, ids: Sequence[str]) -> None:
    metadata, attribute = table("metadata"), table("attribute")
    session.execute(delete(metadata).where(metadata.c.resource_id.in_(ids)))
    session.execute(delete(attribute).where(attribute.c.link_id.in_(ids)))


def _clear(session: Session, column: str, ids: Any, below: tuple[str, ...]) -> None:
    """Delete what hangs on these alone; what hangs on something else too is only taken off."""
    if "contact" in below:
        contact = table("contact")
        contacts = select(contact.c.id).where(contact.c[column].in_(ids))
        _clear(session, "contact_id", contacts, ("phone",))
    if "phone" in below:
        phone = table("phone")
        phones = select(phone.c.id).where(phone.c[column].in_(ids), *_hangs_only_on(phone, column))
        _clear(session, "phone_id", phones, ("language",))
    for name in below:
        target = table(name)
        mine = target.c[column].in_(ids)
        only = _hangs_only_on(target, column)
        session.execute(delete(target).where(mine, *only))
        if only:
            session.execute(update(target).where(mine).values({column: None}))


def _hangs_only_on(target: Table, column: str) -> list[Any]:
    """An area of a service at a place belongs to the service as well: it goes with either."""
    if target.name == "service_area":
        return []
    others = [name for name in OWNERS[target.name] if name != column]
    return [~or_(*(target.c[name].is_not(None) for name in others))] if others else []
