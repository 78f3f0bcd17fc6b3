"""Listings as the rest of the product reads them, and the word that they have changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.database import new_id
from directory.errors import NotFound
from directory.listings import queries
from directory.listings.change_models import ListingEvent
from directory.listings.models import CatalogueVersion, Service
from directory.listings.publication import is_published

# Of merges, each into the next. Longer than any that a person makes.
LONGEST_CHAIN = 20


def published_service(session: Session, key: str) -> Service:
    """A service by id or slug, if it may be shown; of one that was merged, its successor.

    Raises NotFound.
    """
    found = queries.service_by_id(session, key) or queries.service_by_slug(session, key)
    for _ in range(LONGEST_CHAIN):
        if found is None or found.merged_into_id is None:
            break
        found = queries.service_by_id(session, found.merged_into_id)
    if found is None or not is_published(found):
        raise NotFound("service_not_found", "There is no such service.")
    return found


def was_published(session: Session, key: str) -> bool:
    """Whether a service that is not shown, by id or slug, is one that was: nobody learns by this
    of those that we have never shown."""
    found = queries.service_by_id(session, key) or queries.service_by_slug(session, key)
    return found is not None and found.published


def list_published(
    session: Session, *, after: tuple[str, str] | None = None, limit: int = 50
) -> tuple[list[Service], tuple[str, str] | None]:
    """A page of published services by name, and where the next one starts."""
    services = queries.page_of_published(session, after=after, limit=limit + 1)
    if len(services) <= limit:
        return services, None
    last = services[limit - 1]
    return services[:limit], (last.name, last.id)


def catalogue_version(session: Session) -> str | None:
    """Changes with every change of a listing: for ETags and for the search index."""
    return queries.catalogue_version(session)


def catalogue_changed(session: Session, *service_ids: str) -> None:
    """To be called in every transaction that changes a listing, or search will not see it.

    `service_ids`: what changed, so that an index renews these alone; none: anything may have. The
    row that gives the sequence stays locked until the commit, so that events appear in order.
    """
    head = queries.locked_catalogue_version(session)
    if head is None:
        head = CatalogueVersion(id=1, version=new_id(), sequence=0)
        session.add(head)
    for service_id in service_ids or (None,):
        head.version = new_id()
        head.sequence += 1
        session.add(
            ListingEvent(sequence=head.sequence, version=head.version, service_id=service_id)
        )
    session.flush()


def changed(session: Session, service: Service, *, now: datetime) -> None:
    """Note that a listing was changed: its version, its date, and word to every index."""
    service.version += 1
    service.last_modified = now
    session.flush()
    catalogue_changed(session, service.id)
