"""Every SELECT on listings."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from directory import database
from directory.freshness.models import Freshness
from directory.listings.change_models import ListingEvent
from directory.listings.models import (
    Attribute,
    CatalogueVersion,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    SpokenLanguage,
    TaxonomyTerm,
)

# Kept the same as `publication.is_published`.
SHOWN = (
    Service.published,
    Service.status.in_(("active", "temporarily closed")),
    Service.freshness != Freshness.WITHHELD,
    Service.merged_into_id.is_(None),
)


def whole_service() -> tuple[ExecutableOption, ...]:
    """Loads everything that a listing is shown with, in a handful of statements."""
    return (
        joinedload(Service.organization),
        selectinload(Service.phones),
        selectinload(Service.service_areas),
        selectinload(Service.languages),
        selectinload(Service.schedules),
        selectinload(Service.required_documents),
        selectinload(Service.service_at_locations)
        .joinedload(ServiceAtLocation.location)
        .selectinload(Location.addresses),
    )


def catalogue_version(session: Session) -> str | None:
    """Changes whenever a listing does; None while nothing was ever loaded."""
    return session.scalar(select(CatalogueVersion.version).where(CatalogueVersion.id == 1))


def locked_catalogue_version(session: Session) -> CatalogueVersion | None:
    """The row itself, for the one who changes listings; others wait until the commit."""
    statement = select(CatalogueVersion).where(CatalogueVersion.id == 1).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


# Asked with every search, so it is put together once.
_HEAD = select(CatalogueVersion.version, CatalogueVersion.sequence).where(CatalogueVersion.id == 1)


def head_of_catalogue(session: Session) -> tuple[str, int] | None:
    """The version and the sequence of the newest event; None while nothing was ever loaded."""
    if not session.in_transaction():  # it sees what is committed now, as does who only glances
        row = database.current().glance(_HEAD)
    else:
        row = session.connection().execute(_HEAD).one_or_none()  # no objects to be looked after
    return (row[0], row[1]) if row else None


def events_since(session: Session, sequence: int) -> list[ListingEvent]:
    """What changed from `sequence` on, that one included: its version tells whether it is known."""
    return list(
        session.scalars(
            select(ListingEvent)
            .where(ListingEvent.sequence >= sequence)
            .order_by(ListingEvent.sequence)
        )
    )


def published_services(session: Session) -> list[Service]:
    """Every service that may be shown, in the order of names."""
    statement = (
        select(Service).where(*SHOWN).options(*whole_service()).order_by(Service.name, Service.id)
    )
    return list(session.scalars(statement).unique())


def page_of_published(
    session: Session, *, after: tuple[str, str] | None, limit: int
) -> list[Service]:
    """The next services by (name, id) behind `after`."""
    statement = (
        select(Service)
        .where(*SHOWN)
        .options(*whole_service())
        .order_by(Service.name, Service.id)
        .limit(limit)
    )
    if after is not None:
        name, identity = after
        statement = statement.where(
            (Service.name > name) | ((Service.name == name) & (Service.id > identity))
        )
    return list(session.scalars(statement).unique())


def languages_of_published(session: Session) -> list[str]:
    """The codes of all languages that published services are spoken in."""
    statement = (
        select(SpokenLanguage.code)
        .join(Service, Service.id == SpokenLanguage.service_id)
        .where(*SHOWN, SpokenLanguage.code.is_not(None))
        .distinct()
    )
    return [code for code in session.scalars(statement) if code]


def count_published(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Service).where(*SHOWN)) or 0


def addresses_of_published(
    session: Session, *, skip: int, limit: int
) -> list[tuple[str, datetime]]:
    """(slug, last modified) of the published services, by id: for maps of the site."""
    statement = (
        select(Service.slug, Service.last_modified)
        .where(*SHOWN)
        .order_by(Service.id)
        .offset(skip)
        .limit(limit)
    )
    return [(row.slug, row.last_modified) for row in session.execute(statement)]


def service_by_id(session: Session, service_id: str) -> Service | None:
    return session.scalar(select(Service).where(Service.id == service_id).options(*whole_service()))


def names_of(session: Session, service_ids: Collection[str]) -> dict[str, str]:
    """Names of services by id, also of those that are not shown any more."""
    rows = session.execute(
        select(Service.id, Service.name).where(Service.id.in_(tuple(service_ids)))
    )
    return {row[0]: row[1] for row in rows}


def service_by_slug(session: Session, slug: str) -> Service | None:
    return session.scalar(select(Service).where(Service.slug == slug).options(*whole_service()))


def services_of(session: Session, organization_id: str) -> list[Service]:
    """All services of an organisation, published or not: for its own staff."""
    statement = (
        select(Service)
        .where(Service.organization_id == organization_id)
        .options(*whole_service())
        .order_by(Service.position)
    )
    return list(session.scalars(statement).unique())


def from_origin(session: Session, origin: str) -> tuple[list[Organization], list[Service]]:
    """All organisations and services that were loaded from there."""
    organizations = session.scalars(select(Organization).where(Organization.origin == origin))
    services = session.scalars(
        select(Service).where(Service.origin == origin).options(*whole_service())
    )
    return list(organizations), list(services.unique())


def attributes_of(session: Session, service_id: str) -> list[Attribute]:
    statement = (
        select(Attribute)
        .where(Attribute.link_entity == "service", Attribute.link_id == service_id)
        .options(joinedload(Attribute.taxonomy_term))
    )
    return list(session.scalars(statement))


def terms_of(session: Session, taxonomy_id: str) -> list[TaxonomyTerm]:
    return list(
        session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.taxonomy_id == taxonomy_id))
    )


def count_services(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Service)) or 0


def lone_locations(session: Session, organization_ids: list[str]) -> list[Location]:
    """Locations of these organisations at which no service is any more."""
    used = select(ServiceAtLocation.location_id)
    statement = select(Location).where(
        Location.organization_id.in_(organization_ids), Location.id.not_in(used)
    )
    return list(session.scalars(statement))
