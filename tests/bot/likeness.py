"""Which texts are nearly the same: by the pieces of four letters that they share."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from directory.places import folded

PIECE = 4
FEWEST_WORDS = 4


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
    for place, each in enumerate(given):
        rarest = _rarest(each, counts, from_share)
        for other in {other for piece in rarest for other in by_piece[piece]}:
            together = len(each & compared[other])
            if together >= from_share * (len(each) + len(compared[other]) - together):
                yield texts[place], known[other]
        if others is None:
            for piece in rarest:
                by_piece[piece].append(place)


def _rarest(each: frozenset[str], counts: Counter[str], from_share: float) -> list[str]:
    enough = len(each) - math.ceil(from_share * len(each)) + 1
    return sorted(each, key=lambda piece: (counts[piece], piece))[: enough if each else 0]
