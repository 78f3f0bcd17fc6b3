"""A listing as its own organisation's system reads it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.partners import listing_schemas as schemas
from api.partners.view import by_party
from directory.hsds.values import clock
from directory.listings import edit_queries as queries
from directory.listings.capacity import is_stale
from directory.listings.change_models import ChangeStatus, ListingChange, ServiceNotice
from directory.listings.edit_view import LISTS, SCALARS, entries_of
from directory.listings.models import Service, ServiceCapacity
from directory.listings.notices import NoticeType


def own_listings(
    session: Session, services: Sequence[Service], *, now: datetime
) -> list[schemas.OwnListing]:
    """The listings with what waits for approval and what is put up for the time being."""
    ids = [service.id for service in services]
    pending = queries.pending(session, ids)
    notices = queries.notices_of(session, ids, now=now)
    return [
        _listing(
            service,
            [each for each in pending if each.service_id == service.id],
            [each for each in notices if each.service_id == service.id],
            now=now,
        )
        for service in services
    ]


def own_listing(session: Session, service: Service, *, now: datetime) -> schemas.OwnListing:
    [listing] = own_listings(session, [service], now=now)
    return listing


def _listing(
    service: Service,
    pending: Collection[ListingChange],
    notices: Collection[ServiceNotice],
    *,
    now: datetime,
) -> schemas.OwnListing:
    said: dict[str, Any] = {name: getattr(service, name) for name in SCALARS}
    said |= {
        name: [each.model_dump(exclude_none=True, warnings=False) for each in entries]
        for name in LISTS
        for entries in [entries_of(service, name)]
    }
    for schedule in said["schedules"]:
        schedule |= {name: clock(schedule.get(name)) for name in ("opens_at", "closes_at")}
    return schemas.OwnListing(
        **said,
        id=service.id,
        organization_id=service.organization_id,
        slug=service.slug,
        version=service.version,
        published=service.published,
        freshness=service.freshness,
        needs=list(service.needs),
        assured_date=service.assured_date,
        last_modified=service.last_modified,
        capacities=[_capacity(each, now=now) for each in service.capacities],
        notices=[notice_out(each, now=now) for each in notices],
        pending=[_pending(each) for each in pending],
    )


def capacity_out(row: ServiceCapacity, *, now: datetime) -> schemas.CapacityOut:
    return schemas.CapacityOut(
        id=row.id,
        service_id=row.service_id,
        unit=row.unit.name,
        unit_id=row.unit_id,
        available=row.available,
        maximum=row.maximum,
        description=row.description,
        updated=row.updated,
        stale=is_stale(row.updated, now=now),
    )


def _capacity(row: ServiceCapacity, *, now: datetime) -> schemas.ListedCapacity:
    return schemas.ListedCapacity(
        id=row.id,
        unit=schemas.CapacityUnit(id=row.unit_id, name=row.unit.name),
        available=row.available,
        maximum=row.maximum,
        description=row.description,
        updated=row.updated,
        stale=is_stale(row.updated, now=now),
    )


def notice_out(row: ServiceNotice, *, now: datetime) -> schemas.NoticeOut:
    return schemas.NoticeOut(
        id=row.id,
        kind=NoticeType(row.kind),
        text=row.text,
        text_es=row.text_es,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        current=row.starts_at <= now < row.ends_at,
    )


def history_line(change: ListingChange) -> schemas.HistoryLine:
    """A partner tells its own keys and people apart; of our side it learns which party it was."""
    return schemas.HistoryLine(
        id=change.id,
        change_set=change.change_set,
        field=change.field,
        before=change.before,
        after=change.after,
        at=change.at,
        by=by_party(change.by),
        status=ChangeStatus(change.status),
        decided_at=change.decided_at,
        decided_by=by_party(change.decided_by) if change.decided_by else None,
        reason=change.reason,
    )


def _pending(change: ListingChange) -> schemas.PendingOut:
    return schemas.PendingOut(
        id=change.id, field=change.field, before=change.before, after=change.after, at=change.at
    )
