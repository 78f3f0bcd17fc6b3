"""The tables of docs/search-benchmark.md, from what was measured.

The guide is written by hand; what stands between its marks is replaced.
"""

from collections.abc import Callable, Iterable, Sequence

from benchmarks import engines, plot
from benchmarks.measures import Interval, bootstrap, difference
from benchmarks.queries import Kind
from benchmarks.results import Result, sizes
from directory.settings import ROOT
from tools import guides

GUIDE = ROOT / "docs" / "search-benchmark.md"
QUALITY_PLOT = GUIDE.with_name("search-benchmark-quality.svg")
LATENCY_PLOT = GUIDE.with_name("search-benchmark-latency.svg")

KINDS = {
    Kind.NAME: "exact names",
    Kind.NAME_TYPO: "names with slips",
    Kind.NEED_PLACE: "need and place",
    Kind.DESCRIPTION: "descriptions without the keyword",
    Kind.NEED_TYPO: "needs with slips",
    Kind.FILTERED: "with filters",
}
_LANGUAGES = {"en": "in English", "es": "in Spanish"}


def write(measured: Sequence[Result]) -> None:
    """The guide's tables and both plots. Raises ValueError when the guide has lost its marks."""
    guides.put(GUIDE, "measured", tables(measured))
    QUALITY_PLOT.write_text(plot.quality(_of_size(measured, sizes(measured)[0])), encoding="utf-8")
    LATENCY_PLOT.write_text(plot.latency(measured), encoding="utf-8")


def tables(measured: Sequence[Result]) -> str:
    parts: list[str] = []
    for count in sizes(measured):
        found = _of_size(measured, count)
        first = found[0]
        parts += [
            f"### {count:,} services",
            f"{len(first.scores)} queries. {first.machine}. {first.day}.",
            _quality(found),
            _advantage(found),
            _speed(found),
        ]
    return "\n\n".join(part for part in parts if part)


def _of_size(measured: Iterable[Result], count: int) -> list[Result]:
    return [result for result in measured if result.outcome.services == count]


def _quality(found: Sequence[Result]) -> str:
    """nDCG@5 overall with its interval, recall@5, and nDCG@5 by kind and by language."""
    rows: list[tuple[str, Callable[[Result], str]]] = [
        ("**nDCG@5, all queries**", lambda r: f"**{_span(bootstrap(r.ndcgs()))}**"),
        ("recall@5, all queries", lambda r: _span(bootstrap(r.recalls()))),
    ]
    for kind, title in KINDS.items():
        count = len(found[0].ndcgs(kind))
        if count:
            rows.append((f"nDCG@5, {title} ({count})", _mean_of_kind(kind)))
    for lang, title in _LANGUAGES.items():
        count = len(found[0].ndcgs(lang=lang))
        if count:
            rows.append((f"nDCG@5, {title} ({count})", _mean_of_language(lang)))
    for kind, title in KINDS.items():
        if found[0].recalls(kind):
            rows.append((f"recall@5, {title}", _recall_of_kind(kind)))
    return _table(found, rows)


def _mean_of_kind(kind: Kind) -> Callable[[Result], str]:
    return lambda result: _span(bootstrap(result.ndcgs(kind)))


def _mean_of_language(lang: str) -> Callable[[Result], str]:
    return lambda result: _span(bootstrap(result.ndcgs(lang=lang)))


def _recall_of_kind(kind: Kind) -> Callable[[Result], str]:
    return lambda result: f"{bootstrap(result.recalls(kind)).mean:.3f}"


def _advantage(found: Sequence[Result]) -> str:
    """How far Handoff is from each peer, query by query: all of them, and exact names."""
    ours = next((result for result in found if result.outcome.engine == engines.OURS), None)
    peers = [result for result in found if result is not ours]
    if ours is None or not peers:
        return ""
    lines = [
        "| Handoff minus | all queries | exact names |",
        "|---|---|---|",
    ]
    for peer in peers:
        overall = difference(ours.ndcgs(), peer.ndcgs())
        pairs = ours.ndcgs(Kind.NAME), peer.ndcgs(Kind.NAME)
        names = _signed(difference(*pairs)) if pairs[0] else ""
        lines.append(f"| {engines.label(peer.outcome.engine)} | {_signed(overall)} | {names} |")
    return "\n".join(lines)


def _speed(found: Sequence[Result]) -> str:
    ours = next((result for result in found if result.outcome.engine == engines.OURS), None)

    def beside(result: Result, share: str) -> str:
        own = getattr(result.outcome.latency, share)
        if ours is None or result is ours:
            return f"{own:,.2f}"
        return f"{own:,.2f} ({own / getattr(ours.outcome.latency, share):,.1f} ×)"

    def encoding(result: Result) -> str:
        times = result.outcome.encoding
        return f"{times.p50:.1f} / {times.p99:.1f}" if times else "–"

    rows: list[tuple[str, Callable[[Result], str]]] = [
        ("latency p50, ms", lambda r: beside(r, "p50")),
        ("latency p95, ms", lambda r: beside(r, "p95")),
        ("latency p99, ms", lambda r: beside(r, "p99")),
        ("queries a second, one core", lambda r: f"{r.outcome.per_second:,.0f}"),
        ("encoding a query p50 / p99, ms", encoding),
        ("building the index, s", lambda r: f"{r.outcome.build_seconds:,.1f}"),
        ("memory, MB", lambda r: f"{r.outcome.memory:,.0f}"),
    ]
    return _table(found, rows)


def _table(found: Sequence[Result], rows: Iterable[tuple[str, Callable[[Result], str]]]) -> str:
    names = [engines.label(result.outcome.engine) for result in found]
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for title, cell in rows:
        lines.append(f"| {title} | " + " | ".join(cell(result) for result in found) + " |")
    return "\n".join(lines)


def _span(interval: Interval) -> str:
    return f"{interval.mean:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def _signed(interval: Interval) -> str:
    return f"{interval.mean:+.3f} ({interval.low:+.3f} to {interval.high:+.3f})"
