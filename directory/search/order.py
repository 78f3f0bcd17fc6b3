"""The order of `rank`, for many listings at once: the same ladder as one number a listing.

Only who is first on it is looked at closely. The arrays are coarse in two things, which `rank`
then sets right among the chosen: irregular hours count as unknown where there are many, and
distances are steps of a sixteenth of a mile.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search.audience import CLOSED_GROUPS, Fit, groups_asked, groups_of_need
from directory.search.columns import NO_AGE, need_number
from directory.search.hours_table import CLOSED, OPEN, States
from directory.search.index import Index
from directory.search.rank import (
    AGING_DAYS,
    CRISIS_NEEDS,
    FAR_FROM_THE_POINT,
    FRESH_DAYS,
    NOT_FOR_THEM,
    ROOM_COUNTS,
    SECOND_NEED,
    Question,
    passing_at,
)
from directory.search.reach import View

Rows = NDArray[Any]
# So many bits, and the values of some places.
Rung = tuple[int, Callable[[Rows | slice], NDArray[Any]]]
# So many times as many as are wanted are put in their full order.
_SPARE = 4


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """What of every row is the same for most questions; worked out once for an index.

    `fit`: for whom the question says nothing of whom it is about. `set_back`: whether any row is.
    """

    no_way: NDArray[np.bool_]
    no_intake: NDArray[np.bool_]
    fit: NDArray[np.uint8]
    set_back: bool
    passing: bool


def states_of(index: Index, rows: Rows, question: Question) -> States:
    """Whether each of these rows is open; irregular hours exactly, where they are few."""
    table = index.lexicon.hours
    states = table.states(question.at, question.zone)
    hours = index.columns.hours[rows]
    found = table.refined(states, hours, question.at, question.zone)[hours]
    if not _standing(index).passing:
        return found
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
    ladder = _ladder(index, rows, need, question, view, states, relevance)
    for some in (_among_first(ladder, len(rows), _SPARE * count), np.arange(len(rows))):
        order = some[np.argsort(_keys(ladder, some), kind="stable")]
        fresh = _first_of_their_number(index.columns.number[rows[order]])
        if len(some) == len(rows) or int(fresh.sum()) >= count:
            break
    found: Rows = np.concatenate([order[fresh], order[~fresh]])[:count]
    return found


def _ladder(
    index: Index,
    rows: Rows,
    need: str,
    question: Question,
    view: View,
    states: States,
    relevance: NDArray[np.uint8],
) -> list[Rung]:
    """The steps of `rank`: for places in `rows`, the smaller the further to the front. What is
    the same for all of them is left out."""
    columns, standing = index.columns, _standing(index)
    not_open = states < OPEN
    ladder: list[Rung] = [(1, lambda some: standing.no_way[rows[some]])]
    if question.open_now:
        asked = np.where(states == CLOSED, np.uint8(2), not_open)
        ladder.append((2, lambda some: asked[some]))
    if need:
        asked_for = groups_asked(question.groups, question.age, need)
        limited = columns.limited[rows]
        others = (limited != 0) & ((limited & asked_for) == 0)
        ladder.append((1, lambda some: others[some]))
    if need in CRISIS_NEEDS:
        pointless = 2 * (relevance >= FAR_FROM_THE_POINT) + not_open
        ladder.append((2, lambda some: pointless[some]))
    ladder.append((2, lambda some: view.tier[rows[some]]))
    apart = relevance + view.beside[rows]
    if need:
        apart += np.uint8(SECOND_NEED) * (columns.main_need[rows] != need_number(need))
    if question.groups:
        apart += np.uint8(NOT_FOR_THEM) * ((columns.groups[rows] & question.groups) == 0)
    if apart.any():
        ladder.append((4, lambda some: apart[some]))
    ladder.append((1, lambda some: not_open[some]))
    if standing.set_back:
        ladder.append((2, lambda some: _set_back(index, rows[some], question)))
    if question.age is None and not question.groups | groups_of_need(need):
        ladder.append((2, lambda some: standing.fit[rows[some]]))
    else:
        ladder.append((2, lambda some: _fit(index, rows[some], need, question)))
    if question.language not in (None, "en"):
        ladder.append((1, lambda some: _not_spoken(index, rows[some], question.language)))
    stale = _staleness(index, question.at.date().toordinal())
    return [
        *ladder,
        (4, lambda some: view.steps[rows[some]]),
        (2, lambda some: stale[rows[some]]),
        (1, lambda some: standing.no_intake[rows[some]]),
        (16, lambda some: view.sixteenths[rows[some]]),
    ]


def _standing(index: Index) -> _Standing:
    kept: _Standing | None = index.worked_out.get(_Standing)
    if kept is None:
        columns = index.columns
        closed_groups = (columns.groups & CLOSED_GROUPS) > 0
        kept = index.worked_out[_Standing] = _Standing(
            no_way=(columns.number == 0) & np.isnan(columns.x),
            no_intake=~columns.intake,
            fit=np.where(closed_groups, np.uint8(Fit.FOR_OTHERS), np.uint8(Fit.FOR_ALL)),
            set_back=bool(columns.lowered.any() or (columns.room == 0).any()),
            passing=bool(columns.passing.any()),
        )
    return kept


def _staleness(index: Index, today: int) -> NDArray[np.uint8]:
    """Of all rows, on the day with this ordinal."""
    day, kept = index.worked_out.get("staleness", (None, None))
    if kept is None or day != today:
        age = today - index.columns.checked
        kept = (age > FRESH_DAYS).astype(np.uint8) + (age > AGING_DAYS)
        index.worked_out["staleness"] = (today, kept)
    found: NDArray[np.uint8] = kept
    return found


def _among_first(ladder: list[Rung], total: int, count: int) -> Rows:
    """Those in question for the first `count`: step by step only those are looked at that the
    steps before leave equal, where the last of the first must be among them."""
    equal: Rows | slice = slice(None)  # all of them: taken without copying
    found: list[Rows] = []
    left = total
    for _, step in ladder:
        if left <= count:
            break
        values = step(equal)
        if values[0] == values[-1] and values.min() == values.max():
            continue
        values = values.astype(np.uint16, copy=False)
        last = int(np.searchsorted(np.cumsum(np.bincount(values)), count))
        places = np.arange(total) if isinstance(equal, slice) else equal
        found.append(places[values < last])
        equal = places[values == last]
        count -= len(found[-1])
        left = int(np.count_nonzero(values == last))
    return np.concatenate([*found, np.arange(total)[equal]])


def _keys(ladder: list[Rung], some: Rows) -> NDArray[np.int64]:
    keys = np.zeros(len(some), np.int64)
    for bits, step in ladder:
        keys <<= bits
        keys += step(some)
    return keys


def _first_of_their_number(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which do not repeat the number of an earlier one."""
    first = np.zeros(len(numbers), np.bool_)
    first[np.unique(numbers, return_index=True)[1]] = True
    first |= numbers == 0
    return first


def _set_back(index: Index, rows: Rows, question: Question) -> NDArray[np.uint8]:
    """One step for what nobody has confirmed, one for what is full."""
    behind = index.columns.lowered[rows].astype(np.uint8)
    full: NDArray[np.bool_] = index.columns.room[rows] == 0
    if full.any():
        said_at = index.columns.room_at[rows]
        behind += full & (question.at.timestamp() - said_at <= ROOM_COUNTS.total_seconds())
    return behind


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
