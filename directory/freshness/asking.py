"""Asking partners whether their listings are right: one message for all that is due.

A partner without a contact is asked by a person: a task. Of those only so many wait at once as
somebody may do; the others are overdue until then.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.database import new_id
from directory.freshness import queries, rules
from directory.freshness.facts import listing_of
from directory.freshness.models import Freshness, FreshnessCheck
from directory.freshness.rules import Step
from directory.listings.models import Organization, Service
from directory.notices import service as notices
from directory.notices.models import Notice, NoticeKind
from directory.partners import queries as partners
from directory.quiet_hours import QuietHours
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind

# Calls that wait for somebody; more would only be a heap that nobody looks at.
CALLS_AT_ONCE = 10
PUT_OFF = timedelta(days=1)
PUT_OFF_AT_ONCE = 2000
# A call about a listing may wait longer than a person may.
CALL_WITHIN = timedelta(days=7)
CALL_HOTLINE_WITHIN = timedelta(days=2)


def reckon(session: Session, *, quiet: QuietHours, now: datetime, at_most: int) -> int:
    """Note for listings that are new when somebody is to be asked; how many there were."""
    today = now.astimezone(quiet.zone).date()
    new = queries.unscheduled(session, limit=at_most)
    for service in new:
        due = rules.due_on(listing_of(service, today=today), added=today)
        service.ask_at = rules.ask_at(due, quiet)
    session.flush()
    return len(new)


def ask_due(session: Session, *, quiet: QuietHours, now: datetime, at_most: int) -> int:
    """Ask at most so many organisations of which somebody is to be asked; how many it were."""
    due = queries.due_organizations(session, now=now, with_contact=True, limit=at_most)
    room = CALLS_AT_ONCE - queries.waiting_calls(session)
    if room > 0:
        due += queries.due_organizations(
            session, now=now, with_contact=False, limit=min(room, at_most)
        )
    else:
        until = now + PUT_OFF
        queries.put_off(session, now=now, until=until, limit=PUT_OFF_AT_ONCE)
    for organization_id in due:
        services = queries.due_services(session, organization_id, until=now + rules.TOGETHER)
        _ask_if_due(session, services, quiet=quiet, now=now)
    return len(due)


def ask(
    session: Session,
    services: Iterable[Service],
    *,
    quiet: QuietHours,
    now: datetime,
    kind: NoticeKind = NoticeKind.LISTING_CHECK,
    **facts: str,
) -> list[FreshnessCheck]:
    """Ask whoever there is about these listings of one organisation.

    Each contact gets one message of this kind. What nobody can be asked about is a call, a task.
    Silence counts from the first asking on, however often it is repeated.
    """
    round_id, checks = new_id(), []
    told: dict[str, list[str]] = {}
    contacts = {}
    for service in services:
        check = queries.open_check(session, service.id)
        new = check is None
        check = check or _check(service, now)
        check.round_id = round_id
        for contact in partners.contacts_for(session, service.organization_id, service.id):
            contacts[contact.id] = contact
            told.setdefault(contact.id, []).append(service.id)
            check.told = True
        service.ask_at = _again(service, quiet=quiet, now=now)
        if service.freshness == Freshness.FRESH:
            service.freshness = Freshness.ASKED
        if new:
            plan(check, service, None, quiet=quiet, now=now)
            session.add(check)
        checks.append(check)
    session.flush()
    for contact_id, service_ids in told.items():
        notices.to_contact(
            session,
            contacts[contact_id],
            kind,
            reference=round_id,
            facts={"service_ids": service_ids, **facts},
            now=now,
        )
    return checks


def remind(session: Session, round_id: str, *, now: datetime) -> None:
    """Ask once more about what nobody has answered of a round."""
    told: dict[str, list[str]] = {}
    contacts = {}
    for check in queries.of_round(session, round_id):
        check.reminded_at = now
        for contact in partners.contacts_for(session, check.organization_id, check.service_id):
            contacts[contact.id] = contact
            told.setdefault(contact.id, []).append(check.service_id)
    for contact_id, service_ids in told.items():
        notices.to_contact(
            session,
            contacts[contact_id],
            NoticeKind.LISTING_CHECK_REMINDER,
            reference=round_id,
            facts={"service_ids": service_ids},
            now=now,
        )


def not_told(session: Session, notice: Notice, why: str, *, now: datetime) -> None:
    """A message of a round did not arrive. When no other has or will, it is a person's call."""
    round_id = notice.reference.split("/")[1]
    if queries.under_way(session, round_id):
        return
    waiting = [check for check in queries.of_round(session, round_id) if check.task_id is None]
    if waiting:
        call(session, waiting, why, now=now)


def call(session: Session, checks: list[FreshnessCheck], why: str, *, now: datetime) -> Task:
    """A task for a person: to ask the partner by phone about these listings of one organisation."""
    services = queries.services(session, [check.service_id for check in checks])
    organization = session.get_one(Organization, checks[0].organization_id)
    names = "; ".join(sorted(service.name for service in services))
    hotline = any(phone.type == "hotline" for service in services for phone in service.phones)
    task = tasks.open_task(
        session,
        TaskKind.LISTING_REPORT,
        person_id=None,
        service_id=checks[0].service_id,
        note=f"{why} Please call {organization.name} and ask whether these listings are right "
        f"(number, hours, address, who may come): {names}. Correct what is wrong, then confirm.",
        now=now,
    )
    task.due_at = now + (CALL_HOTLINE_WITHIN if hotline else CALL_WITHIN)
    session.flush()
    for check in checks:
        check.task_id, check.escalated_at = task.id, now
    return task


def plan(
    check: FreshnessCheck,
    service: Service,
    done: Step | None,
    *,
    quiet: QuietHours,
    now: datetime,
) -> None:
    """What follows if nobody answers, after `done`."""
    following = rules.step_after(
        done,
        listing_of(service, today=now.astimezone(quiet.zone).date()),
        told=check.told,
        asked_at=check.asked_at,
        done_at=now,
        quiet=quiet,
    )
    check.next_step, check.next_at = following if following else (None, None)


def _ask_if_due(
    session: Session, services: list[Service], *, quiet: QuietHours, now: datetime
) -> None:
    """A source may have been read again since it was reckoned: then there is time."""
    today = now.astimezone(quiet.zone).date()
    due = []
    for service in services:
        assert service.ask_at is not None  # noqa: S101  # that is how it was found
        listing = listing_of(service, today=today)
        if service.freshness == Freshness.FRESH and listing.as_of is not None:
            on = rules.due_on(listing, added=today)
            service.ask_at = max(service.ask_at, rules.ask_at(on, quiet))
        if service.ask_at <= now + rules.TOGETHER:
            due.append(service)
    if any(service.ask_at is not None and service.ask_at <= now for service in due):
        ask(session, due, quiet=quiet, now=now)


def _check(service: Service, now: datetime) -> FreshnessCheck:
    return FreshnessCheck(
        id=new_id(),
        service_id=service.id,
        organization_id=service.organization_id,
        asked_at=now,
        told=False,
    )


def _again(service: Service, *, quiet: QuietHours, now: datetime) -> datetime:
    """When they are asked anew, should nobody have answered by then."""
    today = now.astimezone(quiet.zone).date()
    return rules.ask_at(today + listing_of(service, today=today).trusted_for, quiet)
