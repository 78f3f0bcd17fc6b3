"""What is due by product time: looked at every second, each step in a transaction of its own.

A step that fails is logged and tried again at the next look; it never keeps the others waiting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

import structlog
from sqlalchemy.orm import Session

from bot.checkin_texts import checkin_text
from bot.notices.hand_over import hand_over_due
from directory import database
from directory.checkins import service as checkins
from directory.on_call import paging
from directory.quiet_hours import QuietHours
from directory.referrals import clocks
from directory.tasks import overdue

log = structlog.get_logger(__name__)

# How long the check-ins that are handed to the outbox at once take to leave.
SECONDS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """`now`: product time; `wall`: wall time."""

    now: datetime
    wall: datetime
    quiet: QuietHours


Step = Callable[[Session, Moment], object]


def _checkins(session: Session, at: Moment) -> None:
    # A few seconds' worth at a time: the others stay planned, so that the queue is short however
    # many are due, and whatever forbids one meanwhile still finds it in time.
    rate = database.current().settings.send_rate
    checkins.send_due(
        session,
        wording=checkin_text,
        quiet=at.quiet,
        now=at.now,
        at_most=ceil(rate * SECONDS_AHEAD),
    )


def _pages(session: Session, at: Moment) -> None:
    paging.look(session, now=at.now, wall=at.wall)


def _overdue(session: Session, at: Moment) -> None:
    overdue.escalate(session, now=at.now)


def _referrals(session: Session, at: Moment) -> None:
    clocks.look(session, now=at.now)


def _notices(session: Session, at: Moment) -> None:
    hand_over_due(session, quiet=at.quiet, now=at.now, wall=at.wall)


# Notices last: what the others have planned is handed over in the same look.
STEPS: tuple[Step, ...] = (_pages, _overdue, _referrals, _checkins, _notices)


def look(at: Moment, steps: tuple[Step, ...] = STEPS) -> None:
    """Do everything that is due."""
    for step in steps:
        try:
            with database.session_scope() as session:
                step(session, at)
        except Exception:
            log.exception("due_step_failed", step=step.__name__)
