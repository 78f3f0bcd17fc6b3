"""Listings as the rest of the product reads them, and the word that they have changed."""

from sqlalchemy.orm import Session

from directory.database import new_id
from directory.errors import NotFound
from directory.listings import queries
from directory.listings.models import CatalogueVersion, Service
from directory.listings.publication import is_published


def published_service(session: Session, key: str) -> Service:
    """A service by id or slug, if it may be shown. Raises NotFound."""
    found = queries.service_by_id(session, key) or queries.service_by_slug(session, key)
    if found is None or not is_published(found):
        raise NotFound("service_not_found", "There is no such service.")
    return found


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


def catalogue_changed(session: Session) -> None:
    """To be called in every transaction that changes a listing, or search will not see it."""
    version = session.get(CatalogueVersion, 1)
    if version is None:
        session.add(CatalogueVersion(id=1, version=new_id()))
    else:
        version.version = new_id()
    session.flush()
