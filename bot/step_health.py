"""Whether the steps of what is due keep failing, as one process sees it; no database in here.

One failure is no news: the next look is a second away. A step that has done nothing but fail for
a minute is a person's to look after. Times are wall time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FAILING_FOR = timedelta(minutes=1)
# Fewer say nothing: between two failures the whole machine may have slept.
TRIES = 3
# How long all of them must have worked before it is said that they do, and how often it is said.
WORKING_FOR = timedelta(minutes=1)


class Health(StrEnum):
    """What is to be said of the steps."""

    FAILING = "failing"
    WORKING = "working"


@dataclass(slots=True)
class _Streak:
    since: datetime
    tries: int = 0


class StepHealth:
    """Notes what came of each step. Used by one thread: the one that looks at what is due."""

    def __init__(self) -> None:
        self._streaks: dict[str, _Streak] = {}
        self._working_since: datetime | None = None
        self._failure_said = False

    def note(self, step: str, *, worked: bool, wall: datetime) -> None:
        """What came of one try."""
        if worked:
            self._streaks.pop(step, None)
            return
        self._streaks.setdefault(step, _Streak(since=wall)).tries += 1

    def verdict(self, wall: datetime) -> Health | None:
        """What is to be said now; None for nothing. Asked after each look.

        FAILING until `said`, once; WORKING every minute, for the alarm may be another process's,
        which died with it.
        """
        if self._streaks:
            self._working_since = None
            keeps_on = any(_keeps_on(streak, wall) for streak in self._streaks.values())
            return Health.FAILING if keeps_on and not self._failure_said else None
        if self._working_since is None:
            self._working_since = wall
        return Health.WORKING if wall - self._working_since >= WORKING_FOR else None

    def said(self, verdict: Health, wall: datetime) -> None:
        """The verdict has been written down."""
        self._failure_said = verdict is Health.FAILING
        if verdict is Health.WORKING:
            self._working_since = wall


def _keeps_on(streak: _Streak, wall: datetime) -> bool:
    return streak.tries >= TRIES and wall - streak.since >= FAILING_FOR
