"""Limits that the measures must keep: a change that makes the understanding worse fails its check.

A gates file is YAML: measures by the dotted names of Measures.shares() (and `milliseconds.p50`,
`milliseconds.p95`), each with `at_least` or `at_most`. A share of fewer than 30 cases says too
little to fail on; it is reported and not enforced.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.error import YAMLError

from bot.evaluation.measures import Measures
from directory.own_files import read_yaml

FEWEST = 30


class GatesFileError(ValueError):
    """A gates file that can't be used; says what and where."""


@dataclass(frozen=True, slots=True)
class Gate:
    """`measure` must be at least, or at most, `limit` (a share, or milliseconds)."""

    measure: str
    limit: float
    at_most: bool

    def __str__(self) -> str:
        return f"{self.measure} {'<=' if self.at_most else '>='} {self.limit:g}"

    def holds(self, value: float) -> bool:
        return value <= self.limit if self.at_most else value >= self.limit


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says of the measures. `kept` is None where there were too few cases."""

    gate: Gate
    value: float | None
    kept: bool | None

    def __str__(self) -> str:
        if self.kept is None:
            return f"{self.gate}: too few cases to tell"
        return f"{self.gate}: {self.value:.3f}, {'kept' if self.kept else 'MISSED'}"


def read_gates(path: Path) -> tuple[Gate, ...]:
    """The gates of a file. Raises GatesFileError."""
    try:
        content = read_yaml(path)
        return tuple(_gate(measure, limits) for measure, limits in content.items())
    except (YAMLError, OSError, AttributeError, TypeError, ValueError) as error:
        raise GatesFileError(f"{path.name}: {error}") from error


def _gate(measure: str, limits: Mapping[str, Any]) -> Gate:
    if (
        not isinstance(limits, Mapping)
        or len(limits) != 1
        or not limits.keys() <= {"at_least", "at_most"}
    ):
        raise ValueError(f"{measure}: exactly one of at_least and at_most is expected")
    ((kind, limit),) = limits.items()
    return Gate(measure, float(limit), at_most=kind == "at_most")


def judge(measures: Measures, gates: tuple[Gate, ...]) -> list[Verdict]:
    """Each gate's verdict. Raises GatesFileError for a measure that doesn't exist."""
    shares = measures.shares()
    times = {"milliseconds.p50": measures.p50, "milliseconds.p95": measures.p95}
    verdicts = []
    for gate in gates:
        if gate.measure in times:
            value, of = times[gate.measure], measures.n
        elif gate.measure in shares:
            value, of = shares[gate.measure].value, shares[gate.measure].of
        else:
            raise GatesFileError(f"no measure is called {gate.measure}")
        enough = value is not None and of >= FEWEST
        kept = gate.holds(value) if enough and value is not None else None
        verdicts.append(Verdict(gate, value, kept))
    return verdicts
