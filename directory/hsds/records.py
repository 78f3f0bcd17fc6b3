"""Rows as plain records with what hangs on them: one statement a table, however many rows.

A record has the names of its model, columns and lists alike, so that `directory.hsds.write` cannot
tell them apart. It is not watched for changes and never asks the database for more, which makes it
a fraction of the work of a mapped object: lists of everything are written from these.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from directory.database import Base
from directory.listings import models as rows

Record = SimpleNamespace
Parents = dict[str, dict[str, Record]]  # the column that names the parent → its id → the parent

# How many values one statement takes: SQLite allows 32,766.
MOST_VALUES: Final = 20_000
# What may hang on others, parents before their children; and the list of the parent it is in.
_CHILDREN: Final[tuple[tuple[type[Base], str], ...]] = (
    (rows.ListedContact, "contacts"),
    (rows.Phone, "phones"),
    (rows.SpokenLanguage, "languages"),
    (rows.Schedule, "schedules"),
    (rows.ServiceArea, "service_areas"),
    (rows.Address, "addresses"),
    (rows.Accessibility, "accessibility"),
    (rows.CostOption, "cost_options"),
    (rows.RequiredDocument, "required_documents"),
    (rows.ServiceCapacity, "capacities"),
    (rows.Funding, "funding"),
    (rows.Url, "urls"),
    (rows.Program, "programs"),
    (rows.OrganizationIdentifier, "organization_identifiers"),
)
# Who has children, by the column that names it.
_NAMED_BY: Final[dict[type[Base], str]] = {
    rows.Service: "service_id",
    rows.Organization: "organization_id",
    rows.ServiceAtLocation: "service_at_location_id",
    rows.Location: "location_id",
    rows.ListedContact: "contact_id",
    rows.Phone: "phone_id",
}
_URLS: Final = {"service_id": "additional_urls", "organization_id": "additional_websites"}


def short_services(session: Session, ids: Sequence[str]) -> list[Any]:
    """Services with their organization and program, in no order."""
    services = _of(session, rows.Service, "id", ids)
    _add_owners(session, services)
    return services


def whole_services(session: Session, ids: Sequence[str]) -> list[Any]:
    """Services with everything that a whole one is written from, in no order."""
    services = short_services(session, ids)
    links = _add_places(session, services)
    _hang(
        session,
        services=services,
        organizations=[each.organization for each in services],
        links=links,
        locations=[each.location for each in links],
    )
    return services


def short_links(session: Session, ids: Sequence[str]) -> list[Any]:
    """Services at locations, with both."""
    links = _of(session, rows.ServiceAtLocation, "id", ids)
    services = _by_id(short_services(session, list({each.service_id for each in links})))
    _add_locations(session, links)
    for link in links:
        link.service = services[link.service_id]
    return links


def whole_links(session: Session, ids: Sequence[str]) -> list[Any]:
    """Services at locations with everything that a whole one is written from."""
    links = short_links(session, ids)
    _hang(
        session,
        services=[each.service for each in links],
        organizations=[each.service.organization for each in links],
        links=links,
        locations=[each.location for each in links],
    )
    return links


def short_organizations(session: Session, ids: Sequence[str]) -> list[Any]:
    return _of(session, rows.Organization, "id", ids)


def whole_organizations(session: Session, ids: Sequence[str], *, services: bool) -> list[Any]:
    """Organizations with their services and places; `services`: whole ones."""
    organizations = _by_id(short_organizations(session, ids))
    of_them = _of(session, rows.Service, "organization_id", ids)
    of_them.sort(key=lambda each: (each.position, each.id))
    _add_programs(session, of_them)
    for service in of_them:
        organizations[service.organization_id].services.append(service)
    links = _add_places(session, of_them)
    _hang(
        session,
        services=of_them if services else [],
        organizations=organizations.values(),
        links=links if services else [],
        locations=[each.location for each in links],
    )
    return list(organizations.values())


def _add_owners(session: Session, services: Sequence[Record]) -> None:
    whose = {each.organization_id for each in services}
    organizations = _by_id(short_organizations(session, list(whose)))
    for service in services:
        service.organization = organizations[service.organization_id]
    _add_programs(session, services)


def _add_programs(session: Session, services: Sequence[Record]) -> None:
    ids = {each.program_id for each in services if each.program_id}
    programs = _by_id(_of(session, rows.Program, "id", list(ids)))
    for service in services:
        service.program = programs.get(service.program_id)


def _add_places(session: Session, services: Sequence[Record]) -> list[Record]:
    """Where the services are: the links, each with its location."""
    known = _by_id(services)
    links = _of(session, rows.ServiceAtLocation, "service_id", list(known))
    _add_locations(session, links)
    for link in links:  # one way only: what goes round in circles stays in memory for a while
        known[link.service_id].service_at_locations.append(link)
    return links


def _add_locations(session: Session, links: Sequence[Record]) -> None:
    ids = {each.location_id for each in links}
    locations = _by_id(_of(session, rows.Location, "id", list(ids)))
    for link in links:
        link.location = locations[link.location_id]


def _hang(
    session: Session,
    *,
    services: Iterable[Record],
    organizations: Iterable[Record],
    links: Iterable[Record],
    locations: Iterable[Record],
) -> None:
    """Give all of them what is in tables of its own."""
    parents: Parents = {
        "service_id": _by_id(services),
        "organization_id": _by_id(organizations),
        "service_at_location_id": _by_id(links),
        "location_id": _by_id(locations),
    }
    for model, name in _CHILDREN:
        children = _children(session, model, name, parents)
        if model in _NAMED_BY:
            parents[_NAMED_BY[model]] = children
        if model is rows.ServiceCapacity:
            _add_units(session, children.values())


def _children(
    session: Session, model: type[Base], name: str, parents: Parents
) -> dict[str, Record]:
    """Read the children of these parents and put them into their lists."""
    table = model.__table__
    mine = {key: parents[key] for key in parents if key in table.c}
    found: dict[str, Record] = {}
    for portion in _portions(mine):
        wanted = or_(*(_one_of(table.c[key]) for key in portion))
        for row in _read(session, model, wanted, portion):
            if row.id in found:  # of two parents, in two portions
                continue
            found[row.id] = row
            for key, known in mine.items():
                parent = known.get(getattr(row, key))
                if parent is not None and not _of_one_place(model, key, row):
                    getattr(parent, _URLS[key] if name == "urls" else name).append(row)
    return found


def _of_one_place(model: type[Base], key: str, row: Record) -> bool:
    """An area that is served from one place only names its service besides."""
    return (
        model is rows.ServiceArea and key == "service_id" and row.service_at_location_id is not None
    )


def _portions(parents: Parents) -> Iterator[dict[str, Sequence[str]]]:
    """The ids of the parents, so many at a time as a statement takes."""
    portion: dict[str, Sequence[str]] = {}
    left = MOST_VALUES
    for key, known in parents.items():
        ids = list(known)
        while ids:
            portion[key], ids = ids[:left], ids[left:]
            left -= len(portion[key])
            if not left:
                yield portion
                portion, left = {}, MOST_VALUES
    if portion:
        yield portion


def _add_units(session: Session, capacities: Collection[Record]) -> None:
    units = _by_id(_of(session, rows.Unit, "id", list({each.unit_id for each in capacities})))
    for capacity in capacities:
        capacity.unit = units[capacity.unit_id]


def _of(session: Session, model: type[Base], key: str, ids: Sequence[str]) -> list[Record]:
    wanted = _one_of(model.__table__.c[key])
    return [
        row
        for start in range(0, len(ids), MOST_VALUES)
        for row in _read(session, model, wanted, {key: ids[start : start + MOST_VALUES]})
    ]


def _read(
    session: Session, model: type[Base], wanted: Any, values: dict[str, Sequence[str]]
) -> Iterator[Record]:
    table = model.__table__
    order = [table.c[name] for name in ("position", "code", "id") if name in table.c]
    found = session.execute(select(table).where(wanted).order_by(*order), values)
    names, lists = list(found.keys()), _lists_of(model)
    for row in found.all():
        record = Record()
        record.__dict__.update(zip(names, row, strict=True))
        for name in lists:
            record.__dict__[name] = []
        yield record


def _one_of(column: Any) -> Any:
    """The condition that the column has one of the values that are given by its name."""
    return column.in_(bindparam(column.key, expanding=True))


@cache
def _lists_of(model: type[Base]) -> tuple[str, ...]:
    """The names of the lists that a record of this model has."""
    key = _NAMED_BY.get(model)
    if key is None:
        return ()
    names = [name for child, name in _CHILDREN if key in child.__table__.c]
    more = {rows.Service: ["service_at_locations"], rows.Organization: ["services"]}
    return (*more.get(model, []), *(_URLS[key] if name == "urls" else name for name in names))


def _by_id(records: Iterable[Record]) -> dict[str, Record]:
    return {each.id: each for each in records}
