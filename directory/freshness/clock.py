"""What time does to listings: somebody is asked, and silence has its consequences, step by step."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy.orm import Session

from directory.freshness import asking, queries, rules
from directory.freshness.facts import listing_of
from directory.freshness.models import Freshness, FreshnessCheck
from directory.freshness.rules import Step
from directory.freshness.service import SYSTEM, take_down
from directory.listings.models import Service
from directory.on_call import pause
from directory.quiet_hours import QuietHours
from directory.tasks.models import Task, TaskStatus

RECKONED_AT_ONCE = 200
ASKED_AT_ONCE = 20
STEPS_AT_ONCE = 100
_SILENT = "Nobody has answered our messages."
_NO_CONTACT = "This partner has no contact with us."
_NOT_BY_ITSELF = (
    "After 60 days still nobody has confirmed it. It is shown on until a person decides."
)


def look(session: Session, *, quiet: QuietHours, now: datetime) -> int:
    """Do what is due by `now` (product time); returns how much there was.

    Nothing at night, on weekends and holidays, when nobody could answer; and nothing while a pause
    stands, for what is not sent cannot be answered.
    """
    if not rules.is_working_time(now, quiet) or pause.standing(session):
        return 0
    return (
        asking.reckon(session, quiet=quiet, now=now, at_most=RECKONED_AT_ONCE)
        + asking.ask_due(session, quiet=quiet, now=now, at_most=ASKED_AT_ONCE)
        + _follow(session, quiet=quiet, now=now)
    )


def _follow(session: Session, *, quiet: QuietHours, now: datetime) -> int:
    """The consequences of silence whose time has come."""
    due = queries.due_checks(session, now=now, limit=STEPS_AT_ONCE)
    steps: dict[tuple[Step, str], list[FreshnessCheck]] = defaultdict(list)
    for check in due:
        steps[Step(check.next_step or Step.WITHHOLD), check.round_id].append(check)
    for (step, round_id), checks in steps.items():
        if step is Step.REMIND:
            asking.remind(session, round_id, now=now)
        elif step is Step.ESCALATE:
            _escalate(session, checks, now=now)
        # All of a message are reminded together: two that differ in pace are still one text.
        reminded = queries.of_round(session, round_id) if step is Step.REMIND else checks
        for check in reminded:
            if check.next_step == step:
                _one(session, check, step, quiet=quiet, now=now)
    return len(due)


def _escalate(session: Session, checks: list[FreshnessCheck], *, now: datetime) -> None:
    """One call about all of them, unless they are with somebody already."""
    waiting = [check for check in checks if not _with_somebody(session, check)]
    if waiting:
        why = _SILENT if any(check.told for check in waiting) else _NO_CONTACT
        asking.call(session, waiting, why, now=now)


def _one(
    session: Session, check: FreshnessCheck, step: Step, *, quiet: QuietHours, now: datetime
) -> None:
    found = queries.services(session, [check.service_id])
    if not found:  # taken out of the directory meanwhile: nobody need answer any more
        check.answered_at, check.by, check.next_step, check.next_at = now, SYSTEM, None, None
        return
    service = found[0]
    if step is Step.LOWER and service.freshness != Freshness.WITHHELD:
        check.lowered_at = now
        take_down(session, service, Freshness.LOWERED, by=SYSTEM, now=now)
    elif step is Step.WITHHOLD:
        _withhold(session, check, service, quiet=quiet, now=now)
    asking.plan(check, service, step, quiet=quiet, now=now)


def _withhold(
    session: Session, check: FreshnessCheck, service: Service, *, quiet: QuietHours, now: datetime
) -> None:
    today = now.astimezone(quiet.zone).date()
    reached = queries.reached(session, check.round_id)
    if rules.may_be_withheld(listing_of(service, today=today), reached=reached, today=today):
        check.withheld_at = now
        take_down(session, service, Freshness.WITHHELD, by=SYSTEM, now=now)
    elif not _with_somebody(session, check):
        asking.call(session, [check], _NOT_BY_ITSELF, now=now)


def _with_somebody(session: Session, check: FreshnessCheck) -> bool:
    """Whether a task about it waits or was claimed."""
    task = session.get(Task, check.task_id) if check.task_id else None
    return task is not None and task.status != TaskStatus.DONE
