"""One batch of services brought to what their source says, in the caller's transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from directory.duplicates.renewed import give_again, release, taken_back
from directory.hsds.objects import Organization as HsdsOrganization
from directory.hsds.objects import Service as HsdsService
from directory.hsds.read import UnreadableError, read_service
from directory.hsds.service import service_objects
from directory.imports import queries, store
from directory.imports.history import log_since, shown
from directory.imports.identity import fingerprint, origin, row_id, slug
from directory.imports.listing_rows import ServiceRow, organization_rows, service_rows
from directory.imports.queries import Known
from directory.imports.rows import OWNERS, Rows, given_ids
from directory.listings.edit_rules import CLOSED
from directory.listings.last_words import STATUS, cautions, keep_numbers
from directory.listings.models import Organization, Service
from directory.listings.needs_taxonomy import ensure_need_terms
from directory.listings.service import catalogue_changed

# By what column others hang on a row of the table.
_BELOW = {"contact": "contact_id", "phone": "phone_id"}


class Result(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Item:
    """A service that could be read, and where it stands."""

    file: str
    line: int
    id: str
    service: HsdsService
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """`why`: of a rejected one, with what to do. `notes`: what else its keeper should know."""

    item: Item
    result: Result
    why: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose import this is. `now`: product time. `first`: the directory was empty before it."""

    source: str
    run_id: str
    now: datetime
    first: bool = False

    @property
    def name(self) -> str:
        return origin(self.source)

    @property
    def by(self) -> str:
        return f"import:{self.run_id}"


@dataclass(slots=True)
class _Batch:
    session: Session
    whose: Origin
    rows: Rows
    added: list[tuple[Item, ServiceRow]] = field(default_factory=list)
    changed: list[tuple[Item, ServiceRow]] = field(default_factory=list)


def take(session: Session, items: Sequence[Item], whose: Origin) -> list[Outcome]:
    """Bring the listings to what the items say. What is the same is not written.

    No id stands twice among `items`.
    """
    known = queries.known_services(session, [item.id for item in items])
    outcomes: dict[str, Outcome] = {}
    wanted: list[Item] = []
    foreign: list[Item] = []
    for item in items:
        row = known.get(item.id)
        if row is None:
            wanted.append(item)
        elif row.merged and row.fingerprint != item.fingerprint:
            why = "it is merged into another listing: correct that one, or undo the merge first"
            outcomes[item.id] = Outcome(item, Result.REJECTED, why)
        elif row.fingerprint == item.fingerprint and row.imported:
            outcomes[item.id] = Outcome(item, Result.UNCHANGED)
        elif row.imported:
            wanted.append(item)
        else:
            foreign.append(item)
    outcomes |= _of_others(session, foreign, known, whose)
    if wanted:
        outcomes |= _write(session, wanted, known, whose)
    return [outcomes[item.id] for item in items]


def _of_others(
    session: Session, items: Sequence[Item], known: dict[str, Known], whose: Origin
) -> dict[str, Outcome]:
    """Listings that no import brought: our own export says what they say, or it is refused."""
    if not items:
        return {}
    services = queries.whole_services(session, [item.id for item in items])
    found = list(services.values())
    objects = service_objects(session, found, now=whose.now)
    ours = {}
    for service, written in zip(found, objects, strict=True):
        try:
            ours[service.id] = fingerprint(read_service(written))
        except UnreadableError:  # a stub of one that is not published
            continue
    outcomes = {}
    for item in items:
        if ours.get(item.id) == item.fingerprint:
            outcomes[item.id] = Outcome(item, Result.UNCHANGED)
        else:
            keeper = known[item.id].origin
            why = f"the listing is kept in {keeper}: change it there, or give this one its own id"
            outcomes[item.id] = Outcome(item, Result.REJECTED, why)
    return outcomes


def _write(
    session: Session, items: Sequence[Item], known: dict[str, Known], whose: Origin
) -> dict[str, Outcome]:
    services = [item.service for item in items]
    taken = queries.taken(session, given_ids(services, whose.source))
    batch = _Batch(session, whose, Rows(whose.source, whose.now.date(), taken))
    organizations = _organizations(batch, items)
    terms = ensure_need_terms(session)
    outcomes = {}
    said = cautions(session, [item.id for item in items if item.id in known])
    for item in items:
        service = item.service.model_copy(update=_cautious(item.service, said.get(item.id, {})))
        row = service_rows(batch.rows, service, now=whose.now)
        for need in row.columns["needs"] if row.needs_are_said else ():
            batch.rows.link("service", row.id, terms[need])
        row.columns["provenance"] |= _import_of(item, whose)
        new = item.id not in known
        (batch.added if new else batch.changed).append((item, row))
        result = Result.ADDED if new else Result.CHANGED
        outcomes[item.id] = Outcome(item, result, notes=tuple(dict.fromkeys(row.notes)))
    ids = [item.id for item, _ in batch.changed]
    before = shown(session, ids, now=whose.now)
    ended = [item.id for item, row in batch.changed if row.columns["status"] in CLOSED]
    release(session, ended, by=whose.by, now=whose.now)
    merges = taken_back(session, ids)
    standing = queries.places_of(session, ids)
    store.clear_services(session, ids)
    store.clear_locations(session, _own_locations(batch))
    _write_services(batch)
    store.write_rows(session, batch.rows)
    store.delete_locations(session, queries.without_services(session, standing))
    session.expire_all()
    given = give_again(session, merges, by=whose.by, now=whose.now)
    _keep_numbers(batch, given)
    log_since(session, before, by=whose.by, now=whose.now)
    beside = queries.services_of_organizations(session, organizations)
    moved = dict.fromkeys([*(item.id for item in items), *beside])
    catalogue_changed(session, *moved)
    return outcomes


def _cautious(service: HsdsService, said: dict[str, Any]) -> dict[str, Any]:
    """What people have said of it and its source does not take back; what has ended has ended."""
    ended = service.status in CLOSED
    return {name: value for name, value in said.items() if not (ended and name == STATUS)}


def _keep_numbers(batch: _Batch, given: Collection[str]) -> None:
    """A source dates its word on a listing's numbers by the day it has confirmed the listing; not
    on those that a merge has given it."""
    days = {item.id: item.service.assured_date for item, _ in batch.changed}
    changed = queries.whole_services(batch.session, list(days))
    keep_numbers(
        batch.session,
        list(changed.values()),
        dated=lambda service, phone: phone.as_of if phone.id in given else days[service.id],
    )


def _organizations(batch: _Batch, items: Sequence[Item]) -> list[str]:
    """Write the organizations of the items; the ids of those that were there and changed.

    One that no import brought stays as it is: its services are only added to it.
    """
    session, whose = batch.session, batch.whose
    wanted: dict[str, HsdsOrganization] = {}
    for item in items:
        organization = item.service.organization
        wanted[row_id("organization", organization.id, source=whose.source)] = organization
    known = queries.known_organizations(session, wanted)
    new, changed = [], []
    for identity, organization in wanted.items():
        row, print_now = known.get(identity), fingerprint(organization)
        if row is not None and (not row.imported or row.fingerprint == print_now):
            continue
        columns = organization_rows(batch.rows, organization) | {
            "fingerprint": print_now,
            "origin": whose.name,
            "last_modified": whose.now,
            "provenance": {"import": {"source": whose.source, "run": whose.run_id}},
        }
        if row is None:
            columns |= {"slug": slug(organization.name, identity), "also_known_as": []}
            new.append(columns)
        else:
            changed.append(columns)
    store.clear_organizations(session, [each["id"] for each in changed])
    if new:
        session.execute(store.table("organization").insert(), new)
    store.write_columns(session, "organization", changed)
    _parents(session, wanted, whose)
    session.expire_all()
    return [each["id"] for each in changed]


def _parents(session: Session, wanted: dict[str, HsdsOrganization], whose: Origin) -> None:
    """An organization's parent, where it is in the directory (it may follow later in the file)."""
    parents = {
        identity: row_id("organization", given, source=whose.source)
        for identity, organization in wanted.items()
        if (given := organization.parent_organization_id)
    }
    there = queries.organizations_there(session, parents.values())
    for identity, parent in parents.items():
        row = session.get(Organization, identity)
        if row is not None and parent in there and row.parent_organization_id != parent:
            row.parent_organization_id = parent
    session.flush()


def _write_services(batch: _Batch) -> None:
    """New rows at once; rows that were there column by column, their own columns untouched."""
    session, whose = batch.session, batch.whose
    protected = queries.locations_of_others(session, batch.rows.tables.get("location", {}))
    _leave_alone(batch.rows, protected)
    new = []
    for item, row in batch.added:
        new.append(
            row.columns
            | {
                "id": row.id,
                "slug": slug(row.columns["name"], row.id),
                "origin": whose.name,
                "fingerprint": item.fingerprint,
                "last_modified": _last_modified(item.service, whose),
            }
        )
    programs = batch.rows.tables.pop("program", {})
    store.write(session, "program", list(programs.values()))
    if new:
        session.execute(store.table("service").insert(), new)
    for item, row in batch.changed:
        service = session.get_one(Service, row.id)
        columns = row.columns | {"fingerprint": item.fingerprint, "origin": whose.name}
        # Only people confirm (directory.freshness): a source's word of it may come later than
        # ours, but never takes ours back.
        days = [day for day in (service.assured_date, columns["assured_date"]) if day]
        columns["assured_date"] = max(days, default=None)
        for name, value in columns.items():
            setattr(service, name, value)
        service.last_modified = whose.now
        service.version += 1
    session.flush()


def _last_modified(service: HsdsService, whose: Origin) -> datetime:
    """Now; but what fills an empty directory keeps the day of its last change.

    Nobody can have asked an empty directory for changes, so that nobody misses one.
    """
    said = service.last_modified
    return said if whose.first and said is not None and said <= whose.now else whose.now


def _leave_alone(rows: Rows, location_ids: Collection[str]) -> None:
    """Places where a listing of another keeper stands: the service is added to them as they are."""
    for identity in location_ids:
        rows.tables["location"].pop(identity, None)
    _take_off(rows, "location_id", location_ids)
    attributes = rows.tables.get("attribute", {})
    for key in [key for key, row in attributes.items() if row["link_id"] in location_ids]:
        del attributes[key]


def _take_off(rows: Rows, column: str, ids: Collection[str]) -> None:
    """What hangs on these alone goes, with what hangs on it; what is the service's as well stays
    the service's."""
    for name, owners in OWNERS.items():
        if column not in owners:
            continue
        found = rows.tables.get(name, {})
        gone = set()
        for key, row in list(found.items()):
            if row[column] in ids:
                row[column] = None
                if not any(row[owner] for owner in owners):
                    del found[key]
                    gone.add(key)
        if gone and name in _BELOW:
            _take_off(rows, _BELOW[name], gone)


def _own_locations(batch: _Batch) -> list[str]:
    """The places of the changed services, which are written anew."""
    links = batch.rows.tables.get("service_at_location", {}).values()
    changed = {item.id for item, _ in batch.changed}
    named = {row["location_id"] for row in links if row["service_id"] in changed}
    return sorted(named - queries.locations_of_others(batch.session, named))


def _import_of(item: Item, whose: Origin) -> dict[str, Any]:
    return {
        "import": {
            "source": whose.source,
            "file": item.file,
            "line": item.line,
            "as_of": whose.now.date().isoformat(),
            "run": whose.run_id,
        }
    }
