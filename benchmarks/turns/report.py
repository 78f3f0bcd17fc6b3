"""The tables of docs/performance.md."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

import psutil

from benchmarks.measures import percentile
from benchmarks.turns.measure import Waits
from directory.settings import ROOT

GUIDE = ROOT / "docs" / "performance.md"
LONGEST_P95 = 1.0


@dataclass
class Figures:
    """`turns` by kind and how many at a time; `growth` by how many at a time; `acknowledged` by
    what was texted."""

    name: str
    turns: dict[tuple[str, int], Waits] = field(default_factory=dict)
    growth: dict[int, Waits] = field(default_factory=dict)
    slow_carrier: Waits = field(default_factory=Waits)
    acknowledged: dict[str, Waits] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    load: float = 0.0

    @property
    def sustained(self) -> float:
        """Most texts a second with a p95 of a second or less."""
        held = [
            waits.per_second
            for waits in self.growth.values()
            if waits.turns and percentile(waits.turns, 0.95) <= LONGEST_P95
        ]
        return max(held, default=0.0)


def summary(waits: Waits) -> str:
    """One line."""
    return (
        f"p50 {_ms(median(waits.turns)):>6} p95 {_ms(percentile(waits.turns, 0.95)):>6} ms, "
        f"{waits.per_second:5.1f} a second, acknowledged p99 "
        f"{_ms(percentile(waits.acknowledged, 0.99))} ms"
    )


def text(found: Sequence[Figures], *, screen: list[float]) -> str:
    memory = psutil.virtual_memory().total / 2**30
    return "\n".join(
        [
            f"{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores ({platform.machine()}), "
            f"{memory:.0f} GB, Python {platform.python_version()}; phones and carrier on the "
            "same cores.",
            "",
            "Milliseconds from the webhook's departure to the text at the carrier:",
            "",
            *_turns(found),
            "",
            f"The safety screen alone, in process: p50 {1000 * median(screen):.2f} ms, "
            f"p95 {1000 * percentile(screen, 0.95):.2f} ms.",
            "",
            "Conversation turns (needs and places, mixed), by how many phones text at a time:",
            "",
            *_growth(found),
            "",
            *_acknowledged(found),
            *_memory(found),
        ]
    )


def _turns(found: Sequence[Figures]) -> list[str]:
    kinds = list(dict.fromkeys(key for figures in found for key in figures.turns))
    lines = [
        "| turn | " + " | ".join(f"{each.name} p50 | p95" for each in found) + " |",
        "|---|" + "--:|--:|" * len(found),
    ]
    for kind, senders in kinds:
        cells = []
        for figures in found:
            waits = figures.turns.get((kind, senders))
            cells += ["", ""] if waits is None else _p50_p95(waits)
        lines.append(f"| {kind}, {senders} at a time | " + " | ".join(cells) + " |")
    return lines


def _growth(found: Sequence[Figures]) -> list[str]:
    lines = [
        "| at a time | " + " | ".join(f"{each.name}: a second | p95, ms" for each in found) + " |",
        "|--:|" + "--:|--:|" * len(found),
    ]
    for senders in dict.fromkeys(key for figures in found for key in figures.growth):
        cells = []
        for figures in found:
            cells += _throughput(figures.growth.get(senders))
        lines.append(f"| {senders} | " + " | ".join(cells) + " |")
    cells = []
    for figures in found:
        cells += _throughput(figures.slow_carrier)
    lines.append("| 8, carrier takes 150 ms | " + " | ".join(cells) + " |")
    held = ", ".join(f"{each.name} {each.sustained:.1f}" for each in found)
    return [*lines, "", f"Most texts a second with p95 within a second: {held}."]


def _throughput(waits: Waits | None) -> list[str]:
    if waits is None or not waits.turns:
        return ["", ""]
    return [f"{waits.per_second:.1f}", _ms(percentile(waits.turns, 0.95))]


def _acknowledged(found: Sequence[Figures]) -> list[str]:
    measured = [each for each in found if each.acknowledged]
    if not measured:
        return []
    lines = [
        "Fifty texts a second come in, whether they are answered or not; milliseconds until each "
        "was stored and acknowledged:",
        "",
        "| texts | " + " | ".join(f"{each.name} p50 | p99" for each in measured) + " |",
        "|---|" + "--:|--:|" * len(measured),
    ]
    for name in measured[0].acknowledged:
        cells = []
        for figures in measured:
            stored = figures.acknowledged[name].acknowledged
            cells += [_ms(median(stored)), _ms(percentile(stored, 0.99))]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def _memory(found: Sequence[Figures]) -> list[str]:
    lines = []
    for figures in found:
        if len(figures.memory) > 1:
            parts = ", ".join(f"{name} {size:.0f}" for name, size in figures.memory.items())
            total = sum(figures.memory.values())
            lines.append(f"Memory, {figures.name}: {total:.0f} MB ({parts}).")
    loads = ", ".join(f"{each.name} {each.load:.1f}" for each in found)
    return [*lines, f"Load of the machine at the end of each: {loads}."]


def _p50_p95(waits: Waits) -> list[str]:
    return [_ms(median(waits.turns)), _ms(percentile(waits.turns, 0.95))]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"
