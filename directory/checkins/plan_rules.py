"""What a check-in plan must keep to. Pure.

Every refusal is an Invalid with a code of its own, and says where and what to do.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Protocol

from directory.checkins.plan import Step
from directory.errors import Invalid
from directory.visits.models import CallType
from directory.wordings.rules import Broken, Use, broken_by_use, refuse

ID = re.compile(r"[a-z][a-z0-9_]{1,19}")
STANDARD, NONE = "standard", "none"
MOST_STEPS = 20
SOONEST = timedelta(hours=1)
# Two years: who is followed up for longer is visited again.
LATEST = timedelta(days=731)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class KnownWording:
    """A wording that may go out in every language.

    `texts`: what staff wrote and approved. `shipped_asks`: None for one that is not shipped.
    """

    texts: tuple[str, ...]
    shipped_asks: bool | None = None


class Change(Protocol):
    """What these rules look at of a changed plan."""

    @property
    def steps(self) -> tuple[Step, ...]: ...
    @property
    def default_for(self) -> tuple[CallType, ...]: ...
    @property
    def active(self) -> bool: ...


def require_sound(plan_id: str, change: Change, wordings: Mapping[str, KnownWording]) -> None:
    """Raises Invalid on the first rule broken. `wordings`: those that may go out, by key."""
    if not ID.fullmatch(plan_id):
        raise Invalid("plan_id_invalid", "A plan's id has 2 to 20 of a-z, 0-9 and _.")
    _require_place(plan_id, change)
    _require_times([step.after for step in change.steps])
    for number, step in enumerate(change.steps):
        _require_wording(number, step, wordings.get(step.wording))


def _require_place(plan_id: str, change: Change) -> None:
    """What the two plans that are always there must stay, and what no plan may become."""
    if plan_id in (STANDARD, NONE) and not change.active:
        raise Invalid("plan_needed", "This plan is always there: it can be changed, not removed.")
    if plan_id == NONE and change.steps:
        raise Invalid("plan_has_steps", "This plan means that nothing goes out: it has no steps.")
    if plan_id != NONE and not change.steps:
        raise Invalid("plan_empty", "Give the plan at least one step.")
    if plan_id != NONE and CallType.DOMESTIC_VIOLENCE in change.default_for:
        message = "After domestic violence nothing goes out unless the clinician asks for it."
        raise Invalid("default_not_allowed", message)
    if change.default_for and not change.active:
        raise Invalid("default_removed", "A plan that is removed can't be the default of anything.")


def _require_times(times: Sequence[timedelta]) -> None:
    if len(times) > MOST_STEPS:
        raise Invalid("plan_too_long", f"A plan has at most {MOST_STEPS} steps.")
    if any(after % _HOUR for after in times):
        raise Invalid("step_not_whole_hours", "Say in whole hours when each step comes.")
    if times and times[0] < SOONEST:
        raise Invalid("step_too_soon", "The first step comes an hour after the visit or later.")
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise Invalid("steps_not_ascending", "Each step comes later than the one before it.")
    if times and times[-1] > LATEST:
        raise Invalid("step_too_late", "The last step comes within two years of the visit.")


def _require_wording(number: int, step: Step, wording: KnownWording | None) -> None:
    where = f"steps.{number}.wording"
    if wording is None:
        message = "Take a wording that is approved in English and in Spanish."
        refuse([Broken("wording_unknown", message)], where=where)
        return
    broken: list[Broken] = []
    if wording.shipped_asks not in (None, step.asks):
        other = "asks for an answer" if wording.shipped_asks else "asks for nothing"
        broken.append(Broken("wording_unfit", f"This wording {other}: the step must do the same."))
    use = Use(asks=step.asks, opens=number == 0)
    broken += [each for text in wording.texts for each in broken_by_use(text, use)]
    refuse(broken, where=where)
