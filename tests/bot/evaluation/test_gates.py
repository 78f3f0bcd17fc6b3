"""A gate is kept or missed; with few cases it says nothing."""

from pathlib import Path

import pytest

from bot.evaluation.gates import Gate, GatesFileError, judge, read_gates
from tests.bot.evaluation.builders import measured, pair

FOOD = {"needs": ["food"]}


def gates_file(folder: Path, content: str) -> Path:
    path = folder / "gates.yml"
    path.write_text(content, encoding="utf-8")
    return path


def test_the_gates_of_a_file_are_read(tmp_path: Path) -> None:
    content = "needs.en.top1: {at_least: 0.8}\nmilliseconds.p95: {at_most: 90}\n"
    assert read_gates(gates_file(tmp_path, content)) == (
        Gate("needs.en.top1", 0.8, at_most=False),
        Gate("milliseconds.p95", 90, at_most=True),
    )


@pytest.mark.parametrize(
    "content",
    [
        "needs.en.top1: 0.8",
        "needs.en.top1: {at_least: high}",
        "needs.en.top1: {at_least: 0.1, at_most: 0.9}",
        "needs.en.top1: {above: 0.9}",
        "- 1",
        "a: [",
    ],
)
def test_a_file_that_says_no_limits_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(GatesFileError, match=r"gates\.yml"):
        read_gates(gates_file(tmp_path, content))


def test_a_gate_is_kept_or_missed() -> None:
    measures = measured(*[pair(FOOD, needs=["food"])] * 27, *[pair(FOOD, needs=["rent"])] * 3)
    kept, missed = judge(
        measures,
        (
            Gate("needs.en.top1", 0.9, at_most=False),
            Gate("needs.en.top1", 0.91, at_most=False),
        ),
    )
    assert (kept.kept, missed.kept) == (True, False)
    assert str(missed) == "needs.en.top1 >= 0.91: 0.900, MISSED"


def test_a_gate_says_nothing_on_few_cases() -> None:
    (verdict,) = judge(measured(pair(FOOD)), (Gate("needs.en.top1", 0.9, at_most=False),))
    assert verdict.kept is None
    assert "too few" in str(verdict)


def test_a_gate_on_an_unknown_measure_is_a_mistake() -> None:
    with pytest.raises(GatesFileError, match=r"needs\.fr"):
        judge(measured(pair(FOOD)), (Gate("needs.fr.top1", 0.9, at_most=False),))


def test_time_can_be_gated() -> None:
    measures = measured(*[pair(FOOD, needs=["food"], milliseconds=20.0)] * 30)
    (verdict,) = judge(measures, (Gate("milliseconds.p50", 15, at_most=True),))
    assert verdict.kept is False
