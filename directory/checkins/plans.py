"""The check-in plans: as shipped until a supervisor changes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.checkins import plan_rules, queries
from directory.checkins.plan import Plan, Step
from directory.checkins.plan_models import CheckinPlan
from directory.errors import Conflict, NotFound, PreconditionFailed, PreconditionRequired
from directory.languages import Language
from directory.own_files import read_yaml
from directory.people import service as people
from directory.visits.models import CallType
from directory.wordings import queries as wordings
from directory.wordings.rules import Use

SHIPPED_FILE = Path(__file__).with_name("plans.yml")
SHIPPED_BY = "shipped"
STANDARD, NONE = plan_rules.STANDARD, plan_rules.NONE


@dataclass(frozen=True, slots=True)
class PlanChange:
    """All that a supervisor decides about a plan; it replaces what stood before."""

    name: str
    steps: tuple[Step, ...]
    working_days_only: bool = False
    safe_first: bool = False
    named_sender: bool = False
    default_for: tuple[CallType, ...] = ()
    active: bool = True


# --- reading --------------------------------------------------------------------------------------


def every(session: Session) -> list[Plan]:
    """All plans, removed ones too, by id. Writes nothing."""
    stored = {row.id: _plan_of(row) for row in queries.plans(session)}
    return [plan for _, plan in sorted((shipped_plans() | stored).items())]


def known(session: Session) -> set[str]:
    """The ids that a visit may name."""
    return {plan.id for plan in every(session) if plan.active}


def plan(session: Session, plan_id: str) -> Plan:
    """One plan, also one that has been removed. Raises NotFound `plan_unknown`."""
    row = queries.plan_by_id(session, plan_id)
    if row is not None:
        return _plan_of(row)
    if plan_id in shipped_plans():
        return shipped_plans()[plan_id]
    raise NotFound("plan_unknown", "There is no such check-in plan.")


def default_for(session: Session, call_type: CallType) -> str:
    """The id of the plan that a visit of this kind takes unless the clinician says otherwise."""
    for each in every(session):
        if each.active and call_type in each.default_for:
            return each.id
    return NONE if call_type is CallType.DOMESTIC_VIOLENCE else STANDARD


def use_of(session: Session, wording: str) -> Use:
    """What the plans that stand use a wording for."""
    steps = [
        (number, step)
        for each in every(session)
        if each.active
        for number, step in enumerate(each.steps)
        if step.wording == wording
    ]
    if not steps:
        return Use()
    return Use(
        asks=any(step.asks for _, step in steps), opens=any(number == 0 for number, _ in steps)
    )


# --- writing --------------------------------------------------------------------------------------


def ensure_shipped(session: Session, *, now: datetime) -> None:
    """Write the shipped plans that are not stored yet; one that is there is left as it is."""
    stored = {row.id for row in queries.plans(session)}
    for each in shipped_plans().values():
        if each.id in stored:
            continue
        row = CheckinPlan(id=each.id, version=each.version, changed_by=SHIPPED_BY, changed_at=now)
        _write(row, each)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            continue  # another process was first


def edit(
    session: Session,
    plan_id: str,
    change: PlanChange,
    *,
    by: str,
    now: datetime,
    based_on: int | None = None,
) -> Plan:
    """Change a plan, or make a new one. What is planned already goes on as it was planned.

    A call type that it becomes the default of is no other plan's any more. `by`: the id of the
    member of staff. `based_on`: the version that was changed; None to make a new plan.

    Raises Invalid with a code of directory.checkins.plan_rules, PreconditionRequired when
    `based_on` is missing and PreconditionFailed when somebody has changed the plan since.
    """
    ensure_shipped(session, now=now)
    row = queries.plan_by_id(session, plan_id, for_update=True)
    _require_current(row, based_on)
    plan_rules.require_sound(plan_id, change, _wordings_of(session, change))
    if row is None:
        row = CheckinPlan(id=plan_id, version=0)
    for other in queries.plans(session):
        left = [each for each in other.default_for if each not in change.default_for]
        if other.id != plan_id and left != other.default_for:
            other.default_for = left
            _changed(session, other, by=by, now=now)
    _write(row, change)
    _changed(session, row, by=by, now=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict("plan_exists", "Somebody has just made a plan of this name.") from error
    return _plan_of(row)


def _require_current(row: CheckinPlan | None, based_on: int | None) -> None:
    if row is None:
        if based_on is not None:
            raise PreconditionFailed("plan_changed", "There is no such plan any more.")
    elif based_on is None:
        raise PreconditionRequired("version_missing", "Say in If-Match which version you change.")
    elif row.version != based_on:
        raise PreconditionFailed("plan_changed", "Somebody has changed it since: read it again.")


def _changed(session: Session, row: CheckinPlan, *, by: str, now: datetime) -> None:
    row.version, row.changed_by, row.changed_at = row.version + 1, by, now
    people.audit(session, actor=by, action="plan.edit", person_id=None, subject_id=row.id, now=now)


def _wordings_of(session: Session, change: PlanChange) -> dict[str, plan_rules.KnownWording]:
    """The wordings of the steps that may go out in every language; others are left out."""
    found: dict[str, plan_rules.KnownWording] = {}
    for key in {step.wording for step in change.steps}:
        stored = [wordings.approved(session, key, language) for language in Language]
        shipped_asks = shipped_wordings().get(key)
        if shipped_asks is not None or all(stored):
            texts = tuple(each.text for each in stored if each is not None)
            found[key] = plan_rules.KnownWording(texts, shipped_asks)
    return found


def _write(row: CheckinPlan, content: Plan | PlanChange) -> None:
    row.name = content.name
    row.steps = [
        {
            "after_hours": step.after // timedelta(hours=1),
            "wording": step.wording,
            "asks": step.asks,
        }
        for step in content.steps
    ]
    row.working_days_only = content.working_days_only
    row.safe_first = content.safe_first
    row.named_sender = content.named_sender
    row.default_for = [str(each) for each in content.default_for]
    row.active = content.active


def _plan_of(row: CheckinPlan) -> Plan:
    return Plan(
        id=row.id,
        name=row.name,
        steps=tuple(map(_step, row.steps)),
        working_days_only=row.working_days_only,
        safe_first=row.safe_first,
        named_sender=row.named_sender,
        default_for=tuple(row.default_for),
        active=row.active,
        version=row.version,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )


def _step(row: Mapping[str, Any]) -> Step:
    return Step(timedelta(hours=row["after_hours"]), str(row["wording"]), bool(row["asks"]))


# --- as shipped -----------------------------------------------------------------------------------


@cache
def shipped_plans() -> dict[str, Plan]:
    """The plans of plans.yml by id."""
    rows: dict[str, dict[str, Any]] = read_yaml(SHIPPED_FILE)
    return {
        plan_id: Plan(
            id=plan_id,
            name=row["name"],
            steps=tuple(map(_step, row["steps"])),
            working_days_only=row.get("working_days_only", False),
            safe_first=row.get("safe_first", False),
            named_sender=row.get("named_sender", False),
            default_for=tuple(CallType(each) for each in row.get("default_for", ())),
        )
        for plan_id, row in rows.items()
    }


@cache
def shipped_wordings() -> dict[str, bool]:
    """The wordings that exist without anybody having written one, and whether each asks."""
    return {step.wording: step.asks for each in shipped_plans().values() for step in each.steps}
