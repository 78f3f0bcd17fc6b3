"""The order of `rank`, for many listings at once: the same ladder as one number a listing.

Only who is first on it is looked at closely. The arrays are coarse in two things, which `rank`
then sets right among the chosen: irregular hours count as unknown where there are many, and
distances are steps of a sixteenth of a mile.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search.audience import CLOSED_GROUPS, Fit, groups_of_need
from directory.search.columns import NO_AGE, need_number
from directory.search.hours_table import CLOSED, OPEN, States
from directory.search.index import Index
from directory.search.rank import (
    AGING_DAYS,
    CRISIS_NEEDS,
    FRESH_DAYS,
    ROOM_COUNTS,
    Question,
    passing_at,
)
from directory.search.reach import View

Rows = NDArray[Any]
Ladder = Iterable[tuple[int, NDArray[Any] | int]]
# So many times as many as are wanted are put in their full order.
_SPARE = 4


def states_of(index: Index, rows: Rows, question: Question) -> States:
    """Whether each of these rows is open; irregular hours exactly, where they are few."""
    table = index.lexicon.hours
    states = table.states(question.at, question.zone)
    hours = index.columns.hours[rows]
    found = table.refined(states, hours, question.at, question.zone)[hours]
    for place in np.flatnonzero(index.columns.passing[rows]).tolist():
        passing = passing_at(index.listing(int(rows[place])), question.at)
        if passing is not None and passing.closure:
            found[place] = CLOSED
    return found


def foremost(
    index: Index,
    rows: Rows,
    need: str,
    question: Question,
    *,
    view: View,
    states: States,
    relevance: NDArray[np.uint8],
    count: int,
) -> Rows:
    """Which of `rows` are the first `count`, as places in `rows`, in order."""
    upper = _as_numbers(_upper(index, rows, need, question, view, states, relevance), len(rows))
    every = np.arange(len(rows))
    for some in (_among_first(upper, _SPARE * count), every):
        lower = _as_numbers(_lower(index, rows[some], need, question, view), len(some))
        order = some[np.argsort((upper[some] << 32) + lower, kind="stable")]
        numbers = index.columns.number[rows[order]]
        fresh = _first_of_their_number(numbers)
        if len(some) == len(rows) or int(fresh.sum()) >= count:
            break
    found: Rows = np.concatenate([order[fresh], order[~fresh]])[:count]
    return found


def _among_first(upper: NDArray[np.int64], count: int) -> Rows:
    """Those that the upper steps of the ladder leave in question for the first `count`."""
    if len(upper) <= count:
        return np.arange(len(upper))
    return np.flatnonzero(upper <= np.partition(upper, count)[count])


def _upper(
    index: Index,
    rows: Rows,
    need: str,
    question: Question,
    view: View,
    states: States,
    relevance: NDArray[np.uint8],
) -> Ladder:
    columns = index.columns
    not_open = states < OPEN
    yield 1, columns.number[rows] == 0
    if need:
        yield 1, columns.main_need[rows] != need_number(need)
    if question.open_now:
        yield 2, np.where(states == CLOSED, np.uint8(2), not_open)
    if need in CRISIS_NEEDS:
        yield 1, not_open
    yield 2, view.tier[rows]
    yield 3, relevance
    yield 1, not_open
    yield 2, columns.lowered[rows].astype(np.uint8) + _is_full(index, rows, question)


def _lower(index: Index, rows: Rows, need: str, question: Question, view: View) -> Ladder:
    columns = index.columns
    yield 2, _fit(index, rows, need, question)
    yield 1, _not_spoken(index, rows, question.language)
    yield 4, view.steps[rows]
    age = question.at.date().toordinal() - columns.checked[rows]
    yield 2, (age > FRESH_DAYS).astype(np.uint8) + (age > AGING_DAYS)
    yield 1, ~columns.intake[rows]
    yield 16, view.sixteenths[rows]


def _as_numbers(ladder: Ladder, count: int) -> NDArray[np.int64]:
    numbers = np.zeros(count, np.int64)
    for bits, values in ladder:
        numbers <<= bits
        numbers += values
    return numbers


def _first_of_their_number(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which do not repeat the number of an earlier one."""
    first = np.zeros(len(numbers), np.bool_)
    first[np.unique(numbers, return_index=True)[1]] = True
    first |= numbers == 0
    return first


def _is_full(index: Index, rows: Rows, question: Question) -> NDArray[np.bool_]:
    full: NDArray[np.bool_] = index.columns.room[rows] == 0
    if full.any():
        said_at = index.columns.room_at[rows]
        full &= question.at.timestamp() - said_at <= ROOM_COUNTS.total_seconds()
    return full


def _fit(index: Index, rows: Rows, need: str, question: Question) -> NDArray[np.uint8]:
    columns = index.columns
    groups = columns.groups[rows]
    found = np.full(len(rows), Fit.FOR_ALL, np.uint8)
    found[(groups & CLOSED_GROUPS) > 0] = Fit.FOR_OTHERS
    found[(groups & (question.groups | groups_of_need(need))) > 0] = Fit.FOR_YOU
    if question.age is not None:
        minimum, maximum = columns.minimum_age[rows], columns.maximum_age[rows]
        found[(minimum != NO_AGE) & (minimum > question.age)] = Fit.NOT_YOUR_AGE
        found[maximum < question.age] = Fit.NOT_YOUR_AGE
    return found


def _not_spoken(index: Index, rows: Rows, language: str | None) -> NDArray[np.bool_]:
    if language in (None, "en"):
        return np.zeros(len(rows), np.bool_)
    silent = np.ones(len(index.live), np.bool_)
    silent[index.rows_of_key(f"language {language}")] = False
    return silent[rows]
