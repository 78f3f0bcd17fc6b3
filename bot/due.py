"""What is due by product time: looked at every second, each step in a transaction of its own.

A step that fails is logged and tried again at the next look; it never keeps the others waiting.
One that keeps failing is an alarm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

import structlog
from sqlalchemy.orm import Session

from bot.checkin_texts import checkin_text
from bot.held import hand_back_silent
from bot.notices.hand_over import hand_over_due
from bot.step_health import Health, StepHealth
from directory import database
from directory.checkins import service as checkins
from directory.freshness import clock as listings
from directory.listings import notices as closures
from directory.on_call import alarms, paging
from directory.quiet_hours import QuietHours
from directory.referrals import clocks
from directory.tasks import overdue

log = structlog.get_logger(__name__)

# How long the check-ins that are handed to the outbox at once take to leave.
SECONDS_AHEAD = 3
# How often a step may go on at once: the others have to be looked at too.
ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Moment:
    """`now`: product time; `wall`: wall time."""

    now: datetime
    wall: datetime
    quiet: QuietHours


# True: there is more, for the next transaction.
Step = Callable[[Session, Moment], object]


def _checkins(session: Session, at: Moment) -> bool:
    # A few seconds' worth at a time: the others stay planned, so that the queue is short however
    # many are due, and whatever forbids one meanwhile still finds it in time.
    rate = database.current().settings.send_rate
    queued = checkins.send_due(
        session,
        wording=checkin_text,
        quiet=at.quiet,
        now=at.now,
        at_most=ceil(rate * SECONDS_AHEAD),
    )
    return bool(queued)


def _pages(session: Session, at: Moment) -> None:
    paging.look(session, now=at.now, wall=at.wall)


def _overdue(session: Session, at: Moment) -> None:
    overdue.escalate(session, now=at.now, wall=at.wall)


def _referrals(session: Session, at: Moment) -> None:
    clocks.look(session, now=at.now)


def _listings(session: Session, at: Moment) -> None:
    listings.look(session, quiet=at.quiet, now=at.now)


def _closures(session: Session, at: Moment) -> None:
    closures.turn(session, now=at.now)


def _conversations(session: Session, at: Moment) -> None:
    hand_back_silent(session, now=at.now)


def _notices(session: Session, at: Moment) -> None:
    hand_over_due(session, quiet=at.quiet, now=at.now, wall=at.wall)


# Notices last: what the others have planned is handed over in the same look.
STEPS: tuple[Step, ...] = (
    _pages,
    _conversations,
    _overdue,
    _referrals,
    _listings,
    _closures,
    _checkins,
    _notices,
)


def look(at: Moment, steps: tuple[Step, ...] = STEPS, *, health: StepHealth | None = None) -> None:
    """Do everything that is due. `health`: remembers what keeps failing, from look to look."""
    for step in steps:
        worked = _done(step, at)
        if health is not None:
            health.note(step.__name__, worked=worked, wall=at.wall)
    if health is not None:
        _tell(health, at)


def _done(step: Step, at: Moment) -> bool:
    try:
        for _ in range(ROUNDS):
            with database.session_scope() as session:
                more = step(session, at)
            if more is not True:
                break
    except Exception:
        log.exception("due_step_failed", step=step.__name__)
        return False
    return True


def _tell(health: StepHealth, at: Moment) -> None:
    """Raise the alarm, or end it; what cannot be written down now is tried at the next look."""
    verdict = health.verdict(at.wall)
    if verdict is None:
        return
    try:
        with database.session_scope() as session:
            if verdict is Health.FAILING:
                alarms.steps_fail(session, now=at.now, wall=at.wall)
            else:
                alarms.steps_work(session, now=at.now, wall=at.wall)
    except Exception:
        log.exception("step_alarm_failed")
        return
    health.said(verdict, at.wall)
