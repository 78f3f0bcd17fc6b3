"""What is held back cannot be worked out: an attacker tries every table that fits."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.measures.suppression import (
    Grid,
    Protected,
    merged_small_rows,
    protected,
)

THRESHOLD = 3
# The largest count of the examples and what a small one lacks: further no hidden count can move.
MOST = 5 + THRESHOLD


def grid_of(*rows: tuple[int, ...]) -> Grid:
    names = tuple(f"row {number}" for number in range(len(rows)))
    return Grid(names, tuple(f"column {number}" for number in range(len(rows[0]))), rows)


def tables_that_fit(shown: Protected, *, most: int) -> list[list[list[int]]]:
    """Every table of counts up to `most` that shows just this, hidden counts being 1 or more."""
    rows, columns = len(shown.rows), len(shown.columns)
    choices = [
        [cell] if cell is not None else range(1, most + 1) for row in shown.counts for cell in row
    ]
    found = []
    for cells in product(*choices):
        table = [list(cells[row * columns : (row + 1) * columns]) for row in range(rows)]
        if _fits(table, shown):
            found.append(table)
    return found


def _fits(table: list[list[int]], shown: Protected) -> bool:
    sums = [sum(row) for row in table]
    across = [sum(column) for column in zip(*table, strict=True)]
    pairs = [*zip(across, shown.column_totals, strict=True), (sum(sums), shown.total)]
    if len(shown.columns) > 1:
        pairs += zip(sums, shown.row_totals, strict=True)
    return all(told is None or told == true for true, told in pairs)


small_lists = st.lists(st.integers(0, 5), min_size=1, max_size=4)
pairs = st.tuples(st.integers(0, 5), st.integers(0, 5))
small_grids = st.lists(pairs, min_size=2, max_size=2).map(lambda rows: grid_of(*rows))
quick = settings(max_examples=60)


@quick
@given(small_lists)
def test_no_small_count_of_a_list_can_be_worked_out(counts: list[int]) -> None:
    grid = grid_of(*((count,) for count in counts))
    _check(grid)


@quick
@given(small_grids)
def test_no_small_count_of_a_table_can_be_worked_out(grid: Grid) -> None:
    _check(grid)


def _check(grid: Grid) -> None:
    shown = protected(grid, threshold=THRESHOLD)
    fitting = tables_that_fit(shown, most=MOST)
    assert [list(row) for row in grid.counts] in fitting
    for number, row in enumerate(grid.counts):
        for column, count in enumerate(row):
            if 0 < count < THRESHOLD:
                assert shown.counts[number][column] is None
                possible = {table[number][column] for table in fitting}
                assert len(possible) > 1
                assert max(possible) >= THRESHOLD
            elif count == 0:
                assert shown.counts[number][column] == 0


@pytest.mark.parametrize(
    "rows", [((2, 5, 0), (4, 1, 3)), ((1, 4, 5), (5, 4, 1)), ((2, 2, 2), (5, 5, 5))]
)
def test_no_small_count_of_a_wider_table_can_be_worked_out(
    rows: tuple[tuple[int, ...], ...],
) -> None:
    _check(grid_of(*rows))


@quick
@given(small_grids)
def test_no_small_total_is_shown(grid: Grid) -> None:
    shown = protected(grid, threshold=THRESHOLD)
    told = (*shown.row_totals, *shown.column_totals, shown.total)
    assert not [total for total in told if total is not None and 0 < total < THRESHOLD]


@quick
@given(small_grids)
def test_what_is_shown_is_true(grid: Grid) -> None:
    shown = protected(grid, threshold=THRESHOLD)
    for true, told in zip(grid.counts, shown.counts, strict=True):
        assert all(cell is None or cell == count for count, cell in zip(true, told, strict=True))
    assert shown.total in (None, grid.total)


def test_where_nothing_is_small_everything_is_shown() -> None:
    shown = protected(grid_of((11, 0), (12, 30)), threshold=11)
    assert not shown.hides_something


def test_one_small_count_takes_the_smallest_that_can_hide_it() -> None:
    shown = protected(grid_of((500,), (14,), (3,), (90,)), threshold=11)
    assert shown.row_totals == (500, None, None, 90)
    assert shown.total == 607


def test_where_nothing_else_can_hide_it_the_total_does() -> None:
    shown = protected(grid_of((3,), (0,)), threshold=11)
    assert (shown.row_totals, shown.total) == ((None, 0), None)


def test_a_large_table_is_done_at_once() -> None:
    rows = [tuple((row * 7 + column * 13) % 40 for column in range(8)) for row in range(60)]
    shown = protected(grid_of(*rows), threshold=11)
    assert shown.total == sum(map(sum, rows))


def test_rows_that_would_tell_nothing_are_put_together() -> None:
    grid = merged_small_rows(grid_of((3, 2), (40, 1), (6, 4)), threshold=11, name="Others")
    assert grid.rows == ("row 1", "Others")
    assert grid.counts == ((40, 1), (9, 6))
