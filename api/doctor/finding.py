"""What a check has found."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """`warn`: it works, and somebody should look; `fail`: it does not, or must not go on so."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what`: what is so; `do`: what to do about it, empty where nothing is to be done."""

    name: str
    state: State
    what: str
    do: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def ok(name: str, what: str) -> Finding:
    return Finding(name, State.OK, what)


def warn(name: str, what: str, do: str) -> Finding:
    return Finding(name, State.WARN, what, do)


def fail(name: str, what: str, do: str) -> Finding:
    return Finding(name, State.FAIL, what, do)


def guarded(name: str, check: Callable[[], Finding]) -> Finding:
    """What the check says; one that breaks says so, and hides none of those after it."""
    try:
        return check()
    except Exception as error:  # whoever asks what is wrong must not get a traceback for it
        return broke(name, error)


def broke(name: str, error: Exception) -> Finding:
    return fail(name, f"could not be looked at ({type(error).__name__})", "see the logs")


def worst(findings: Iterable[Finding]) -> State:
    states = {finding.state for finding in findings}
    return next((state for state in (State.FAIL, State.WARN) if state in states), State.OK)
