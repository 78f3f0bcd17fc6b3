"""What a check has found."""

from collections.abc import Iterable
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


def worst(findings: Iterable[Finding]) -> State:
    states = {finding.state for finding in findings}
    return next((state for state in (State.FAIL, State.WARN) if state in states), State.OK)
