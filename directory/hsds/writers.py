"""The objects of given ids, in their order, loaded with as few statements as there are tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.hsds import queries, records
from directory.hsds.service import add_what_stands_apart, service_objects
from directory.hsds.values import instant, present
from directory.hsds.write import (
    UNNAMED,
    organization_columns,
    organization_object,
    service_at_location_object,
    service_at_location_summary,
    service_columns,
    service_inside_organization,
    taxonomy_object,
    taxonomy_term_object,
    withdrawn_service,
)
from directory.listings.change_models import Tombstone
from directory.listings.models import Service, ServiceAtLocation
from directory.listings.publication import is_published

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """How much is written, as of `now` (product time).

    `whole`: with all that hangs on it. `minimal`: id and date alone. `whole_services`: the
    services of an organization too.
    """

    now: datetime
    whole: bool = False
    minimal: bool = False
    whole_services: bool = False


def services(session: Session, ids: Sequence[str], view: View) -> list[Object]:
    load = records.whole_services if view.whole else records.short_services
    rows = load(session, ids)
    written = service_objects(session, rows, now=view.now, whole=view.whole)
    written += _gone(session, "service", ids, written)
    if view.minimal:
        written = [{name: each[name] for name in ("id", "last_modified")} for each in written]
    return _in_order(ids, written)


def minimal(identity: str, modified: datetime) -> Object:
    """All that HSDS wants of a service where `minimal` is asked for."""
    return {"id": identity, "last_modified": instant(modified)}


def organizations(session: Session, ids: Sequence[str], view: View) -> list[Object]:
    """With its services where the organization is whole: their columns, or whole ones too."""
    whole = view.whole or view.whole_services
    if not whole:
        rows = records.short_organizations(session, ids)
        return _in_order(ids, [organization_columns(row) for row in rows])
    rows = records.whole_organizations(session, ids, services=view.whole_services)
    shown = [each for row in rows for each in row.services if is_published(each)]
    inside = _services_inside(session, shown, view)
    written = [
        organization_object(
            row, services=[inside[each.id] for each in row.services if each.id in inside]
        )
        for row in rows
    ]
    add_what_stands_apart(session, written, shown)
    return _in_order(ids, written)


def _services_inside(session: Session, shown: Sequence[Service], view: View) -> dict[str, Object]:
    """Without their organization, inside which they stand."""
    identities = [each.id for each in shown]
    notices = queries.notices_that_count(session, identities, now=view.now)
    inside: dict[str, Object] = {}
    for each in shown:
        count = notices.get(each.id, ())
        inside[each.id] = (
            service_inside_organization(each, notices=count)
            if view.whole_services
            else service_columns(each, count)
        )
    return inside


def links(session: Session, ids: Sequence[str], view: View) -> list[Object]:
    load = records.whole_links if view.whole else records.short_links
    rows = load(session, ids)
    told = [row for row in rows if _may_be_told(row)]
    notices = queries.notices_that_count(session, [row.service_id for row in told], now=view.now)
    write = service_at_location_object if view.whole else service_at_location_summary
    written = [write(row, notices=notices.get(row.service_id, ())) for row in told]
    if view.whole:
        add_what_stands_apart(session, written, [row.service for row in told])
    written += [_withdrawn_link(row) for row in rows if not _may_be_told(row)]
    return _in_order(ids, written + _gone(session, "service_at_location", ids, written))


def _may_be_told(row: ServiceAtLocation) -> bool:
    """As `publication.published_places`."""
    confidential = row.service.confidential or row.location.confidential
    return is_published(row.service) and not confidential


def _withdrawn_link(row: ServiceAtLocation) -> Object:
    """Of one that is confidential now not even whose it was is repeated."""
    if is_published(row.service):
        return {"id": row.id, "description": UNNAMED}
    service = withdrawn_service(row.service)
    return {"id": row.id, "service_id": row.service_id, "description": UNNAMED, "service": service}


def taxonomies(session: Session, ids: Sequence[str], _: View) -> list[Object]:
    return _in_order(ids, [taxonomy_object(row) for row in queries.taxonomies(session, ids)])


def terms(session: Session, ids: Sequence[str], _: View) -> list[Object]:
    return _in_order(ids, [taxonomy_term_object(row) for row in queries.terms(session, ids)])


def _gone(
    session: Session, entity: str, ids: Sequence[str], written: Sequence[Object]
) -> list[Object]:
    """What is told of ids that are no rows any more."""
    known = {each["id"] for each in written}
    missing = [identity for identity in ids if identity not in known]
    rows = queries.tombstones(session, entity, missing)
    return [_service_gone(row) if entity == "service" else _link_gone(row) for row in rows]


def _service_gone(row: Tombstone) -> Object:
    return present(
        id=row.entity_id,
        name=row.name or UNNAMED,
        status="defunct",
        last_modified=instant(row.deleted_at),
    )


def _link_gone(row: Tombstone) -> Object:
    return {"id": row.entity_id, "description": UNNAMED}


def _in_order(ids: Sequence[str], written: Sequence[Object]) -> list[Object]:
    by_id = {each["id"]: each for each in written}
    return [by_id[identity] for identity in ids if identity in by_id]
