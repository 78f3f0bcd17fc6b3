"""From many rows to the few that an answer shows: chosen by arrays, then ordered exactly."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.hours import HoursKind
from directory.search import order
from directory.search.hours_table import CLOSED, OPEN
from directory.search.index import Index
from directory.search.model import Relaxation, RelaxationKind
from directory.search.rank import Question, Ranked, Reach, consider, in_order
from directory.search.reach import View, seen_from, touching, within_a_day

Rows = NDArray[Any]
# More are looked at closely than shown: what the arrays are coarse in may change places.
_MORE = 3


@dataclass(slots=True)
class Chosen:
    """The best of one list, in order, and what had to be given up for it."""

    ranked: list[Ranked]
    relaxed: list[Relaxation]


def choose(
    index: Index,
    rows: Rows,
    need: str,
    question: Question,
    *,
    relevance: NDArray[np.uint8],
    count: int,
) -> Chosen:
    """The best `count` of `rows`. `relevance`: steps behind the best, for each of `rows`."""
    relaxed: list[Relaxation] = []
    view = seen_from(index, question.place, question.home)
    kept = _within_reach(index, rows, need, question, view, relaxed)
    if not kept.all():
        rows, relevance = rows[kept], relevance[kept]
    states = order.states_of(index, rows, question)
    if question.open_now:
        if (states >= OPEN).any():
            open_ones = states != CLOSED
            rows, relevance, states = rows[open_ones], relevance[open_ones], states[open_ones]
        else:
            relaxed.append(Relaxation(RelaxationKind.OPEN_NOW, need or None))
    wanted = count + _MORE if count else 0
    if len(rows) > wanted:
        best = order.foremost(
            index,
            rows,
            need,
            question,
            view=view,
            states=states,
            relevance=relevance,
            count=wanted,
        )
        rows, relevance = rows[best], relevance[best]
    ranked = [
        consider(index.listing(row), need, question, relevance=steps)
        for row, steps in zip(rows.tolist(), relevance.tolist(), strict=True)
    ]
    if question.open_now and any(one.is_open for one in ranked):
        ranked = [one for one in ranked if one.hours.kind is not HoursKind.CLOSED]
    return Chosen(in_order(ranked, question)[:count], relaxed)


def _within_reach(
    index: Index,
    rows: Rows,
    need: str,
    question: Question,
    view: View,
    relaxed: list[Relaxation],
) -> NDArray[np.bool_]:
    """Which rows serve the place, and behind them what is a drive away; when none serves it, those
    of its counties; else what is a drive away; else all."""
    place, reach = question.place, view.reach[rows]
    kept: NDArray[np.bool_] = reach != Reach.OUTSIDE
    if place is None or (kept & (reach != Reach.FAR)).any() or not len(rows):
        return kept
    nearby: NDArray[np.bool_] = touching(index, place)[rows]
    found = bool(nearby.any())
    kind = RelaxationKind.PLACE_TO_COUNTY if found else RelaxationKind.PLACE_TO_STATE
    detail = ", ".join(place.counties) if found else place.name
    relaxed.append(Relaxation(kind, need or None, detail))
    kept |= nearby
    return kept if kept.any() else within_a_day(index, place)[rows]
