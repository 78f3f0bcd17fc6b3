"""Holding back small counts so that they cannot be worked out from what is shown. Pure.

The rule is that of the Centers for Medicare & Medicaid Services (CMS cell size suppression policy,
2024): no count of 1 to 10 is shown, nor anything from which one can be derived; a zero may be.
Small counts are hidden first; then, so that no total gives them back, further ones.

A table with its totals is a network: each count is a flow from its row to its column, each total
flows back, and what is known of a line is that as much flows in as out. A hidden count could be
larger than it is just when there is a way round through other hidden ones (Gusfield, "A graph
theoretic approach to statistical data security", SIAM J. Comput. 17, 1988). So for each small
count the cheapest way round is hidden on which it could reach the threshold: a reader cannot tell
even that it is small. Through the grand total there is always one.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

# Row and column; of other things than tables, what they say.
Place = tuple[int, ...]
# Column and row of the totals.
TOTAL = -1
Node = tuple[str, int]
OUTSIDE: Node = ("outside", 0)


@dataclass(frozen=True, slots=True)
class Grid:
    """Counts by row and column. Each thing that is counted stands in one place only, so that the
    sums of rows and columns are totals. A list is a grid of one column without totals of rows."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def is_list(self) -> bool:
        return len(self.columns) == 1

    def row_total(self, row: int) -> int:
        return sum(self.counts[row])

    def column_total(self, column: int) -> int:
        return sum(each[column] for each in self.counts)

    @property
    def total(self) -> int:
        return sum(map(sum, self.counts))


@dataclass(frozen=True, slots=True)
class Protected:
    """A grid as it may be shown; None is held back. `row_totals` of a list are its counts."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None

    @property
    def hides_something(self) -> bool:
        return (
            self.total is None
            or None in self.row_totals
            or None in self.column_totals
            or (any(None in row for row in self.counts))
        )


@dataclass(frozen=True, slots=True)
class Flow:
    """A count as a flow from one line to another. `price`: what it costs a reader not to see it.
    `told`: whether it is shown at all; one that never is must not be worked out either."""

    place: Place
    value: int
    start: Node
    end: Node
    price: int
    told: bool = True


def protected(grid: Grid, *, threshold: int) -> Protected:
    """The grid without the counts from 1 to under `threshold`, and without what would tell them."""
    hidden = hidden_places(grid, threshold=threshold)

    def shown(row: int, column: int, value: int) -> int | None:
        return None if (row, column) in hidden else value

    rows, columns = range(len(grid.rows)), range(len(grid.columns))
    counts = tuple(tuple(shown(r, c, grid.counts[r][c]) for c in columns) for r in rows)
    if grid.is_list:
        row_totals = tuple(row[0] for row in counts)
        column_totals: tuple[int | None, ...] = (shown(TOTAL, 0, grid.total),)
        total = column_totals[0]
    else:
        row_totals = tuple(shown(r, TOTAL, grid.row_total(r)) for r in rows)
        column_totals = tuple(shown(TOTAL, c, grid.column_total(c)) for c in columns)
        total = shown(TOTAL, TOTAL, grid.total)
    return Protected(grid.rows, grid.columns, counts, row_totals, column_totals, total)


def hidden_places(grid: Grid, *, threshold: int) -> frozenset[Place]:
    """(row, column) of what must not be shown; TOTAL stands for the totals."""
    return hidden_among(list(_flows(grid)), threshold=threshold)


def hidden_among(flows: list[Flow], *, threshold: int) -> frozenset[Place]:
    """What must not be shown of counts that flow into each other."""
    small = _small(flows, threshold)
    hidden = {each.place for each in (*small, *(flow for flow in flows if not flow.told))}
    for each in small:
        hidden |= _cheapest_way_round(each, flows, hidden, more=threshold - each.value).keys()
    return frozenset(hidden)


def others_that_fit(
    flows: list[Flow], hidden: frozenset[Place], *, threshold: int
) -> list[dict[Place, int]]:
    """For each small count the counts as they could also be: all that is shown is the same, and
    this one is not small."""
    found = []
    for each in _small(flows, threshold):
        more = threshold - each.value
        way = _cheapest_way_round(each, flows, set(hidden), more=more)
        signs = {each.place: 1} | way
        found.append({flow.place: flow.value + more * signs.get(flow.place, 0) for flow in flows})
    return found


def _small(flows: list[Flow], threshold: int) -> list[Flow]:
    small = [each for each in flows if 0 < each.value < threshold]
    return sorted(small, key=lambda one: (one.value, one.place))


def merged_small_rows(grid: Grid, *, threshold: int, name: str) -> Grid:
    """The grid with its rows of fewer than `threshold` put together as one, where there are two or
    more: a row of nothing but hidden counts tells nobody anything."""
    small = [row for row in range(len(grid.rows)) if grid.row_total(row) < threshold]
    if len(small) < 2:
        return grid
    kept = [row for row in range(len(grid.rows)) if row not in small]
    together = tuple(
        sum(grid.counts[row][column] for row in small) for column in range(len(grid.columns))
    )
    rows = (*(grid.rows[row] for row in kept), name)
    return Grid(rows, grid.columns, (*(grid.counts[row] for row in kept), together))


def _flows(grid: Grid) -> Iterator[Flow]:
    everything = grid.total + 1
    if grid.is_list:
        down: Node = ("column", 0)
        for row, counts in enumerate(grid.counts):
            yield Flow((row, 0), counts[0], OUTSIDE, down, counts[0])
        yield Flow((TOTAL, 0), grid.total, down, OUTSIDE, everything * 100)
        return
    all_rows, all_columns = ("row", TOTAL), ("column", TOTAL)
    for row, counts in enumerate(grid.counts):
        for column, value in enumerate(counts):
            yield Flow((row, column), value, ("row", row), ("column", column), value)
    for row in range(len(grid.rows)):
        total = grid.row_total(row)
        yield Flow((row, TOTAL), total, all_columns, ("row", row), everything + total)
    for column in range(len(grid.columns)):
        total = grid.column_total(column)
        yield Flow((TOTAL, column), total, ("column", column), all_rows, everything + total)
    yield Flow((TOTAL, TOTAL), grid.total, all_rows, all_columns, everything * 100)


def _cheapest_way_round(
    small: Flow, flows: list[Flow], hidden: set[Place], *, more: int
) -> dict[Place, int]:
    """What to hide so that `small` could be larger by `more`, all totals that are shown being
    true; and whether it would be larger then, 1, or smaller, -1. A reader knows that what is
    hidden is not zero, so each must keep at least one."""
    ways: dict[Node, list[tuple[Node, Flow, int]]] = defaultdict(list)
    for each in flows:
        if each.place == small.place or each.value == 0:
            continue
        ways[each.start].append((each.end, each, 1))
        if each.value - 1 >= more:
            ways[each.end].append((each.start, each, -1))
    order = count()
    waiting: list[tuple[int, int, Node, dict[Place, int]]] = [(0, next(order), small.end, {})]
    seen: set[Node] = set()
    while waiting:
        price, _, node, way = heappop(waiting)
        if node == small.start:
            return way
        if node in seen:
            continue
        seen.add(node)
        for following, each, sign in ways[node]:
            if following not in seen:
                extra = 0 if each.place in hidden else each.price
                entry = (price + extra, next(order), following, way | {each.place: sign})
                heappush(waiting, entry)
    raise AssertionError("there is always a way through the grand total")
