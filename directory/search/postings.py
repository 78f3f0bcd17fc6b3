"""Which listings say a word, and how much: inverted lists in flat arrays, never changed.

The weight of a word in a listing is that of BM25F (Robertson, Zaragoza, Taylor 2004): each field's
count is divided by its length against a usual one, weighed, summed, and then saturates. The usual
lengths are fixed (see `fields`) and not the average of what is held, so that a listing's weights
do not change when another one does.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SATURATION = 1.2

Rows = NDArray[np.int32]
Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """`numbers`: the words met, ascending. The rows of the nth lie from `starts[n]` on, and
    ascend too."""

    numbers: Rows
    starts: NDArray[np.int64]
    rows: Rows
    weights: Weights | None

    def of(self, number: int) -> tuple[Rows, Weights | None]:
        """The rows that say the word, and its weight in each."""
        # Of the same type, or numpy would convert the whole array first.
        place = int(self.numbers.searchsorted(np.int32(number)))
        if place == len(self.numbers) or self.numbers[place] != number:
            return self.rows[:0], None if self.weights is None else self.weights[:0]
        part = slice(int(self.starts[place]), int(self.starts[place + 1]))
        return self.rows[part], None if self.weights is None else self.weights[part]

    def counted(self, size: int) -> NDArray[np.int32]:
        """How many rows say each of the first `size` words."""
        counts = np.zeros(size, np.int32)
        counts[self.numbers] = np.diff(self.starts)
        return counts


class Collector:
    """Gathers words row by row and puts them in order at the end."""

    def __init__(self, *, weighed: bool) -> None:
        self._numbers = array("i")
        self._rows = array("i")
        self._weights = array("f") if weighed else None

    def add(self, row: int, numbers: Sequence[int], weights: Sequence[float] = ()) -> None:
        """A word may come several times: its weights are summed."""
        self._numbers.extend(numbers)
        self._rows.extend((row,) * len(numbers))
        if self._weights is not None:
            self._weights.extend(weights)

    def postings(self) -> Postings:
        weights = None if self._weights is None else np.array(self._weights, np.float32)
        numbers, rows = np.array(self._numbers, np.int32), np.array(self._rows, np.int32)
        return _ordered(numbers, rows, weights, saturate=True)


def joined(parts: Iterable[tuple[Postings, Rows]]) -> Postings:
    """Several as one. With each comes the new row of each of its rows, -1 for one that is gone."""
    numbers, rows, weights = [], [], []
    weighed = True
    for postings, moved in parts:
        kept_rows = moved[postings.rows]
        kept = kept_rows >= 0
        numbers.append(np.repeat(postings.numbers, np.diff(postings.starts))[kept])
        rows.append(kept_rows[kept])
        if postings.weights is None:
            weighed = False
        else:
            weights.append(postings.weights[kept])
    return _ordered(
        np.concatenate(numbers),
        np.concatenate(rows),
        np.concatenate(weights) if weighed else None,
        saturate=False,
    )


def _ordered(numbers: Rows, rows: Rows, weights: Weights | None, *, saturate: bool) -> Postings:
    """By word, then row. Rows come in ascending within equal words, as they were added."""
    order = np.argsort(numbers, kind="stable")
    numbers, rows = numbers[order], rows[order]
    first = np.ones(len(numbers), np.bool_)
    first[1:] = (numbers[1:] != numbers[:-1]) | (rows[1:] != rows[:-1])
    if weights is not None:
        starts = np.flatnonzero(first)
        weights = weights[order]
        weights = np.add.reduceat(weights, starts) if len(starts) else weights
        if saturate:
            weights = weights * (1 + SATURATION) / (SATURATION + weights)
        weights = weights.astype(np.float32)
    numbers, rows = numbers[first], rows[first]
    begins = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]])[: len(numbers)])
    return Postings(
        numbers=numbers[begins],
        starts=np.append(begins, len(numbers)).astype(np.int64),
        rows=rows,
        weights=weights,
    )
