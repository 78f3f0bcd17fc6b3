"""What is due by product time: looked at every second, each step in a transaction of its own.

A step that fails is logged and tried again at the next look; it never keeps the others waiting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot.checkin_texts import checkin_text
from directory import database
from directory.checkins import service as checkins
from directory.quiet_hours import QuietHours
from directory.referrals import clocks

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Moment:
    """`now`: product time; `wall`: wall time."""

    now: datetime
    wall: datetime
    quiet: QuietHours


Step = Callable[[Session, Moment], object]


def _checkins(session: Session, at: Moment) -> None:
    checkins.send_due(session, wording=checkin_text, quiet=at.quiet, now=at.now)


def _referrals(session: Session, at: Moment) -> None:
    clocks.look(session, now=at.now)


STEPS: tuple[Step, ...] = (_referrals, _checkins)


def look(at: Moment, steps: tuple[Step, ...] = STEPS) -> None:
    """Do everything that is due."""
    for step in steps:
        try:
            with database.session_scope() as session:
                step(session, at)
        except Exception:
            log.exception("due_step_failed", step=step.__name__)
