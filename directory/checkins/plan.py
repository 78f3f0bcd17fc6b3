"""What a check-in plan is, and when its check-ins are due. Pure.

First contact within a day, again after three days and two weeks: the pattern of post-crisis
follow-up (24/48/72 h contact). Caring contacts go on for a year (Comtois et al. 2019).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from directory.quiet_hours import QuietHours

STALE_AFTER = timedelta(hours=48)
# However far days off and nights move them: check-ins keep this distance, or the plan's own.
KEPT_APART = timedelta(days=1)

IsWorkingDay = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a plan: how long after the visit, which wording, whether it asks."""

    after: timedelta
    wording: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A sequence of check-ins; see directory.checkins.plan_models for what each part means.

    A plan as shipped is version 1; each change is one more.
    """

    id: str
    name: str
    steps: tuple[Step, ...]
    working_days_only: bool = False
    safe_first: bool = False
    named_sender: bool = False
    default_for: tuple[str, ...] = ()
    active: bool = True
    version: int = 1
    changed_by: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueStep:
    """`number`: the step's place in the plan, from 1. `due_at`: UTC."""

    number: int
    step: Step
    due_at: datetime


def due_steps(
    plan: Plan,
    occurred_at: datetime,
    *,
    now: datetime,
    quiet: QuietHours,
    is_working_day: IsWorkingDay,
    greeted: bool = False,
) -> list[DueStep]:
    """What to plan after a visit: nothing in quiet hours, on a day off or stale already.

    What days off or quiet hours have moved moves what follows, so that two never come at once.
    The first that is planned opens the sequence: where earlier steps are stale it takes over the
    words of the first, or a person would be greeted "again" who never heard from us. `greeted`:
    they have.
    """
    works = is_working_day if plan.working_days_only else None
    planned: list[DueStep] = []
    earlier: DueStep | None = None
    occurred_at = occurred_at.astimezone(UTC)  # by the hours that pass, not by the wall's clock
    for number, step in enumerate(plan.steps, start=1):
        due_at = occurred_at + step.after
        if earlier is not None:
            apart = min(step.after - earlier.step.after, KEPT_APART)
            due_at = max(due_at, earlier.due_at + apart)
        earlier = DueStep(number, step, allowed_from(due_at, quiet=quiet, works=works))
        if not is_stale(earlier.due_at, now=now):
            planned.append(earlier)
    return planned if greeted else _opened(planned, plan.steps)


def _opened(planned: list[DueStep], steps: Sequence[Step]) -> list[DueStep]:
    if not planned or planned[0].number == 1 or planned[0].step.asks != steps[0].asks:
        return planned
    opening = replace(planned[0], step=replace(planned[0].step, wording=steps[0].wording))
    return [opening, *planned[1:]]


def allowed_from(at: datetime, *, quiet: QuietHours, works: IsWorkingDay | None) -> datetime:
    """The first instant at or after `at` that is neither quiet nor on a day off, in UTC.

    A day off moves it to the same time of the next working day by the wall's clock, whichever
    way the clocks have been changed meanwhile.
    """
    at = quiet.end_after(at)
    while works is not None and not works(at.astimezone(quiet.zone).date()):
        wall = at.astimezone(quiet.zone)
        tomorrow = datetime.combine(
            wall.date() + timedelta(days=1), wall.time().replace(fold=0), tzinfo=quiet.zone
        )
        at = quiet.end_after(tomorrow)
    return at


def is_stale(due_at: datetime, *, now: datetime) -> bool:
    """A check-in that is this late is dropped rather than sent."""
    return now > due_at + STALE_AFTER
