"""What anybody sees of listings before and after a file has changed them, for the change log."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.hsds.service import service_objects
from directory.imports.queries import whole_services
from directory.listings.changes import log_changes
from directory.listings.models import Service

Shown = dict[str, dict[str, Any]]
# Changes with every change of anything, and so tells nothing.
_NOT_LOGGED = frozenset({"last_modified", "metadata", "id"})


def shown(session: Session, ids: Collection[str], *, now: datetime) -> Shown:
    """Service id -> its HSDS object, with the expression of its hours beside it."""
    if not ids:
        return {}
    services = list(whole_services(session, ids).values())
    hours = {service.id: service.opening_hours for service in services}
    objects = service_objects(session, services, now=now)
    return {each["id"]: each | {"opening_hours": hours[each["id"]]} for each in objects}


def log_since(session: Session, before: Shown, *, by: str, now: datetime) -> None:
    """Log every field that is another one than `before`."""
    after = shown(session, list(before), now=now)
    for identity, was in before.items():
        is_now = after[identity]
        fields = sorted({*was, *is_now} - _NOT_LOGGED)
        values = {name: (was.get(name), is_now.get(name)) for name in fields}
        service = session.get_one(Service, identity)
        log_changes(session, service, values, by=by, now=now)
