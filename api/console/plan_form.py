"""The form for changing a check-in plan: from a plan to its fields, from what was sent to a change.

Pure. A step comes so many days and hours after the visit; a row without either is none.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from directory.checkins.plan import Plan, Step
from directory.checkins.plan_rules import LATEST
from directory.checkins.plans import PlanChange
from directory.errors import Invalid
from directory.visits.models import CallType

Form = dict[str, Any]
FLAGS = ("working_days_only", "safe_first", "named_sender", "active")
MOST_ROWS = 40
SPARE_ROWS = 2
EMPTY_ROW = {"days": "", "hours": "", "wording": "", "asks": False}
_LONGEST_NAME = 80


def empty_form() -> Form:
    return {
        "name": "",
        "steps": [],
        "default_for": [],
        **dict.fromkeys(FLAGS, False),
        "active": True,
    }


def form_of(plan: Plan) -> Form:
    return {
        "name": plan.name,
        "steps": [_row(step) for step in plan.steps],
        "default_for": [str(each) for each in plan.default_for],
        **{name: bool(getattr(plan, name)) for name in FLAGS},
    }


def sent_form(given: Mapping[str, list[str]]) -> Form:
    """What a browser has sent, as a form; rows that say nothing are left out."""
    rows = [
        {
            "days": _first(given, f"steps-{row}-days"),
            "hours": _first(given, f"steps-{row}-hours"),
            "wording": _first(given, f"steps-{row}-wording"),
            "asks": bool(_first(given, f"steps-{row}-asks")),
        }
        for row in range(MOST_ROWS)
    ]
    known = {each.value for each in CallType}
    return {
        "name": _first(given, "name"),
        "steps": [row for row in rows if row["days"] or row["hours"]],
        "default_for": [each for each in given.get("default_for", []) if each in known],
        **{name: bool(_first(given, name)) for name in FLAGS},
    }


def as_text(form: Form) -> str:
    """For a hidden field: what the form said when it was drawn."""
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str, otherwise: Form) -> Form:
    """What `as_text` wrote; of anything else nothing is believed."""
    try:
        was = json.loads(text)
    except (ValueError, RecursionError):
        return otherwise
    if not isinstance(was, dict):
        return otherwise
    return {name: was.get(name, value) for name, value in otherwise.items()}


def touched(form: Form, was: Form) -> set[str]:
    return {name for name in form if form[name] != was.get(name)}


def merged(form: Form, was: Form, current: Form) -> Form:
    """What was typed over what the plan says now."""
    mine = touched(form, was)
    return {name: form[name] if name in mine else current[name] for name in form}


def change_of(form: Form) -> PlanChange:
    """Raises Invalid where a name or a number is none."""
    name = " ".join(form["name"].replace("\x00", "").split())
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise Invalid("plan_name_invalid", "A name has 1 to 80 characters.")
    return PlanChange(
        name=name,
        steps=tuple(_step(number, row) for number, row in enumerate(form["steps"])),
        working_days_only=form["working_days_only"],
        safe_first=form["safe_first"],
        named_sender=form["named_sender"],
        default_for=tuple(CallType(each) for each in form["default_for"]),
        active=form["active"],
    )


def _step(number: int, row: Form) -> Step:
    days, hours = _whole(row["days"]), _whole(row["hours"])
    if days is None or hours is None:
        why = "Write days and hours after the visit as whole numbers."
        errors = [{"where": f"steps.{number}", "why": why}]
        raise Invalid("step_not_whole_hours", why, errors=errors)
    return Step(timedelta(days=days, hours=hours), row["wording"], row["asks"])


def _whole(text: str) -> int | None:
    """0 for nothing; None for what is no number of days or hours of a plan."""
    if not text:
        return 0
    longest = LATEST // timedelta(hours=1)
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        return None
    return int(text) if int(text) <= longest else None


def _row(step: Step) -> Form:
    days, rest = divmod(step.after, timedelta(days=1))
    hours = rest // timedelta(hours=1)
    return {
        "days": str(days) if days else "",
        "hours": str(hours) if hours else "",
        "wording": step.wording,
        "asks": step.asks,
    }


def _first(given: Mapping[str, list[str]], name: str) -> str:
    return (given.get(name) or [""])[0].strip()
