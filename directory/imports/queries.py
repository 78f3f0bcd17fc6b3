"""Every SELECT of the imports and of the export."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Session

from directory.database import Base
from directory.hsds.loading import whole_service
from directory.imports.identity import ORIGIN_PREFIX
from directory.imports.rows import OWNERS, Taken
from directory.listings.change_models import ImportRun, ListingChange
from directory.listings.models import (
    Attribute,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from directory.listings.queries import SHOWN

# SQLite takes 32,766 values in a statement; planners like fewer.
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Known:
    """What there is of a service or an organization already."""

    id: str
    origin: str
    fingerprint: str | None
    merged: bool = False

    @property
    def imported(self) -> bool:
        return self.origin.startswith(ORIGIN_PREFIX)


def known_services(session: Session, ids: Collection[str]) -> dict[str, Known]:
    columns = (Service.id, Service.origin, Service.fingerprint, Service.merged_into_id)
    return {
        row.id: Known(row.id, row.origin, row.fingerprint, row.merged_into_id is not None)
        for some in _in_turn(ids)
        for row in session.execute(select(*columns).where(Service.id.in_(some)))
    }


def known_organizations(session: Session, ids: Collection[str]) -> dict[str, Known]:
    columns = (Organization.id, Organization.origin, Organization.fingerprint)
    return {
        row.id: Known(row.id, row.origin, row.fingerprint)
        for some in _in_turn(ids)
        for row in session.execute(select(*columns).where(Organization.id.in_(some)))
    }


def whole_services(session: Session, ids: Collection[str]) -> dict[str, Service]:
    """The services with all that hangs on them, as they are in the database now."""
    return {
        row.id: row
        for some in _in_turn(ids)
        for row in session.scalars(
            select(Service)
            .where(Service.id.in_(some))
            .options(*whole_service())
            .execution_options(populate_existing=True)
        ).unique()
    }


def taken(session: Session, ids: Mapping[str, Collection[str]]) -> Taken:
    """On what the rows hang that have these ids already."""
    owners: dict[tuple[str, str], Mapping[str, str | None]] = {}
    for table, columns in OWNERS.items():
        rows = Base.metadata.tables[table]
        for some in _in_turn(ids.get(table, ())):
            statement = select(rows.c.id, *(rows.c[name] for name in columns))
            for found in session.execute(statement.where(rows.c.id.in_(some))).mappings():
                owners[(table, found["id"])] = {name: found[name] for name in columns}
    attributes = {
        row.id: row.link_id
        for some in _in_turn(ids.get("attribute", ()))
        for row in session.execute(
            select(Attribute.id, Attribute.link_id).where(Attribute.id.in_(some))
        )
    }
    return Taken(owners, attributes)


def locations_of_others(session: Session, ids: Collection[str]) -> set[str]:
    """Those of the places at which a listing stands that no import brought: not to be written."""
    return {
        found
        for some in _in_turn(ids)
        for found in session.scalars(
            select(ServiceAtLocation.location_id)
            .join(Service, Service.id == ServiceAtLocation.service_id)
            .where(
                ServiceAtLocation.location_id.in_(some),
                Service.origin.not_like(f"{ORIGIN_PREFIX}%"),
            )
        )
    }


def terms_known(
    session: Session, ids: Collection[str], taxonomy_ids: Collection[str]
) -> tuple[set[str], dict[tuple[str, str], str]]:
    """Which of the terms there are; and of each taxonomy (taxonomy, code) -> id."""
    there = {
        found
        for some in _in_turn(ids)
        for found in session.scalars(select(TaxonomyTerm.id).where(TaxonomyTerm.id.in_(some)))
    }
    columns = (TaxonomyTerm.taxonomy_id, TaxonomyTerm.code, TaxonomyTerm.id)
    by_code = {
        (row.taxonomy_id, row.code): row.id
        for some in _in_turn(taxonomy_ids)
        for row in session.execute(
            select(*columns).where(
                TaxonomyTerm.taxonomy_id.in_(some), TaxonomyTerm.code.is_not(None)
            )
        )
    }
    return there, by_code


def taxonomies_known(session: Session, ids: Collection[str]) -> set[str]:
    return set(session.scalars(select(Taxonomy.id).where(Taxonomy.id.in_(list(ids)))))


def changes_known(session: Session, ids: Collection[str]) -> set[str]:
    """Those of the ids that lines of our own change log have."""
    return {
        found
        for some in _in_turn(ids)
        for found in session.scalars(select(ListingChange.id).where(ListingChange.id.in_(some)))
    }


def places_of(session: Session, service_ids: Collection[str]) -> list[str]:
    return [
        found
        for some in _in_turn(service_ids)
        for found in session.scalars(
            select(ServiceAtLocation.location_id).where(ServiceAtLocation.service_id.in_(some))
        )
    ]


def without_services(session: Session, location_ids: Collection[str]) -> list[str]:
    """Those of the places at which no service is any more."""
    used = select(ServiceAtLocation.location_id)
    return [
        found
        for some in _in_turn(location_ids)
        for found in session.scalars(
            select(Location.id).where(Location.id.in_(some), Location.id.not_in(used))
        )
    ]


def services_of_organizations(session: Session, ids: Collection[str]) -> list[str]:
    return [
        found
        for some in _in_turn(ids)
        for found in session.scalars(select(Service.id).where(Service.organization_id.in_(some)))
    ]


def organizations_there(session: Session, ids: Collection[str]) -> set[str]:
    return {
        found
        for some in _in_turn(ids)
        for found in session.scalars(select(Organization.id).where(Organization.id.in_(some)))
    }


def from_source(session: Session, origin: str, *, after: str, limit: int) -> list[str]:
    """The next services by id that came from there and are still listed."""
    statement = (
        select(Service.id)
        .where(Service.origin == origin, Service.id > after, Service.status != "inactive")
        .order_by(Service.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def count_services(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Service)) or 0


def shown_after(session: Session, after: str, *, limit: int) -> Sequence[Service]:
    """The next published services by id, whole."""
    statement = (
        select(Service)
        .where(*SHOWN, Service.id > bindparam("after", after, String))
        .options(*whole_service())
        .order_by(Service.id)
        .limit(limit)
    )
    return session.scalars(statement).unique().all()


def run_by_id(session: Session, run_id: str) -> ImportRun | None:
    return session.get(ImportRun, run_id)


def runs_page(
    session: Session, *, after: tuple[Any, str] | None, limit: int
) -> Sequence[ImportRun]:
    """The newest first."""
    statement = select(ImportRun).order_by(ImportRun.started_at.desc(), ImportRun.id.desc())
    if after is not None:
        at, identity = after
        statement = statement.where(
            (ImportRun.started_at < at) | ((ImportRun.started_at == at) & (ImportRun.id < identity))
        )
    return session.scalars(statement.limit(limit)).all()


def _in_turn(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    every = sorted(set(ids))
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]
