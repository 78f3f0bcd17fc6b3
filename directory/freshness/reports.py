"""What residents, staff and visitors say is wrong with a listing, and what it sets going.

One word is enough to ask the partner at once and to give somebody the task. Two people who say that
a number is dead lower the listing's rank. More than that is a person's to decide: no report takes a
listing or a number away, or a prank could hide a crisis line.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import NotFound, TooMany
from directory.freshness import asking, queries, rules
from directory.freshness.facts import listing_of
from directory.freshness.models import Freshness, Reported
from directory.freshness.service import SYSTEM, quiet_hours, take_down
from directory.listings.models import Service
from directory.notices.models import NoticeKind
from directory.referrals import actors
from directory.referrals.models import ListingReport, Referral
from directory.tasks import service as tasks
from directory.tasks.models import Task, TaskKind

A_DAY = timedelta(days=1)
REPORTS_A_DAY = 5
# The partner is asked anew about the same thing only after this long.
ASK_AGAIN_AFTER = timedelta(days=7)
_WHAT = {
    Reported.CLOSED: "closed",
    Reported.WRONG_NUMBER: "wrong number",
    Reported.WRONG_HOURS: "wrong hours",
    Reported.MOVED: "moved",
    Reported.NO_ANSWER: "nobody answers",
    Reported.FULL: "full",
    Reported.NOT_ELIGIBLE: "takes other people only",
    Reported.OTHER: "something else is wrong",
}
_WHO = {"resident": "A resident", "staff": "A colleague", "visitor": "Somebody"}


def report(
    session: Session,
    service_id: str,
    kind: Reported,
    *,
    by: str,
    note: str | None,
    now: datetime,
    referral: Referral | None = None,
) -> ListingReport:
    """Somebody says that a listing is wrong: kept, a task, and a word to the partner.

    `by`: "resident:…", "staff:…" as of `directory.referrals.actors`, or "visitor:" and whatever
    tells one visitor of a page from another. `note`: for staff, never for the partner. Who says
    the same again adds nothing. Raises NotFound; TooMany beyond five reports a day of one who is
    no colleague.
    """
    service = queries.service_for_update(session, service_id)
    if service is None:
        raise NotFound("service_not_found", "There is no such service.")
    since = now - rules.REPORTS_COUNT_FOR
    before = queries.same_report(session, service_id, kind, by, since=since)
    if before is not None:
        return before
    if not by.startswith("staff:") and (
        queries.count_reports(session, by, since=now - A_DAY) >= REPORTS_A_DAY
    ):
        raise TooMany("reports_too_many", "Thank you, that is enough for today.")
    told_lately = any(
        each.kind == kind and each.created_at > now - ASK_AGAIN_AFTER
        for each in queries.open_reports(session, service_id)
    )
    written = ListingReport(
        service_id=service_id,
        kind=kind,
        note=note,
        reported_by=by,
        referral_id=referral.id if referral else None,
        created_at=now,
    )
    session.add(written)
    session.flush()
    task = _task(session, written, referral, now=now)
    if not told_lately:
        _ask(session, service, kind, task, now=now)
    _lower(session, service, kind, now=now)
    return written


def settle(
    session: Session, report_id: str, *, staff_id: str, note: str | None, now: datetime
) -> ListingReport:
    """A colleague has looked: the listing was mended, or nothing was wrong with it.

    With the last open report its task is done too, unless a colleague has claimed it. Raises
    NotFound; settled twice it is settled once.
    """
    found = queries.report_by_id(session, report_id)
    if found is None:
        raise NotFound("report_unknown", "There is no such report.")
    # The listing first, as who confirms it does; then what has become of the report meanwhile.
    queries.service_for_update(session, found.service_id)
    session.refresh(found)
    if found.resolved_at is not None:
        return found
    found.resolved_at, found.resolved_by = now, actors.staff(staff_id).by
    session.flush()
    if queries.open_reports(session, found.service_id):
        return found
    asked = {check.task_id for check in queries.open_checks(session, [found.service_id])}
    for task in queries.listing_tasks(session, found.service_id):
        about_it = task.referral_id == found.referral_id and task.id not in asked
        if about_it and task.claimed_by in (None, staff_id):
            tasks.finish(task, by=staff_id, now=now, note=note or "The report was settled.")
    return found


def _task(
    session: Session, written: ListingReport, referral: Referral | None, *, now: datetime
) -> Task:
    who = _WHO.get(written.reported_by.partition(":")[0], "Somebody")
    words = f" In their words: {written.note}" if written.note else ""
    note = f"{who} says of this listing: {_WHAT[Reported(written.kind)]}.{words}"
    if referral is None:
        waiting = queries.listing_tasks(session, written.service_id)
        if waiting:
            waiting[0].note = f"{waiting[0].note}\n{note}" if waiting[0].note else note
            return waiting[0]
    return tasks.open_task(
        session,
        TaskKind.LISTING_REPORT,
        person_id=referral.person_id if referral else None,
        referral_id=referral.id if referral else None,
        service_id=written.service_id,
        note=note,
        now=now,
    )


def _ask(session: Session, service: Service, kind: Reported, task: Task, *, now: datetime) -> None:
    """The partner is told what was said, never by whom, and asked; without a contact staff is."""
    checks = asking.ask(
        session,
        [service],
        kind=NoticeKind.LISTING_REPORTED,
        quiet=quiet_hours(),
        now=now,
        service_id=service.id,
        report=kind.value,
    )
    session.flush()
    for check in checks:
        if not check.told and check.task_id is None:
            check.task_id = task.id


def _lower(session: Session, service: Service, kind: Reported, *, now: datetime) -> None:
    if kind is not Reported.WRONG_NUMBER or service.freshness == Freshness.WITHHELD:
        return
    since = now - rules.REPORTS_COUNT_FOR
    reporters = frozenset(
        each.reported_by
        for each in queries.open_reports(session, service.id)
        if each.kind == kind and each.created_at > since
    )
    today = now.astimezone(quiet_hours().zone).date()
    if rules.lowers(reporters, listing_of(service, today=today)):
        take_down(session, service, Freshness.LOWERED, by=SYSTEM, now=now)
