"""A changed Task: which status, and why. Pure.

A Task is changed by PUT (the Task as it shall be) or by PATCH (JSON Patch, RFC 6902). Either way
its status, and the reason of that, are what can be changed; the rest is as it was sent.
"""

import copy
from dataclasses import dataclass
from typing import Any

from api.fhir import resources
from api.fhir.codes import Json
from directory.errors import Conflict, Invalid
from directory.referrals.states import Status

LONGEST_REASON = 1000
_CHANGEABLE = ("status", "statusReason", "statusReason/text")


@dataclass(frozen=True, slots=True)
class TaskChange:
    status: Status
    reason: str | None


def from_put(document: Any, task: Json) -> TaskChange:
    """`task`: as it is now. Raises Invalid `malformed`, `id_unfit`, `status_unknown`."""
    sent = resources.checked(document, "Task")
    if sent.get("id") != task["id"]:
        raise Invalid("id_unfit", "The Task's id is the one in the address.")
    return _change(sent, task)


def from_patch(operations: Any, task: Json) -> TaskChange:
    """`task`: as it is now. Raises Invalid, and Conflict when a `test` operation fails."""
    if not isinstance(operations, list) or not operations:
        raise Invalid("malformed", "Send a JSON Patch: a list of operations.")
    changed = copy.deepcopy(task)
    for each in operations:
        if not isinstance(each, dict):
            raise Invalid("malformed", "Each operation of a JSON Patch is an object.")
        _apply(changed, each)
    return _change(resources.checked(changed, "Task"), task)


def _change(sent: Json, task: Json) -> TaskChange:
    try:
        status = Status(sent["status"])
    except ValueError as error:
        raise Invalid("status_unknown", f"Statuses are {', '.join(Status)}.") from error
    reason = _reason(sent)
    if len(reason) > LONGEST_REASON:
        raise Invalid("too_long", f"Give the reason in at most {LONGEST_REASON} characters.")
    # A reason that was there before says why the status before was what it was.
    stale = status != task["status"] and reason == _reason(task)
    return TaskChange(status, None if stale else reason or None)


def _reason(task: Json) -> str:
    said = task.get("statusReason") or {}
    displays = (each.get("display") for each in said.get("coding") or [])
    return (said.get("text") or next(filter(None, displays), None) or "").strip()


def _apply(task: Json, operation: Json) -> None:
    path = str(operation.get("path", "")).removeprefix("/")
    if path not in _CHANGEABLE:
        raise Invalid(
            "not_changeable", "Of a Task, /status, /statusReason and /statusReason/text change."
        )
    verb, value = operation.get("op"), operation.get("value")
    *above, name = path.split("/")
    holder = task
    for step in above:
        holder = holder.setdefault(step, {})
        if not isinstance(holder, dict):
            raise Invalid("malformed", "A statusReason is an object with a text.")
    if verb == "test":
        if holder.get(name) != value:
            raise Conflict("test_failed", "The Task is not as the patch expects it: read it again.")
    elif verb in ("add", "replace") and "value" in operation:
        holder[name] = value
    elif verb == "remove" and path != "status":
        holder.pop(name, None)
    else:
        raise Invalid("malformed", "Operations are add, replace, remove (a reason) and test.")
