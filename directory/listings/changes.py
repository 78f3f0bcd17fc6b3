"""The change log of listings: each field before and after, who, when, and what waits for staff."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.database import new_id
from directory.listings.change_models import ChangeStatus, ListingChange
from directory.listings.models import Service


def log_changes(
    session: Session,
    service: Service,
    values: dict[str, tuple[Any, Any]],
    *,
    by: str,
    now: datetime,
    status: ChangeStatus = ChangeStatus.APPLIED,
    change_set: str | None = None,
) -> list[ListingChange]:
    """Log `values` (field → before, after; JSON values) as one change set. Equal ones are left out.

    The caller has applied them, unless they are `pending`, and calls `service.changed`.
    """
    together = change_set or new_id()
    rows = [
        ListingChange(
            change_set=together,
            organization_id=service.organization_id,
            service_id=service.id,
            field=field,
            before=before,
            after=after,
            status=status,
            by=by,
            at=now,
        )
        for field, (before, after) in values.items()
        if before != after
    ]
    session.add_all(rows)
    session.flush()
    return rows
