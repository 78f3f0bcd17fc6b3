"""Free text against the names of services and organisations."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from directory.needs import taxonomy
from directory.places import county_names, town_names
from directory.search.common_words import COMMON_WORDS
from directory.search.fields import STOP, name_words, names_of
from directory.search.index import Index
from directory.search.phonetic import spellings
from directory.search.words import joined_pairs, stem, stems

_ALONE = 0.8  # share of the text that one matched word must be
_OF_NAME = 0.6  # share of a name that two or more matched words must be
_OF_BEST = 0.8  # what is named nearly as well as the best is named too
# A score that only who says most of a name and little else can have.
_NOTHING_ELSE = 1.6
# So many that share most with the text are compared name by name.
_COMPARED = 48


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a text as the directory knows them: `number` is None for one it does not."""

    words: tuple[str, ...]
    numbers: tuple[int | None, ...]
    weights: tuple[float, ...]

    @property
    def weight(self) -> float:
        return sum(self.weights)

    def known(self) -> Iterable[tuple[str, int, float]]:
        for word, number, weight in zip(self.words, self.numbers, self.weights, strict=True):
            if number is not None:
                yield word, number, weight


def asked(index: Index, text: str) -> Asked:
    """The words that may name somebody or tell what is meant; slips are put right."""
    words = index.lexicon.words
    written = joined_pairs(stems(text), _Known(index))
    found: dict[str, int | None] = {}
    for word in written:
        if word in STOP or word.isdigit():
            continue
        number = _meant(index, word)
        found[word if number is None else words.words[number]] = number
    known = [_weight(index, number) for number in found.values() if number is not None]
    usual = sum(known) / len(known) if known else 1.0
    weights = tuple(
        _weight(index, number) if number is not None else usual for number in found.values()
    )
    return Asked(tuple(found), tuple(found.values()), weights)


def rows_named(
    index: Index, read: Asked, *, place: frozenset[str] = frozenset()
) -> tuple[list[int], bool]:
    """The rows that the text calls by name, best first, and whether it says nothing else.

    Needs' own words name nobody, nor do those of the `place` that the text names.
    """
    ordinary = _ordinary() | place
    if not any(word not in ordinary for word, _, _ in read.known()):
        return [], False
    scored: list[tuple[float, str, str, int]] = []
    weights = dict(zip(read.words, read.weights, strict=True))
    best = 0.0
    for row, of_text in _candidates(index, read, ordinary):
        if of_text + 1.0 < best * _OF_BEST:
            break  # a whole name could not bring it near the best any more, nor those behind it
        listing = index.listing(row)
        score = max(
            (_score(index, read, weights, name, ordinary) for name in names_of(listing)),
            default=0.0,
        )
        if score > 0:
            best = max(best, score)
            scored.append((-score, listing.name, listing.service_id, row))
    scored.sort()
    named = [row for score, _, _, row in scored if -score >= best * _OF_BEST]
    return named, best >= _NOTHING_ELSE


def rows_of_organization(index: Index, name: str) -> list[int]:
    """The rows of the services of an organization, by its exact name."""
    kept: NDArray[np.int64] | None = None
    for word in name_words(name):
        number = index.lexicon.words.number(word)
        if number is None:
            return []
        found = [
            segment.names.of(number)[0].astype(np.int64) + first for first, segment in index.parts
        ]
        rows = np.concatenate(found)
        kept = rows if kept is None else np.intersect1d(kept, rows, assume_unique=True)
    if kept is None:
        return []
    rows = kept[index.live[kept]]
    return [row for row in rows.tolist() if index.listing(row).organization == name]


def _candidates(index: Index, read: Asked, ordinary: frozenset[str]) -> list[tuple[int, float]]:
    """The rows whose names share a distinct word with the text, those that share most first,
    with the share of the text that all their names together have."""
    shared = np.zeros(len(index.live), np.float32)
    distinct = np.zeros(len(index.live), np.bool_)
    for word, number, weight in read.known():
        for first, segment in index.parts:
            rows = segment.names.of(number)[0] + np.int32(first)
            shared[rows] += weight
            if word not in ordinary:
                distinct[rows] = True
    rows = _largest(np.flatnonzero(distinct & index.live), shared, index)
    return list(zip(rows.tolist(), (shared[rows] / read.weight).tolist(), strict=True))


def _largest(
    rows: NDArray[np.int64], shared: NDArray[np.float32], index: Index
) -> NDArray[np.int64]:
    """Those that share most; of equals those with the shortest names, as they are named in full."""
    order = np.lexsort((index.columns.name_length[rows], -shared[rows]))
    return rows[order[:_COMPARED]]


def _score(
    index: Index,
    read: Asked,
    weights: dict[str, float],
    name: frozenset[str],
    ordinary: frozenset[str],
) -> float:
    shared = [word for word in read.words if word in name]
    if not any(word not in ordinary for word in shared):
        return 0.0
    weight = sum(weights[word] for word in shared)
    of_text = weight / read.weight
    of_name = weight / sum(
        weights[word] if word in weights else _weight(index, index.lexicon.words.number(word))
        for word in name
    )
    if of_text >= _ALONE or (len(shared) > 1 and of_name >= _OF_NAME):
        return of_text + of_name
    return 0.0


def _weight(index: Index, number: int | None) -> float:
    """Rare words weigh more; one that no listing says as much as one that a single one says."""
    times = index.times_said(number) if number is not None else 1
    return math.log(1 + max(1, index.size) / max(1, times))


class _Known:
    """The words that listings say now."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __contains__(self, word: object) -> bool:
        number = self._index.lexicon.words.number(str(word))
        return number is not None and self._index.times_said(number) > 0


@cache
def _ordinary() -> frozenset[str]:
    """Words that cannot name anybody by themselves: the needs', places', everyday ones."""
    words = {stem(word) for word in COMMON_WORDS}
    for need in taxonomy().values():
        for texts in need.words.values():
            words.update(word for text in texts for word in stems(text))
    for name in (*town_names(), *county_names()):
        words.update(stems(name))
    return frozenset(words)


def _meant(index: Index, word: str) -> int | None:
    """The number of the word that `word` is, or is a slip of."""
    number = index.lexicon.words.number(word)
    if number is not None and index.times_said(number) > 0:
        return number
    if word in COMMON_WORDS:
        return None
    lexicon = index.lexicon.words
    spelling = lexicon.spelling
    meant = spelling.meant(word, lexicon.words, index.times_said) if spelling else None
    return _by_ear(index, word) if meant is None else meant


def _by_ear(index: Index, word: str) -> int | None:
    """The word that most listings say of those that sound as this one is written."""
    numbers = [index.lexicon.words.number(one) for one in spellings(word)]
    said = [number for number in numbers if number is not None and index.times_said(number) > 0]
    return max(said, key=index.times_said, default=None)
