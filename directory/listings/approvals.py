"""What of a partner's change waits for staff: proposed, approved, declined, taken back.

A proposal is a line of the change log that is `pending`. A newer one of the same field takes the
older one's place; one that was decided stays as it is.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from directory import database
from directory.errors import Conflict, Forbidden, NotFound
from directory.listings import edit_queries as queries
from directory.listings.announce import change_decided, listing_changed
from directory.listings.change_models import ChangeStatus, ListingChange
from directory.listings.changes import log_changes
from directory.listings.edit_rows import BY_STAFF, entries, source_of, write
from directory.listings.edit_rules import tells_place
from directory.listings.edit_view import value_of
from directory.listings.models import Service
from directory.listings.service import changed
from directory.referrals import actors
from directory.referrals.states import Party
from directory.staff import queries as staff
from directory.staff.models import Role
from directory.tasks import queries as task_queries
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind, TaskStatus

# A hotline that has a new number, a shelter that wants its address gone: not until tomorrow.
DECIDE_WITHIN = timedelta(hours=4)
MAY_DECIDE = (Role.SUPERVISOR, Role.ADMIN)
OWN_CHANGE = "You made this change yourself: another supervisor or administrator has to approve it."
SUPERSEDED = "superseded"
_PLACES = "service_at_locations"


def propose(
    session: Session,
    service: Service,
    values: dict[str, tuple[Any, Any]],
    *,
    by: str,
    now: datetime,
    change_set: str,
) -> list[ListingChange]:
    """Let `values` (field → before, after) wait, and open the task for staff to decide.

    What waits already, word for word, goes on waiting.
    """
    waiting = {change.field: change for change in queries.pending(session, [service.id])}
    new = {
        name: pair
        for name, pair in values.items()
        if name not in waiting or waiting[name].after != pair[1] or waiting[name].before != pair[0]
    }
    withdraw(session, service, new, by=by, now=now)
    proposed = log_changes(
        session,
        service,
        new,
        by=by,
        now=now,
        status=ChangeStatus.PENDING,
        change_set=change_set,
    )
    if proposed:
        task = tasks.open_task(
            session,
            TaskKind.LISTING_REPORT,
            person_id=None,
            service_id=service.id,
            note=f"{_whose(by)} change waits for approval: {', '.join(sorted(new))}.",
            now=now,
        )
        task.due_at = now + DECIDE_WITHIN
        session.flush()
        for change in proposed:
            change.task_id = task.id
    return [*(waiting[name] for name in values if name not in new), *proposed]


def _whose(by: str) -> str:
    return "A colleague's" if source_of(by) == BY_STAFF else "A partner's"


def withdraw(
    session: Session, service: Service, fields: Collection[str], *, by: str, now: datetime
) -> None:
    """The partner has said something else of these fields since: what waited is void."""
    for change in queries.pending(session, [service.id]):
        if change.field in fields:
            _decide(session, change, ChangeStatus.WITHDRAWN, by=by, now=now, reason=SUPERSEDED)


def approve(session: Session, change_id: str, *, by: str, now: datetime) -> ListingChange:
    """Apply what was proposed. `by`: as of `directory.referrals.actors`.

    Raises NotFound, Forbidden to who proposed it (`needs_other_eyes`), and Conflict: it was decided
    before, or the field is no longer what the partner saw (the error's `current` says what it is
    now), or a text would give away the place.
    """
    change, service = _waiting(session, change_id)
    if needs_other_eyes(session, change, by=by):
        raise Forbidden("own_change", OWN_CHANGE)
    current = value_of(service, change.field)
    if current != change.before:
        raise Conflict(
            "listing_changed_since",
            "This field has changed since it was proposed: decline it, or let the partner send it "
            "again.",
            current=current,
        )
    places = value_of(service, _PLACES)
    day = change.at.astimezone(database.current().settings.zone).date()
    value = entries(change.field, change.after)
    write(session, service, change.field, value, today=day, source=source_of(change.by))
    if service.confidential and tells_place(service):
        raise Conflict(
            "place_told",
            "Texts of this listing seem to say where it is: let the partner change them first.",
            fields=tells_place(service),
        )
    _decide(session, change, ChangeStatus.APPROVED, by=by, now=now)
    gone = {_PLACES: (places, value_of(service, _PLACES))}
    also = log_changes(session, service, gone, by=by, now=now, change_set=change.change_set)
    changed(session, service, now=now)
    fields = list(dict.fromkeys([change.field, *(each.field for each in also)]))
    listing_changed(session, service, fields, now=now)
    _tell(session, service, change, now=now)
    return change


def needs_other_eyes(session: Session, change: ListingChange, *, by: str) -> bool:
    """Whether it takes somebody else to approve this: who wrote a hotline's new number does not
    see their own slip. Where nobody else could, they may: a shelter's address must not wait for a
    colleague who does not exist. The audit says in both cases who it was.
    """
    if change.by != by:
        return False
    return any(
        actors.staff(member.id).by != by
        for member in staff.everyone(session)
        if member.role in MAY_DECIDE
    )


def decline(
    session: Session, change_id: str, *, by: str, now: datetime, reason: str | None = None
) -> ListingChange:
    """Leave the listing as it is; the partner reads `reason`. Raises NotFound and Conflict."""
    change, service = _waiting(session, change_id)
    _decide(session, change, ChangeStatus.DECLINED, by=by, now=now, reason=reason)
    _tell(session, service, change, now=now)
    return change


def _waiting(session: Session, change_id: str) -> tuple[ListingChange, Service]:
    """The change and its listing, both locked; the listing first, as who changes it does."""
    found = queries.change_by_id(session, change_id)
    service = queries.locked_service(session, found.service_id) if found else None
    change = queries.change_by_id(session, change_id, for_update=True)
    if change is None:
        raise NotFound("change_unknown", "There is no such change.")
    if change.status != ChangeStatus.PENDING:
        raise Conflict("change_decided", f"This change is {change.status} already.")
    if service is None or service.merged_into_id is not None:
        raise Conflict("listing_gone", "This listing is no longer there.")
    return change, service


def _decide(  # a decision is exactly these facts
    session: Session,
    change: ListingChange,
    status: ChangeStatus,
    *,
    by: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    change.status, change.decided_by, change.decided_at = status, by, now
    change.reason = reason
    session.flush()
    if change.task_id is None or queries.pending_of_task(session, change.task_id):
        return
    task = task_queries.by_id(session, change.task_id, for_update=True)
    if task is not None and task.status != TaskStatus.DONE:
        party, _, identity = by.partition(":")
        done_by = identity if party == Party.STAFF.value else party
        tasks.finish(task, by=done_by, now=now, note=f"The change is {status.value}.")


def _tell(session: Session, service: Service, change: ListingChange, *, now: datetime) -> None:
    change_decided(
        session,
        service,
        change_id=change.id,
        field=change.field,
        approved=change.status == ChangeStatus.APPROVED,
        now=now,
    )
