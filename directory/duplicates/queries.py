"""Every SELECT on doubles."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from directory.duplicates.likeness import Sketch, address_key, names_of, on_earth
from directory.listings.change_models import DuplicatePair, DuplicateStatus, Tombstone
from directory.listings.models import (
    Address,
    Location,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
)
from directory.listings.numbers import digits_of

SERVICE = "service"
_AT_ONCE = 5000
_LISTED = (Service.status.in_(("active", "temporarily closed")), Service.merged_into_id.is_(None))


def sketches(session: Session) -> list[Sketch]:
    """What is compared of every listing that stands. Columns only: it is all of them at once."""
    columns = (Service.id, Service.organization_id, Service.name, Service.needs)
    services = session.execute(
        select(*columns, Organization.name.label("whose"))
        .join(Organization, Organization.id == Service.organization_id)
        .where(*_LISTED)
        .order_by(Service.id)
    ).all()
    phones = _phones(session)
    addresses, spots = _places(session)
    return [
        Sketch(
            id=row.id,
            organization_id=row.organization_id,
            names=names_of(row.name, row.whose),
            phones=frozenset(phones.get(row.id, ())),
            addresses=frozenset(addresses.get(row.id, ())),
            coordinates=spots.get(row.id),
            needs=frozenset(row.needs),
        )
        for row in services
    ]


def _phones(session: Session) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    statement = select(Phone.service_id, Phone.number).where(
        Phone.service_id.is_not(None), Phone.type != "fax"
    )
    for service_id, number in session.execute(statement):
        digits = digits_of(number)
        if service_id is not None and len(digits) >= 7:
            found[service_id].add(digits)
    return found


def _places(session: Session) -> tuple[dict[str, set[str]], dict[str, tuple[float, float]]]:
    addresses: dict[str, set[str]] = defaultdict(set)
    spots: dict[str, tuple[float, float]] = {}
    columns = (
        ServiceAtLocation.service_id,
        Location.latitude,
        Location.longitude,
        Address.address_1,
        Address.city,
        Address.postal_code,
    )
    statement = (
        select(*columns)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .outerjoin(
            Address,
            and_(Address.location_id == Location.id, Address.address_type == "physical"),
        )
        .where(Location.confidential.is_(False))
    )
    for service_id, latitude, longitude, street, city, postal_code in session.execute(statement):
        if street:
            key = address_key(street, city or "", postal_code)
            if key:
                addresses[service_id].add(key)
        spot = on_earth(latitude, longitude)
        if spot is not None:
            spots.setdefault(service_id, spot)
    return addresses, spots


def pairs_of(session: Session, ids: Collection[str]) -> list[DuplicatePair]:
    """The pairs in which one of these services is."""
    every = sorted(set(ids))
    found: dict[str, DuplicatePair] = {}
    for start in range(0, len(every), _AT_ONCE):
        some = every[start : start + _AT_ONCE]
        statement = select(DuplicatePair).where(
            DuplicatePair.entity == SERVICE,
            or_(DuplicatePair.first_id.in_(some), DuplicatePair.second_id.in_(some)),
        )
        found |= {row.id: row for row in session.scalars(statement)}
    return list(found.values())


def merges_into(session: Session, ids: Collection[str]) -> list[DuplicatePair]:
    """The merges by which one of these services was kept, the oldest first; others wait."""
    every = sorted(set(ids))
    found: dict[str, DuplicatePair] = {}
    for start in range(0, len(every), _AT_ONCE):
        some = every[start : start + _AT_ONCE]
        statement = select(DuplicatePair).where(
            DuplicatePair.entity == SERVICE,
            DuplicatePair.status == DuplicateStatus.MERGED,
            DuplicatePair.kept_id.in_(some),
            # The same said again: these columns have an index.
            or_(DuplicatePair.first_id.in_(some), DuplicatePair.second_id.in_(some)),
        )
        found |= {
            row.id: row
            for row in session.scalars(statement.order_by(DuplicatePair.id).with_for_update())
        }
    return sorted(found.values(), key=lambda pair: (pair.decided_at is None, pair.decided_at))


def pair_by_id(session: Session, pair_id: str) -> DuplicatePair | None:
    """The pair, for the one who decides: others wait until the commit."""
    statement = select(DuplicatePair).where(DuplicatePair.id == pair_id).with_for_update()
    return session.scalar(statement)


def standing_pairs() -> Select[DuplicatePair]:
    """Open pairs of which both listings still stand."""
    first, second = aliased(Service), aliased(Service)
    statement = (
        select(DuplicatePair)
        .where(DuplicatePair.entity == SERVICE, DuplicatePair.status == DuplicateStatus.OPEN)
        .join(first, first.id == DuplicatePair.first_id)
        .join(second, second.id == DuplicatePair.second_id)
    )
    for each in (first, second):
        statement = statement.where(
            each.merged_into_id.is_(None),
            each.status.in_(("active", "temporarily closed")),
        )
    return statement


def page_of_pairs(
    session: Session,
    status: DuplicateStatus,
    *,
    after: tuple[float, str] | None,
    limit: int,
) -> Sequence[DuplicatePair]:
    """The most probable first. Open ones only where both listings still stand."""
    statement = select(DuplicatePair).where(
        DuplicatePair.entity == SERVICE, DuplicatePair.status == status
    )
    if status is DuplicateStatus.OPEN:
        statement = standing_pairs()
    if after is not None:
        score, identity = after
        statement = statement.where(
            or_(
                DuplicatePair.score < score,
                and_(DuplicatePair.score == score, DuplicatePair.id > identity),
            )
        )
    ordered = statement.order_by(DuplicatePair.score.desc(), DuplicatePair.id)
    return session.scalars(ordered.limit(limit)).all()


def tombstone_of(session: Session, service_id: str) -> Tombstone | None:
    return session.scalar(
        select(Tombstone).where(Tombstone.entity == SERVICE, Tombstone.entity_id == service_id)
    )
