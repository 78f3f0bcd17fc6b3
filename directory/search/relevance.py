"""How much of what somebody said a listing says, in words or in other words.

Within one need the words that nearly all its listings say ("food", "pantry") tell little, and
those of few ("dental", "diapers") tell much: each word weighs by how few of them say it. Likeness
of meaning is added to that. The sum becomes steps, so that small differences decide nothing.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search.common_words import COMMON_WORDS
from directory.search.index import Index
from directory.search.names import Asked
from directory.search.words import stem

Rows = NDArray[Any]
# What a step is worth: a word that one in three says; about 0.1 of likeness.
STEP = 1.0
LIKENESS_WEIGHT = 10.0
LAST_STEP = 9
# A word in a name or twice in a text says no more than so much.
_MOST_OF_A_WORD = 1.5
_COMMON = 0.3

COMMON_STEMS = frozenset(map(stem, COMMON_WORDS))


def coverage(index: Index, read: Asked, *, names_only: bool = False) -> NDArray[np.float32]:
    """The share of what the question says, by weight, that each row says (in its names)."""
    covered = np.zeros(len(index.live), np.float32)
    for _, number, weight in read.known():
        for first, segment in index.parts:
            postings = segment.names if names_only else segment.words
            covered[postings.of(number)[0] + np.int32(first)] += weight
    return covered / np.float32(read.weight or 1.0)


def coverage_of(index: Index, rows: Rows, read: Asked) -> NDArray[np.float32]:
    """The same for a few rows only."""
    covered = np.zeros(len(rows), np.float32)
    for _, number, weight in read.known():
        for first, segment in index.parts:
            posted = segment.words.of(number)[0]
            if len(posted):
                wanted = (rows - first).astype(posted.dtype)
                at = np.minimum(posted.searchsorted(wanted), len(posted) - 1)
                covered[posted[at] == wanted] += weight
    return covered / np.float32(read.weight or 1.0)


def steps(
    index: Index, rows: Rows, read: Asked, likes: NDArray[np.float32] | None
) -> NDArray[np.uint8]:
    """For each of these rows how many steps it is behind the one most to the point. `likes`: how
    alike each of them is to the question, where that is known."""
    if not len(rows):
        return np.zeros(0, np.uint8)
    points = points_of(index, rows, read)
    if likes is not None:
        points += LIKENESS_WEIGHT * likes
    behind = np.floor((points.max() - points) / STEP + 1e-4)
    found: NDArray[np.uint8] = np.minimum(behind, LAST_STEP).astype(np.uint8)
    return found


def points_of(index: Index, rows: Rows, read: Asked) -> NDArray[np.float32]:
    """Points of each of these rows for the words that it says, against all of them."""
    among = np.zeros(len(index.live), np.bool_)
    among[rows] = True
    points = np.zeros(len(index.live), np.float32)
    for word, number, _ in read.known():
        found = [
            (posted + np.int32(first), weights)
            for first, segment in index.parts
            for posted, weights in [segment.words.of(number)]
        ]
        times = sum(int(among[posted].sum()) for posted, _ in found)
        if not times:
            continue
        weight = math.log((len(rows) + 1) / times) * (_COMMON if word in COMMON_STEMS else 1.0)
        for posted, said in found:
            if said is not None:
                points[posted] += weight * np.minimum(said, _MOST_OF_A_WORD)
    return points[rows]
