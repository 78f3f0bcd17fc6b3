"""A partner changes its own listing: at once, but for the three things that wait for approval.

Everything or nothing: a mistake anywhere changes nothing at all. The row is locked while it is
changed, so that of fifty changes at once each is made on top of the one before, or refused because
it was not (`If-Match`).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from directory import database
from directory.database import new_id
from directory.errors import NotFound, PreconditionFailed, PreconditionRequired
from directory.listings import approvals
from directory.listings import edit_queries as queries
from directory.listings.announce import listing_changed
from directory.listings.change_models import ChangeStatus, ListingChange
from directory.listings.changes import log_changes
from directory.listings.edit_parse import invalid, parsed
from directory.listings.edit_rows import FOLLOWS, source_of, write
from directory.listings.edit_rules import broken, resolved, waits
from directory.listings.edit_schema import Entry, ListingPatch
from directory.listings.edit_view import in_order, value_of
from directory.listings.models import Service
from directory.listings.service import changed

ANY: Final = "*"
# The versions that a change may have been made from; None: it does not say.
BasedOn = Collection[int] | Literal["*"] | None


@dataclass(frozen=True, slots=True)
class Edited:
    """What came of a change. `applied`: fields that are different now; `pending`: what waits."""

    service: Service
    applied: tuple[str, ...]
    pending: tuple[ListingChange, ...]


@dataclass(slots=True)
class _Plan:
    """What each field is to become: values to write, and JSON for what waits."""

    write: dict[str, Any] = field(default_factory=dict)
    propose: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def own_listing(
    session: Session, organization_id: str, service_id: str, *, for_update: bool = False
) -> Service:
    """A listing of this organisation, by id or slug. Raises NotFound, of others' too."""
    found = queries.own_service(session, organization_id, service_id, for_update=for_update)
    if found is None:
        raise NotFound("service_not_found", "Your organisation has no such listing.")
    return found


def require_version(service: Service, based_on: BasedOn) -> None:
    """Raises PreconditionRequired without a version, PreconditionFailed with an old one."""
    if based_on is None:
        raise PreconditionRequired(
            "if_match_missing", "Read the listing and send its ETag back in If-Match."
        )
    if based_on != ANY and service.version not in based_on:
        raise PreconditionFailed(
            "listing_changed", "It has changed since you read it: read it again, then change it."
        )


def edit(
    session: Session,
    organization_id: str,
    service_id: str,
    body: Any,
    *,
    by: str,
    based_on: BasedOn,
    now: datetime,
) -> Edited:
    """Apply a patch (see `edit_schema.ListingPatch`). `by`: as of `directory.referrals.actors`.

    Raises NotFound, PreconditionRequired, PreconditionFailed, and Invalid with every mistake.
    """
    service = own_listing(session, organization_id, service_id, for_update=True)
    require_version(service, based_on)
    patch = parsed(body, ListingPatch)
    mistakes = broken(service, patch)
    if mistakes:
        raise invalid(mistakes)
    plan = _Plan()
    for name in patch.sent:
        _consider(service, name, resolved(service, patch, name), plan)
    together = new_id()
    approvals.withdraw(
        session, service, [name for name in patch.sent if name not in plan.propose], by=by, now=now
    )
    applied = _apply(session, service, plan.write, by=by, now=now, change_set=together)
    pending = approvals.propose(session, service, plan.propose, by=by, now=now, change_set=together)
    return Edited(service, applied, tuple(pending))


def local_day(now: datetime) -> date:
    """The day it is where the listings are."""
    return now.astimezone(database.current().settings.zone).date()


def _consider(service: Service, name: str, value: Any, plan: _Plan) -> None:
    before, after = value_of(service, name), _as_json(name, value)
    if before == after:
        return
    if waits(service, name, value):
        plan.propose[name] = (before, after)
    else:
        plan.write[name] = value


def _as_json(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return in_order(name, [each.content() if isinstance(each, Entry) else each for each in value])


def _apply(
    session: Session,
    service: Service,
    values: dict[str, Any],
    *,
    by: str,
    now: datetime,
    change_set: str,
) -> tuple[str, ...]:
    """Write the values, log each field before and after, and let everybody know."""
    if not values:
        return ()
    touched = dict.fromkeys([*values, *(FOLLOWS[name] for name in values if name in FOLLOWS)])
    before = {name: value_of(service, name) for name in touched}
    for name, value in values.items():
        write(session, service, name, value, today=local_day(now), source=source_of(by))
    logged = log_changes(
        session,
        service,
        {name: (before[name], value_of(service, name)) for name in touched},
        by=by,
        now=now,
        status=ChangeStatus.APPLIED,
        change_set=change_set,
    )
    applied = tuple(change.field for change in logged)
    if applied:
        changed(session, service, now=now)
        listing_changed(session, service, applied, now=now)
    return applied
