"""The SELECTs of changing one's own listing: always of one organisation."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from directory.listings.change_models import ChangeStatus, ListingChange, ServiceNotice
from directory.listings.models import (
    Location,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    Unit,
)
from directory.listings.queries import whole_service

# Behind which row a page goes on: an instant and an id.
Position = tuple[datetime, str]


def own_service(
    session: Session, organization_id: str, service_id: str, *, for_update: bool = False
) -> Service | None:
    """A listing of this organisation by HSDS id or slug, published or not.

    `for_update`: the row stays locked until the commit, so that of many who change it at once
    each sees what the one before has written.
    """
    statement = select(Service).where(
        Service.organization_id == organization_id,
        or_(Service.id == service_id, Service.slug == service_id),
        Service.merged_into_id.is_(None),
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def locked_service(session: Session, service_id: str) -> Service | None:
    """Any listing, for staff and for what falls due."""
    statement = select(Service).where(Service.id == service_id).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def own_services(
    session: Session, organization_id: str, *, after: tuple[str, str] | None, limit: int
) -> list[Service]:
    """An organisation's listings by name and id, published or not."""
    statement = (
        select(Service)
        .where(Service.organization_id == organization_id, Service.merged_into_id.is_(None))
        .options(
            *whole_service(),
            selectinload(Service.phones).selectinload(Phone.languages),
            selectinload(Service.cost_options),
            selectinload(Service.additional_urls),
            selectinload(Service.capacities).joinedload(ServiceCapacity.unit),
        )
        .order_by(Service.name, Service.id)
        .limit(limit)
    )
    if after is not None:
        name, identity = after
        statement = statement.where(
            or_(Service.name > name, and_(Service.name == name, Service.id > identity))
        )
    return list(session.scalars(statement).unique())


def history(
    session: Session, service_id: str, *, after: Position | None, limit: int
) -> list[ListingChange]:
    """The changes of a listing, the newest first."""
    statement = (
        select(ListingChange)
        .where(ListingChange.service_id == service_id)
        .order_by(ListingChange.at.desc(), ListingChange.id.desc())
        .limit(limit)
    )
    if after is not None:
        at, identity = after
        statement = statement.where(
            or_(
                ListingChange.at < at,
                and_(ListingChange.at == at, ListingChange.id < identity),
            )
        )
    return list(session.scalars(statement))


def tasks_of_pending(session: Session, task_ids: Collection[str]) -> set[str]:
    """Those of these tasks that are to decide on a change."""
    rows = session.scalars(
        select(ListingChange.task_id)
        .where(
            ListingChange.task_id.in_(tuple(task_ids)),
            ListingChange.status == ChangeStatus.PENDING,
        )
        .distinct()
    )
    return {task_id for task_id in rows if task_id is not None}


def pending(
    session: Session, service_ids: Collection[str], *, field: str | None = None
) -> list[ListingChange]:
    """What waits for approval, the oldest first."""
    statement = select(ListingChange).where(
        ListingChange.service_id.in_(tuple(service_ids)),
        ListingChange.status == ChangeStatus.PENDING,
    )
    if field is not None:
        statement = statement.where(ListingChange.field == field)
    return list(session.scalars(statement.order_by(ListingChange.at, ListingChange.id)))


def change_by_id(
    session: Session, change_id: str, *, for_update: bool = False
) -> ListingChange | None:
    """`for_update`: of two who decide at once one is first."""
    return session.get(
        ListingChange,
        change_id,
        with_for_update=for_update or None,
        populate_existing=for_update,
    )


def changes(
    session: Session,
    *,
    status: ChangeStatus | None = None,
    organization_id: str | None = None,
    service_id: str | None = None,
    after: Position | None = None,
    limit: int,
) -> list[ListingChange]:
    """Changes of any listing, the oldest first: what has waited longest stands on top."""
    statement = select(ListingChange).order_by(ListingChange.at, ListingChange.id).limit(limit)
    if status is not None:
        statement = statement.where(ListingChange.status == status)
    if organization_id is not None:
        statement = statement.where(ListingChange.organization_id == organization_id)
    if service_id is not None:
        statement = statement.where(ListingChange.service_id == service_id)
    if after is not None:
        at, identity = after
        statement = statement.where(
            or_(ListingChange.at > at, and_(ListingChange.at == at, ListingChange.id > identity))
        )
    return list(session.scalars(statement))


def pending_of_task(session: Session, task_id: str) -> int:
    """How many changes of a staff task still wait."""
    waiting = select(func.count()).where(
        ListingChange.task_id == task_id, ListingChange.status == ChangeStatus.PENDING
    )
    return session.scalar(waiting) or 0


def unlinked(session: Session, location_ids: Sequence[str]) -> list[Location]:
    """Those of the locations at which no service is any more."""
    used = select(ServiceAtLocation.location_id)
    return list(
        session.scalars(
            select(Location).where(Location.id.in_(location_ids), Location.id.not_in(used))
        )
    )


def used_by_others(session: Session, location_id: str, service_id: str) -> bool:
    """Whether another service stands at this location too."""
    found = session.scalar(
        select(ServiceAtLocation.id)
        .where(
            ServiceAtLocation.location_id == location_id,
            ServiceAtLocation.service_id != service_id,
        )
        .limit(1)
    )
    return found is not None


def unit_named(session: Session, name: str) -> Unit | None:
    """A unit of capacity by its name, whatever its case; the first, should there be two."""
    return session.scalar(
        select(Unit).where(func.lower(Unit.name) == name.lower()).order_by(Unit.id).limit(1)
    )


def notice_of(session: Session, service_id: str, notice_id: str) -> ServiceNotice | None:
    """A closure or notice of this listing that nobody has taken back."""
    return session.scalar(
        select(ServiceNotice).where(
            ServiceNotice.id == notice_id,
            ServiceNotice.service_id == service_id,
            ServiceNotice.removed_at.is_(None),
        )
    )


def notices_of(
    session: Session, service_ids: Collection[str], *, now: datetime, begun: bool = False
) -> list[ServiceNotice]:
    """Closures and notices that have not ended; `begun`: only those that count now."""
    statement = select(ServiceNotice).where(
        ServiceNotice.service_id.in_(tuple(service_ids)),
        ServiceNotice.removed_at.is_(None),
        ServiceNotice.ends_at > now,
    )
    if begun:
        statement = statement.where(ServiceNotice.starts_at <= now)
    return list(session.scalars(statement.order_by(ServiceNotice.starts_at, ServiceNotice.id)))


def services_turning(session: Session, *, now: datetime, limit: int) -> list[str]:
    """Listings of which a closure or notice has begun or ended since anybody looked."""
    statement = select(ServiceNotice.service_id).where(*_turning(now)).distinct().limit(limit)
    return list(session.scalars(statement))


def notices_turning(session: Session, service_id: str, *, now: datetime) -> list[ServiceNotice]:
    """Those of one listing."""
    statement = select(ServiceNotice).where(ServiceNotice.service_id == service_id, *_turning(now))
    return list(session.scalars(statement))


def _turning(now: datetime) -> tuple[ColumnElement[bool], ...]:
    begins = and_(ServiceNotice.starts_at <= now, ServiceNotice.begun_at.is_(None))
    ends = and_(ServiceNotice.ends_at <= now, ServiceNotice.over_at.is_(None))
    return ServiceNotice.removed_at.is_(None), or_(begins, ends)
