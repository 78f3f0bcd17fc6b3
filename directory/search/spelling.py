"""The words of a large vocabulary that a written word may be a slip of, found fast.

Only words that begin with the same letter and are about as long come into question (see `slips`).
Of these a comparison of letters as bits leaves a few dozen: one edit changes at most two of the
letters that a word has (a substitution takes one away and brings one). Those few are compared by
optimal string alignment, in rapidfuzz. Nothing within the distance is ever missed.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from directory.search.slips import allowed_slips, is_slip

SHORTEST = 5
_FIRST_CAPACITY = 16


class _Bucket:
    """The words that begin with one letter; grows by doubling."""

    __slots__ = ("count", "lengths", "letters", "numbers")

    def __init__(self) -> None:
        self.count = 0
        self.numbers: NDArray[np.int32] = np.zeros(_FIRST_CAPACITY, np.int32)
        self.letters: NDArray[np.uint64] = np.zeros(_FIRST_CAPACITY, np.uint64)
        self.lengths: NDArray[np.uint8] = np.zeros(_FIRST_CAPACITY, np.uint8)

    def add(self, number: int, letters: int, length: int) -> None:
        if self.count == len(self.numbers):
            self.numbers, self.letters, self.lengths = (
                np.concatenate([column, np.zeros_like(column)])
                for column in (self.numbers, self.letters, self.lengths)
            )
        self.numbers[self.count] = number
        self.letters[self.count] = letters
        self.lengths[self.count] = length
        self.count += 1  # last: a reader sees only what is complete

    def near(self, letters: int, length: int, slips: int) -> list[int]:
        count = self.count
        apart = np.bitwise_count(self.letters[:count] ^ np.uint64(letters))
        close = apart <= 2 * slips
        lengths = self.lengths[:count]
        close &= (lengths >= length - slips) & (lengths <= length + slips)
        found: list[int] = self.numbers[:count][close].tolist()
        return found


class Spelling:
    """All words of a vocabulary, by what slips leave alone."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def add(self, number: int, word: str) -> None:
        if word:
            bucket = self._buckets.setdefault(word[0], _Bucket())
            bucket.add(number, _letters(word), min(len(word), 255))

    def near(self, written: str) -> list[int]:
        """The numbers of the words that differ in few letters, among them all slips."""
        bucket = self._buckets.get(written[:1])
        if bucket is None:
            return []
        return bucket.near(_letters(written), len(written), allowed_slips(written))

    def meant(self, written: str, words: Sequence[str], weight: Callable[[int], int]) -> int | None:
        """The number of the word that `written` is most likely a slip of; None if of none.

        Fewest slips first, then what more listings say, then the alphabet. `weight`: how many
        listings say a word; those that none says any more do not count.
        """
        bucket = self._buckets.get(written[:1])
        if len(written) < SHORTEST or bucket is None:
            return None
        slips = allowed_slips(written)
        best: tuple[int, int, str, int] | None = None
        for number in bucket.near(_letters(written), len(written), slips):
            word = words[number]
            distance = OSA.distance(written, word, score_cutoff=slips)
            if distance > slips or not is_slip(written, word):
                continue
            said = weight(number)
            if said and (best is None or (distance, -said, word) < best[:3]):
                best = (distance, -said, word, number)
        return best[3] if best else None


def _letters(word: str) -> int:
    """The letters that a word has, as bits; what is neither letter nor digit shares one."""
    bits = 0
    for letter in word:
        bits |= _BITS.get(letter, 1)
    return bits


_LETTERS = "abcdefghijklmnopqrstuvwxyzñ0123456789"
_BITS = {letter: 1 << place for place, letter in enumerate(_LETTERS, 1)}
