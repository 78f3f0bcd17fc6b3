"""Two plots as SVG, drawn here: bars and ranges need no library, and the files stay small, readable
in black and white and the same wherever they are made."""

import math
from collections.abc import Iterable, Sequence
from html import escape

from benchmarks import engines
from benchmarks.measures import bootstrap
from benchmarks.queries import Kind
from benchmarks.results import Result, sizes

_WIDTH = 760
_LEFT, _RIGHT, _TOP = 190, 30, 46
_BAR, _GAP = 11, 16
_FONT = 'font-family="system-ui, sans-serif" font-size="12"'
# Told apart without colours: black, hatched, grey, white.
_FILLS = {
    "handoff": "#111",
    "sqlite": "url(#hatched)",
    "postgres": "#bbb",
    "tantivy": "#fff",
}
_HATCHED = (
    '<defs><pattern id="hatched" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/>'
    '<line x1="0" y1="0" x2="0" y2="5" stroke="#111" stroke-width="2"/></pattern></defs>'
)
_TITLES = {
    None: "all queries",
    Kind.NAME: "exact names",
    Kind.NAME_TYPO: "names with slips",
    Kind.NEED_PLACE: "need and place",
    Kind.DESCRIPTION: "no keyword",
    Kind.NEED_TYPO: "needs with slips",
    Kind.FILTERED: "with filters",
}
_TENS = (0.1, 1.0, 10.0, 100.0, 1000.0)  # milliseconds


def quality(found: Sequence[Result]) -> str:
    """nDCG@5 by kind of query, a bar for each engine with its 95 % interval."""
    groups = [(kind, title) for kind, title in _TITLES.items() if found and found[0].ndcgs(kind)]
    drawn: list[str] = []
    top = _TOP
    for kind, title in groups:
        middle = top + _BAR * len(found) / 2
        drawn.append(_text(_LEFT - 8, middle + 4, title, anchor="end"))
        for place, result in enumerate(found):
            interval = bootstrap(result.ndcgs(kind))
            y = top + place * _BAR
            drawn.append(_bar(y, _share(interval.mean), result.outcome.engine))
            drawn.append(_whisker(y, _share(interval.low), _share(interval.high)))
            drawn.append(_text(_share(interval.high) + 6, y + 9, f"{interval.mean:.2f}", size=10))
        top += _BAR * len(found) + _GAP
    axis = [_grid(_share(value), top, f"{value:.1f}") for value in (0, 0.2, 0.4, 0.6, 0.8, 1.0)]
    heading = "nDCG@5 by kind of query, with 95 % intervals"
    return _drawing(top + 28, heading, found, [*axis, *drawn])


def latency(measured: Sequence[Result]) -> str:
    """From p50 to p99 on a logarithmic axis, for each size and engine; a tick at p95."""
    drawn: list[str] = []
    top = _TOP
    for count in sizes(measured):
        drawn.append(_text(12, top + 9, f"{count:,} services", weight="bold"))
        for result in (one for one in measured if one.outcome.services == count):
            times, key = result.outcome.latency, result.outcome.engine
            start, tick, end = (_log(value) for value in (times.p50, times.p95, times.p99))
            drawn.append(_text(_LEFT - 8, top + 9, engines.label(key), anchor="end"))
            drawn.append(_rectangle(start, top, max(2.0, end - start), _BAR - 1, _FILLS[key]))
            drawn.append(_line(tick, top - 2, tick, top + _BAR + 1))
            drawn.append(_text(end + 6, top + 9, f"{times.p50:.1f} to {times.p99:,.0f}", size=10))
            top += _BAR + 5
        top += _GAP
    axis = [_grid(_log(value), top, f"{value:g} ms") for value in _TENS]
    heading = "Latency of one query, p50 to p99 (tick: p95)"
    return _drawing(top + 28, heading, [], [*axis, *drawn])


def _drawing(height: float, heading: str, legend: Iterable[Result], parts: list[str]) -> str:
    shown = [_text(12, 18, heading, weight="bold")]
    x = 345.0
    for result in legend:
        key = result.outcome.engine
        shown.append(_rectangle(x, 9, 14, 10, _FILLS[key]))
        shown.append(_text(x + 19, 18, engines.label(key), size=11))
        x += 102
    body = "\n".join([_HATCHED, *shown, *parts])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" '
        f'width="{_WIDTH}" height="{height:.0f}" {_FONT} role="img" '
        f'aria-label="{escape(heading)}">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _share(value: float) -> float:
    return _LEFT + value * (_WIDTH - _LEFT - _RIGHT - 30)


def _log(milliseconds: float) -> float:
    low, high = math.log10(_TENS[0]), math.log10(_TENS[-1])
    place = (math.log10(max(milliseconds, _TENS[0])) - low) / (high - low)
    return _LEFT + min(1.0, place) * (_WIDTH - _LEFT - _RIGHT - 60)


def _bar(y: float, end: float, key: str) -> str:
    return _rectangle(_LEFT, y, end - _LEFT, _BAR - 1, _FILLS[key])


def _whisker(y: float, low: float, high: float) -> str:
    middle = y + (_BAR - 1) / 2
    # White under black: to be seen on a black bar too.
    return (
        f'<line x1="{low:.1f}" y1="{middle:.1f}" x2="{high:.1f}" y2="{middle:.1f}" '
        'stroke="#fff" stroke-width="3.5"/>'
        f'<line x1="{low:.1f}" y1="{middle:.1f}" x2="{high:.1f}" y2="{middle:.1f}" '
        'stroke="#111" stroke-width="1.2"/>'
    )


def _rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="{height:.1f}" '
        f'fill="{fill}" stroke="#111" stroke-width="1"/>'
    )


def _grid(x: float, bottom: float, label: str) -> str:
    return (
        f'<line x1="{x:.1f}" y1="{_TOP - 8}" x2="{x:.1f}" y2="{bottom - 8:.1f}" stroke="#ccc"/>'
        + _text(x, bottom + 8, label, anchor="middle", size=11)
    )


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        'stroke="#111" stroke-width="2"/>'
    )


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}" fill="#111">{escape(words)}</text>'
    )
