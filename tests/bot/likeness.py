"""Which texts are nearly the same: by the pieces of four letters that they share."""

import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from directory.places import folded

PIECE = 4
FEWEST_WORDS = 4
_WORDS = 8


def pieces(text: str) -> frozenset[str]:
    """The text's pieces of four letters; none for a short text ("thank you" is everybody's)."""
    plain = "".join(letter if letter.isalnum() else " " for letter in folded(text)).split()
    if len(plain) < FEWEST_WORDS:
        return frozenset()
    line = f" {' '.join(plain)} "
    return frozenset(line[start : start + PIECE] for start in range(len(line) - PIECE + 1))


def near_pairs(
    texts: Sequence[str], others: Sequence[str] | None = None, *, from_share: float
) -> Iterator[tuple[str, str]]:
    """Pairs that share at least `from_share` of all their pieces: of `texts` with each other, or
    with `others`.

    Two such texts share one of their rarest pieces (prefix filtering), so few are compared.
    """
    given = [pieces(text) for text in texts]
    compared = given if others is None else [pieces(text) for text in others]
    known = texts if others is None else others
    counts = Counter(piece for each in (*given, *compared) for piece in each)
    by_piece: dict[str, list[int]] = defaultdict(list)
    if others is not None:
        for place, each in enumerate(compared):
            for piece in _rarest(each, counts, from_share):
                by_piece[piece].append(place)
    marks, sizes = _marks(compared), np.array([len(each) for each in compared])
    own = marks if others is None else _marks(given)
    for place, each in enumerate(given):
        rarest = _rarest(each, counts, from_share)
        found = {other for piece in rarest for other in by_piece[piece]}
        places = np.fromiter(found, np.int64, len(found))
        # What one has and the other has not, at least: no two marks are of one piece.
        missing = np.bitwise_count(own[place] & ~marks[places]).sum(axis=1)
        most = len(each) - missing
        close = places[most >= from_share * (len(each) + sizes[places] - most)]
        for other in close.tolist():
            together = len(each & compared[other])
            if together >= from_share * (len(each) + len(compared[other]) - together):
                yield texts[place], known[other]
        if others is None:
            for piece in rarest:
                by_piece[piece].append(place)


def _marks(given: Sequence[frozenset[str]]) -> NDArray[np.uint64]:
    """For each set of pieces a few hundred bits; every piece sets one, several may set the same."""
    marks = np.zeros((len(given), _WORDS), np.uint64)
    for place, each in enumerate(given):
        bits = 0
        for piece in each:
            bits |= 1 << (zlib.crc32(piece.encode()) % (64 * _WORDS))
        marks[place] = np.frombuffer(bits.to_bytes(8 * _WORDS, "little"), np.uint64)
    return marks


def _rarest(each: frozenset[str], counts: Counter[str], from_share: float) -> list[str]:
    enough = len(each) - math.ceil(from_share * len(each)) + 1
    return sorted(each, key=lambda piece: (counts[piece], piece))[: enough if each else 0]
