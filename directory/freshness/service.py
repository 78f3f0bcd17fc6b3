"""The word of a person on a listing: that it is right, that it is not, that nobody may see it.

`assured_date` moves by a person's word alone: by what is said to us, here, or where a source tells
on which day its own person confirmed the listing (`directory.imports`), forward only. That a file
was read again says nothing about the listing.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from directory import database
from directory.errors import Conflict, NotFound
from directory.freshness import asking, queries, rules
from directory.freshness.facts import listing_of
from directory.freshness.models import Freshness, Outcome
from directory.listings import changes
from directory.listings import service as listings
from directory.listings.announce import listing_changed
from directory.listings.models import Service
from directory.quiet_hours import QuietHours
from directory.referrals.actors import staff
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind, TaskStatus

CONFIRMED = "confirmed"
FRESHNESS = "freshness"
# Who closes a task that nobody has to do any more.
SYSTEM = "system"
# Somebody said what is wrong. When nobody has confirmed the listing by then, they are asked again.
MENDED_WITHIN = timedelta(days=14)
A_DAY = timedelta(days=1)


def confirm(session: Session, service: Service, *, by: str, now: datetime) -> None:
    """A person says that the listing is right as it stands: it is fresh, and shown again.

    `by`: who, as of `directory.referrals.actors`. `now`: product time; the day is that of our
    time zone. Said twice on one day it is said once. What people had reported is settled by it.
    """
    quiet = quiet_hours()
    today = now.astimezone(quiet.zone).date()
    _end_checks(session, service, Outcome.CONFIRMED, by=by, now=now)
    for report in queries.open_reports(session, service.id):
        report.resolved_at, report.resolved_by = now, by
    before = service.assured_date
    if (before, service.freshness) == (today, Freshness.FRESH):
        return
    was, service.assured_date, service.freshness = service.freshness, today, Freshness.FRESH
    due = rules.due_on(listing_of(service, today=today), added=today)
    service.ask_at = rules.ask_at(due, quiet)
    values = {CONFIRMED: (_day(before), _day(today)), **_seen(was, Freshness.FRESH)}
    changes.log_changes(session, service, values, by=by, now=now)
    listings.changed(session, service, now=now)
    listing_changed(session, service, ["assured_date"], now=now)


def mended(session: Session, service: Service, *, by: str, now: datetime) -> None:
    """The partner has changed the listing while it was being asked about it.

    That is its answer: nobody reminds it or has to call. What it did not change it has not said,
    so it is asked again unless it confirms the listing.
    """
    if not queries.open_checks(session, [service.id]):
        return
    _end_checks(session, service, Outcome.CHANGED, by=by, now=now)
    service.ask_at = rules.working_time_from(now + MENDED_WITHIN, quiet_hours())


def wrong(
    session: Session, services: Sequence[Service], words: str, *, by: str, now: datetime
) -> Task:
    """Somebody at the partner says what is wrong with a listing, or with one of these.

    `words`: as they were written, kept in the task of the person who mends it. One listing is
    answered by it; unless somebody confirms it meanwhile, the partner is asked again. Of several
    nobody knows which is meant, so they wait for their answer.
    """
    if len(services) == 1:
        (service,) = services
        _end_checks(session, service, Outcome.CHANGED, by=by, now=now)
        service.ask_at = rules.working_time_from(now + MENDED_WITHIN, quiet_hours())
        if service.freshness == Freshness.FRESH:
            service.freshness = Freshness.ASKED
    names = "; ".join(service.name for service in services)
    return tasks.open_task(
        session,
        TaskKind.LISTING_REPORT,
        person_id=None,
        service_id=services[0].id,
        note=f"The partner says of its listing ({names}): {words}\n"
        "Please correct it, then confirm the listing.",
        now=now,
    )


def confirm_by_staff(
    session: Session, service_id: str, *, staff_id: str, note: str | None, now: datetime
) -> Service:
    """A colleague has asked the partner. What waited to be looked at is done by that.

    Raises NotFound.
    """
    service = _locked(session, service_id)
    confirm(session, service, by=staff(staff_id).by, now=now)
    for task in queries.listing_tasks(session, service.id):
        if task.claimed_by in (None, staff_id):
            tasks.finish(task, by=staff_id, now=now, note=note or "The listing was confirmed.")
    return service


def ask_now(session: Session, service_id: str, *, now: datetime) -> Service:
    """A colleague wants the partner asked at once, though it is not due yet.

    Who has no contact is called by a person: a task. Raises NotFound; Conflict when it was asked
    within a day, or is not looked after (not published, closed, merged).
    """
    service = _locked(session, service_id)
    if not queries.services(session, [service.id]):
        raise Conflict("listing_not_kept", "Nobody is asked about a listing that is not published.")
    check = queries.open_check(session, service.id)
    if check is not None and now - max(check.asked_at, check.reminded_at or check.asked_at) < A_DAY:
        raise Conflict("listing_just_asked", "The partner was asked within the last day: wait.")
    for each in asking.ask(session, [service], quiet=quiet_hours(), now=now):
        if check is not None:
            each.reminded_at = now
        if not each.told and each.task_id is None:
            asking.call(session, [each], "A colleague wants to know.", now=now)
    return service


def withhold(
    session: Session, service_id: str, *, staff_id: str, reason: str, now: datetime
) -> Service:
    """A member of staff takes the listing away until somebody confirms it: its number is dead, say.

    The partner is asked. Raises NotFound; Conflict for a national line: whatever is wrong with it,
    it must be found.
    """
    service = _locked(session, service_id)
    today = now.astimezone(quiet_hours().zone).date()
    if listing_of(service, today=today).national:
        raise Conflict(
            "line_never_withheld",
            "This is a line that must always be found: correct the listing instead.",
        )
    by = staff(staff_id).by
    take_down(session, service, Freshness.WITHHELD, by=by, now=now, reason=reason)
    if queries.open_check(session, service.id) is None:
        asking.ask(session, [service], quiet=quiet_hours(), now=now)
    return service


def take_down(
    session: Session,
    service: Service,
    to: Freshness,
    *,
    by: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Rank it behind others, or show it no more. Logged, and told to every index."""
    was, service.freshness = service.freshness, to
    if was == to:
        return
    for row in changes.log_changes(session, service, _seen(was, to), by=by, now=now):
        row.reason = reason
    listings.changed(session, service, now=now)


def _locked(session: Session, service_id: str) -> Service:
    service = queries.service_for_update(session, service_id)
    if service is None:
        raise NotFound("service_not_found", "There is no such service.")
    return service


def _end_checks(
    session: Session, service: Service, outcome: Outcome, *, by: str, now: datetime
) -> None:
    """Nobody is asked any more, and nobody has to call about the silence."""
    for check in queries.open_checks(session, [service.id]):
        check.answered_at, check.outcome, check.by = now, outcome, by
        check.next_step = check.next_at = None
        session.flush()
        if check.task_id is not None and not queries.with_task(session, check.task_id):
            task = session.get(Task, check.task_id)
            if task is not None and task.status != TaskStatus.DONE:
                tasks.finish(task, by=SYSTEM, now=now, note=f"The listing was {outcome.value}.")


def _seen(was: str, now: Freshness) -> dict[str, tuple[str, str]]:
    """What of it others can see: that somebody was asked is nobody's concern."""
    asked, fresh = Freshness.ASKED.value, Freshness.FRESH.value
    before = fresh if was == asked else was
    return {FRESHNESS: (before, now.value)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def quiet_hours() -> QuietHours:
    """As they are set, with our time zone."""
    settings = database.current().settings
    return QuietHours(*settings.quiet, settings.zone)
