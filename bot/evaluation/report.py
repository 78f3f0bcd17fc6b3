"""Writes the measures down: a table for the console, one JSON object, one HTML page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.table import Table

from bot.evaluation.calibration import expected_error
from bot.evaluation.measures import NOTHING, Measures, Pair, Share
from bot.evaluation.misses import misses

UNKNOWN = "–"
PAGE = "report.html"

_NAMES = {
    "needs": "Need",
    "top1": "first",
    "top3": "among three",
    "served": "Need served within two turns",
    "asked": "Asked which need is meant",
    "all_needs.recall": "Several needs: each found",
    "risk.immediate_recall": "Danger seen",
    "risk.false_alarm": "False alarm",
    "risk.type_accuracy": "Danger: which one",
    "risk.past_not_emergency": "Past danger: no emergency reply",
    "optout.recall": "Opt-out heeded",
    "optout.false_alarm": "Opt-out by mistake",
    "checkin.accuracy": "Answer to a check-in read",
    "place.accuracy": "Place read",
    "place.false_alarm": "Place read where none is",
}
_LANGUAGES = {"en": "English", "es": "Spanish", "mixed": "mixed"}


class Line(NamedTuple):
    """One row of the table, ready to print."""

    name: str
    share: str
    interval: str
    counts: str


class Row(NamedTuple):
    """One row of the confusion table: the need meant, and how often it was taken for which."""

    meant: str
    top1: str
    top3: str
    n: int
    taken_for: tuple[tuple[str, int], ...]


def lines(measures: Measures) -> list[Line]:
    """The measures as a person reads them; a language without messages is left out."""
    return [
        Line(_title(name), percent(share.value), interval(share), f"{share.hits}/{share.of}")
        for name, share in measures.shares().items()
        if share.of or _LANGUAGES.keys().isdisjoint(name.split("."))
    ]


def _title(name: str) -> str:
    if name.startswith("needs."):
        _, language, depth = name.split(".")
        return f"Need {_NAMES[depth]}, {_LANGUAGES[language]}"
    stem, _, last = name.rpartition(".")
    return f"{_NAMES[stem]}, {_LANGUAGES[last]}" if stem in _NAMES else _NAMES[name]


def percent(value: float | None) -> str:
    """A share with one digit after the point."""
    return UNKNOWN if value is None else f"{value:.1%}"


def interval(share: Share) -> str:
    """The 95 % interval of a share, such as "81.2–93.0 %"."""
    bounds = share.interval
    return UNKNOWN if bounds is None else f"{bounds[0] * 100:.1f}–{bounds[1] * 100:.1f} %"


def speed(measures: Measures) -> str:
    """How long a message took."""
    if measures.p50 is None or measures.p95 is None:
        return UNKNOWN
    return f"{measures.p50:.0f} ms in the middle, {measures.p95:.0f} ms at the 95th percentile"


def console_table(measures: Measures) -> Table:
    """Every measure with its interval."""
    title = f"{measures.n} labelled messages"
    table = Table(title=title, caption=f"Per message: {speed(measures)}")
    table.add_column("Measure")
    for heading in ("Share", "95 % interval", "Counts"):
        table.add_column(heading, justify="right")
    for line in lines(measures):
        table.add_row(*line)
    return table


def as_json(measures: Measures, pairs: Sequence[Pair], *, rasa_failed: int) -> dict[str, Any]:
    """The object that `handoff evaluate --json` writes.

    What other people's scripts read: `n` to `predictions`, without `served` and `calibration`.
    Beyond that: `replies` (the needs gone on with or offered, by message), `intervals` (hits, of
    and the 95 % interval of each share, by its dotted name), `by_need` (by the primary need),
    `confusion` (need meant -> first need predicted -> messages) and `rasa_failed` (messages for
    which the rule search had to stand in).
    """
    shares = measures.shares()

    def by_language(stem: str) -> dict[str, float | None]:
        return {language: shares[f"{stem}.{language}"].value for language in ("en", "es")}

    return {
        "n": measures.n,
        "needs": {
            language: {"n": need.top1.of, "top1": need.top1.value, "top3": need.top3.value}
            for language, need in measures.needs.items()
        },
        "served": {language: share.value for language, share in measures.served.items()},
        "calibration": {
            "error": expected_error(measures.calibration),
            "bins": [
                {"confidence": each.confidence, "right": each.right, "of": each.of}
                for each in measures.calibration
            ],
        },
        "all_needs": {"n": measures.all_needs_messages, "recall": measures.all_needs.value},
        "risk": {
            "immediate_recall": by_language("risk.immediate_recall"),
            "type_accuracy": measures.risk.type_accuracy.value,
            "false_alarm": by_language("risk.false_alarm"),
            "past_not_emergency": measures.risk.past_not_emergency.value,
        },
        "optout": {
            "recall": measures.optout_recall.value,
            "false_alarm": measures.optout_false_alarm.value,
        },
        "checkin": {"n": measures.checkin.of, "accuracy": measures.checkin.value},
        "place": {"n": measures.place.of, "accuracy": measures.place.value},
        "ms_per_message": {"p50": _rounded(measures.p50), "p95": _rounded(measures.p95)},
        "predictions": [pair.prediction.as_json() for pair in pairs],
        "replies": [pair.prediction.reply_as_json() for pair in pairs],
        "intervals": {name: _interval_json(share) for name, share in shares.items()},
        "by_need": {
            need: {"n": found.top1.of, "top1": found.top1.value, "top3": found.top3.value}
            for need, found in measures.by_need.items()
        },
        "confusion": measures.confusion,
        "rasa_failed": rasa_failed,
    }


def _interval_json(share: Share) -> dict[str, Any]:
    low, high = share.interval or (None, None)
    return {"hits": share.hits, "of": share.of, "low": low, "high": high}


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 2)


def html_page(
    measures: Measures,
    pairs: Sequence[Pair],
    *,
    file_name: str,
    made_at: datetime,
    warning: str | None,
) -> str:
    """A page that needs nothing else: no script, nothing loaded. Texts in it are escaped."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template(PAGE).render(
        file_name=file_name,
        made_at=made_at,
        warning=warning,
        n=measures.n,
        speed=speed(measures),
        lines=lines(measures),
        calibration=measures.calibration,
        calibration_error=percent(expected_error(measures.calibration)),
        rows=confusion_rows(measures),
        groups=misses(pairs),
    )


def confusion_rows(measures: Measures) -> list[Row]:
    """The needs, those most often missed first; what each was taken for, most often first."""
    rows = []
    for need in measures.by_need:
        found = measures.by_need[need]
        taken = _wrong_answers(measures.confusion.get(need, {}), need)
        top1, top3 = percent(found.top1.value), percent(found.top3.value)
        rows.append((found.top1.value or 0.0, Row(need, top1, top3, found.top1.of, taken)))
    return [row for _, row in sorted(rows, key=lambda each: (each[0], each[1].meant))]


def _wrong_answers(counts: Mapping[str, int], need: str) -> tuple[tuple[str, int], ...]:
    wrong = [(taken, count) for taken, count in counts.items() if taken != need]
    return tuple(sorted(wrong, key=lambda each: (-each[1], each[0] == NOTHING, each[0])))
