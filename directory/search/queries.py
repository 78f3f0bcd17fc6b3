"""Every SELECT of the search: the published listings as plain rows, many at a time.

Rows and not objects of the ORM: a hundred thousand services have a million rows, and an object
for each would take minutes. The same statements read everything, chunk by chunk, or only what has
changed; they are put together once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, bindparam, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.listings.change_models import ServiceNotice
from directory.listings.models import (
    Address,
    Attribute,
    Location,
    Organization,
    Phone,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    SpokenLanguage,
    TaxonomyTerm,
)
from directory.listings.queries import SHOWN

AnyRow = Row[Any]
Column = InstrumentedAttribute[Any]
CHUNK = 2_000
# SQLite takes some ten thousand values in one statement, every database a few hundred.
_IDS_AT_ONCE = 500


class Which(StrEnum):
    """How the services of a chunk are told to the statements for what hangs on them."""

    BETWEEN = "between"  # from one id to another
    AMONG = "among"  # by name


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some services, and the values that say which they are."""

    services: Sequence[AnyRow]
    which: Which
    values: dict[str, Any]


def chunks(session: Session) -> Iterator[Chunk]:
    """All published services, in the order of their ids."""
    last = ""
    while True:
        statement = _services().where(Service.id > last).order_by(Service.id).limit(CHUNK)
        rows = session.execute(statement).all()
        if not rows:
            return
        first, last = rows[0].id, rows[-1].id
        yield Chunk(rows, Which.BETWEEN, {"first": first, "last": last})


def chosen(session: Session, service_ids: Sequence[str]) -> Iterator[Chunk]:
    """Those of these services that are published."""
    for start in range(0, len(service_ids), _IDS_AT_ONCE):
        values = {"ids": list(service_ids[start : start + _IDS_AT_ONCE])}
        rows = session.execute(_services_among(), values).all()
        yield Chunk(rows, Which.AMONG, values)


def phones(session: Session, chunk: Chunk) -> Sequence[AnyRow]:
    return session.execute(_phones(chunk.which), chunk.values).all()


def places(session: Session, chunk: Chunk) -> Sequence[AnyRow]:
    """Each link of a service to a place, once for each address of the place."""
    return session.execute(_places(chunk.which), chunk.values).all()


def areas(session: Session, chunk: Chunk) -> Sequence[AnyRow]:
    return session.execute(_areas(chunk.which), chunk.values).all()


def languages(session: Session, chunk: Chunk) -> Sequence[AnyRow]:
    return session.execute(_languages(chunk.which), chunk.values).all()


def terms(session: Session, chunk: Chunk) -> Sequence[AnyRow]:
    return session.execute(_terms(chunk.which), chunk.values).all()


def rooms(session: Session, chunk: Chunk) -> Sequence[AnyRow]:
    return session.execute(_rooms(chunk.which), chunk.values).all()


def passing_words(session: Session, chunk: Chunk) -> Sequence[AnyRow]:
    return session.execute(_passing_words(chunk.which), chunk.values).all()


@cache
def _phones(which: Which) -> Select[*tuple[Any, ...]]:
    columns = (
        Phone.id, Phone.service_id, Phone.number, Phone.type, Phone.extension, Phone.press,
        Phone.text_word, Phone.description, Phone.description_es, Phone.say_label,
        Phone.answered_24h, Phone.intake, Phone.as_of, Phone.attested, Phone.call_first,
    )  # fmt: skip
    return select(*columns).where(_of(which, Phone.service_id)).order_by(Phone.position)


@cache
def _places(which: Which) -> Select[*tuple[Any, ...]]:
    columns = (
        ServiceAtLocation.service_id, Location.id.label("location_id"), Location.latitude,
        Location.longitude, Location.confidential, Address.address_1, Address.address_2,
        Address.city, Address.state_province, Address.postal_code, Address.address_type,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .outerjoin(Address, Address.location_id == Location.id)
        .where(_of(which, ServiceAtLocation.service_id))
        .order_by(ServiceAtLocation.id, Address.id)
    )


@cache
def _areas(which: Which) -> Select[*tuple[Any, ...]]:
    return (
        select(ServiceArea.service_id, ServiceArea.name)
        .where(_of(which, ServiceArea.service_id), ServiceArea.service_at_location_id.is_(None))
        .order_by(ServiceArea.position, ServiceArea.id)
    )


@cache
def _languages(which: Which) -> Select[*tuple[Any, ...]]:
    return (
        select(SpokenLanguage.service_id, SpokenLanguage.code)
        .where(_of(which, SpokenLanguage.service_id))
        .order_by(SpokenLanguage.code)
    )


@cache
def _terms(which: Which) -> Select[*tuple[Any, ...]]:
    return (
        select(Attribute.link_id, TaxonomyTerm.name, TaxonomyTerm.name_es)
        .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
        .where(Attribute.link_entity == "service", _of(which, Attribute.link_id))
        .order_by(TaxonomyTerm.name)
    )


@cache
def _rooms(which: Which) -> Select[*tuple[Any, ...]]:
    return (
        select(ServiceCapacity.service_id, ServiceCapacity.available, ServiceCapacity.updated)
        .where(_of(which, ServiceCapacity.service_id))
        .order_by(ServiceCapacity.id)
    )


@cache
def _passing_words(which: Which) -> Select[*tuple[Any, ...]]:
    columns = (
        ServiceNotice.service_id, ServiceNotice.kind, ServiceNotice.text, ServiceNotice.text_es,
        ServiceNotice.starts_at, ServiceNotice.ends_at,
    )  # fmt: skip
    return (
        select(*columns)
        .where(_of(which, ServiceNotice.service_id), ServiceNotice.removed_at.is_(None))
        .order_by(ServiceNotice.starts_at, ServiceNotice.id)
    )


@cache
def _services() -> Select[*tuple[Any, ...]]:
    columns = (
        Service.id, Service.slug, Service.name, Service.alternate_name, _plain(Service.needs),
        Service.status, Service.published, Service.freshness, Service.merged_into_id,
        Service.confidential, Service.url, Service.description, Service.description_es,
        Service.eligibility_description, Service.eligibility_description_es,
        Service.fees_description, Service.fees_description_es, Service.application_process,
        Service.application_process_es, Service.opening_hours, Service.minimum_age,
        Service.maximum_age, Service.assured_date, Service.accepts_referrals,
        Organization.name.label("organization_name"), Organization.website,
        _plain(Organization.also_known_as),
    )  # fmt: skip
    return select(*columns).join(Organization).where(*SHOWN)


@cache
def _services_among() -> Select[*tuple[Any, ...]]:
    return _services().where(_of(Which.AMONG, Service.id))


def _plain(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """A column of JSON as the driver gives it: as text or taken apart already."""
    return type_coerce(column, String).label(column.key)


def _of(which: Which, column: Column) -> ColumnElement[bool]:
    if which is Which.AMONG:
        return column.in_(bindparam("ids", expanding=True))
    return column.between(bindparam("first"), bindparam("last"))
