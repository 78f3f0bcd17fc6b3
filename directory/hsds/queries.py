"""Rows by their ids, and what stands in tables apart from the listings' own."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from directory.listings.change_models import (
    ChangeStatus,
    ListingChange,
    ServiceNotice,
    Tombstone,
)
from directory.listings.models import (
    Attribute,
    Metadata,
    Taxonomy,
    TaxonomyTerm,
)

# How many ids one statement names: SQLite takes 32,766 values, planners like fewer.
IDS_AT_ONCE = 2000
# The newest of one service. Who wants the whole of a long history asks its organization.
CHANGES_TOLD = 50
TOOK_EFFECT = (ChangeStatus.APPLIED, ChangeStatus.APPROVED)


def taxonomies(session: Session, ids: Sequence[str]) -> list[Taxonomy]:
    return list(session.scalars(select(Taxonomy).where(Taxonomy.id.in_(ids))))


def terms(session: Session, ids: Sequence[str]) -> list[TaxonomyTerm]:
    statement = select(TaxonomyTerm).where(TaxonomyTerm.id.in_(ids))
    return list(session.scalars(statement.options(joinedload(TaxonomyTerm.taxonomy))))


def tombstones(session: Session, entity: str, ids: Sequence[str]) -> list[Tombstone]:
    return [
        row
        for some in _in_turn(ids)
        for row in session.scalars(
            select(Tombstone).where(Tombstone.entity == entity, Tombstone.entity_id.in_(some))
        )
    ]


def last_turn_of_notices(session: Session, *, now: datetime) -> datetime | None:
    """When a notice last began or ended: listings look different from then on."""
    instants = [
        session.scalar(select(func.max(column)).where(column <= now))
        for column in (ServiceNotice.starts_at, ServiceNotice.ends_at)
    ]
    return max((each for each in instants if each is not None), default=None)


def attributes_of(session: Session, ids: Sequence[str]) -> list[Attribute]:
    """The attributes of any rows, with their terms and taxonomies."""
    term = joinedload(Attribute.taxonomy_term).joinedload(TaxonomyTerm.taxonomy)
    return [
        row
        for some in _in_turn(ids)
        for row in session.scalars(
            select(Attribute)
            .where(Attribute.link_id.in_(some))
            .options(term)
            .order_by(Attribute.link_id, Attribute.taxonomy_term_id)
        )
    ]


def metadata_of(session: Session, ids: Sequence[str]) -> list[Metadata]:
    """What an import told of changes of any rows."""
    return [
        row
        for some in _in_turn(ids)
        for row in session.scalars(
            select(Metadata)
            .where(Metadata.resource_id.in_(some))
            .order_by(Metadata.resource_id, Metadata.last_action_date, Metadata.id)
        )
    ]


def changes_of(session: Session, service_ids: Sequence[str]) -> list[ListingChange]:
    """The newest changes of each service that took effect, oldest first."""
    found: list[ListingChange] = []
    for some in _in_turn(service_ids):
        place = func.row_number().over(
            partition_by=ListingChange.service_id,
            order_by=(ListingChange.at.desc(), ListingChange.id),
        )
        ranked = (
            select(ListingChange, place.label("place"))
            .where(ListingChange.service_id.in_(some), ListingChange.status.in_(TOOK_EFFECT))
            .subquery()
        )
        change = aliased(ListingChange, ranked)
        newest = select(change).where(ranked.c.place <= CHANGES_TOLD)
        found += session.scalars(newest.order_by(change.at, change.id))
    return found


def notices_that_count(
    session: Session, service_ids: Sequence[str], *, now: datetime
) -> dict[str, list[ServiceNotice]]:
    """Service id → its closures and notices of this moment. Kept as `notices.counts`."""
    found: dict[str, list[ServiceNotice]] = {}
    for some in _in_turn(service_ids):
        statement = select(ServiceNotice).where(
            ServiceNotice.service_id.in_(some),
            ServiceNotice.removed_at.is_(None),
            ServiceNotice.starts_at <= now,
            ServiceNotice.ends_at > now,
        )
        for row in session.scalars(statement):
            found.setdefault(row.service_id, []).append(row)
    return found


def _in_turn(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), IDS_AT_ONCE):
        yield ids[start : start + IDS_AT_ONCE]
