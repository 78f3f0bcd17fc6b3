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

Place = tuple[int, int]
# Column and row of the totals.
TOTAL = -1
_OUTSIDE = ("outside", 0)
_Node = tuple[str, int]


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
class _Count:
    """A count as a flow from one line to another. `price`: what it costs a reader not to see it."""

    place: Place
    value: int
    start: _Node
    end: _Node
    price: int


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
    counts = list(_flows(grid))
    small = [each for each in counts if 0 < each.value < threshold]
    hidden = {each.place for each in small}
    for each in sorted(small, key=lambda one: (one.value, one.place)):
        hidden |= _cheapest_way_round(each, counts, hidden, more=threshold - each.value)
    return frozenset(hidden)


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


def _flows(grid: Grid) -> Iterator[_Count]:
    everything = grid.total + 1
    if grid.is_list:
        down: _Node = ("column", 0)
        for row, counts in enumerate(grid.counts):
            yield _Count((row, 0), counts[0], _OUTSIDE, down, counts[0])
        yield _Count((TOTAL, 0), grid.total, down, _OUTSIDE, everything * 100)
        return
    all_rows, all_columns = ("row", TOTAL), ("column", TOTAL)
    for row, counts in enumerate(grid.counts):
        for column, value in enumerate(counts):
            yield _Count((row, column), value, ("row", row), ("column", column), value)
    for row in range(len(grid.rows)):
        total = grid.row_total(row)
        yield _Count((row, TOTAL), total, all_columns, ("row", row), everything + total)
    for column in range(len(grid.columns)):
        total = grid.column_total(column)
        yield _Count((TOTAL, column), total, ("column", column), all_rows, everything + total)
    yield _Count((TOTAL, TOTAL), grid.total, all_rows, all_columns, everything * 100)


def _cheapest_way_round(
    small: _Count, counts: list[_Count], hidden: set[Place], *, more: int
) -> set[Place]:
    """What to hide so that `small` could be larger by `more`, all totals that are shown being
    true. A reader knows that what is hidden is not zero, so each must keep at least one."""
    ways: dict[_Node, list[tuple[_Node, _Count]]] = defaultdict(list)
    for each in counts:
        if each.place == small.place or each.value == 0:
            continue
        ways[each.start].append((each.end, each))  # it could be larger,
        if each.value - 1 >= more:  # or smaller
            ways[each.end].append((each.start, each))
    order = count()
    waiting: list[tuple[int, int, _Node, frozenset[Place]]] = [
        (0, next(order), small.end, frozenset())
    ]
    seen: set[_Node] = set()
    while waiting:
        price, _, node, way = heappop(waiting)
        if node == small.start:
            return set(way)
        if node in seen:
            continue
        seen.add(node)
        for following, each in ways[node]:
            if following not in seen:
                extra = 0 if each.place in hidden else each.price
                entry = (price + extra, next(order), following, way | {each.place})
                heappush(waiting, entry)
    raise AssertionError("there is always a way through the grand total")
