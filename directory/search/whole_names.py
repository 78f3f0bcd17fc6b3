"""Texts that are a whole name, word by word: "we care food pantrey" is "We Care Food Pantry".

`names` finds who is called by a word that is nobody else's. A name may be of ordinary words only
("Family Shelter Service"), and its slips may be ones that would be too daring in a sentence
("mana food centre"). Here the text must be the name, or its beginning, and nothing else.
"""

import re
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from directory.search.fields import STOP
from directory.search.index import Index
from directory.search.listing import Listing
from directory.search.needs import is_phrase_of_a_need
from directory.search.phonetic import sound
from directory.search.words import stem, tokens

_LONGEST_TEXT = 10
_COMPARED = 200
# Where a name goes on with what people leave out.
_GOES_ON = re.compile(r"\s*[(,:/–—-]\s*|\s+(?:of|at|for|de|del|inc)\s+", re.IGNORECASE)
_SLIPS = ((4, 0), (7, 1), (10, 2))
_MANY_SLIPS = 3


def rows_called(index: Index, text: str) -> list[int]:
    """The rows that have this text for a name, those with the fewest slips first. What is also said
    for a need ("family shelter") must be a name exactly, and to its end."""
    written = _words(text)
    if not 0 < len(written) <= _LONGEST_TEXT:
        return []
    scored = []
    exactly_only = len(written) == 1 or is_phrase_of_a_need(text)
    for row in _candidates(index, written):
        listing = index.listing(row)
        if exactly_only:
            if written in map(_words, _full_names(listing)):
                scored.append((0, listing.name, listing.service_id, row))
            continue
        slips = min((_slips_of_beginning(written, name) for name in _names(listing)), default=None)
        if slips is not None and slips <= _MANY_SLIPS:
            scored.append((slips, listing.name, listing.service_id, row))
    scored.sort()
    return [row for slips, _, _, row in scored if slips <= scored[0][0] + 1]


def _candidates(index: Index, written: tuple[str, ...]) -> list[int]:
    """The rows whose names have most of the words, or what they may be slips of."""
    shared = np.zeros(len(index.live), np.float32)
    for word in written:
        if word not in STOP:
            shared[_rows_with(index, word)] += 1
    for first, second in pairwise(written):
        shared[_rows_with(index, first + second)] += 2
    rows = np.flatnonzero((shared >= max(1, shared.max(initial=0) - 1)) & index.live)
    order = np.lexsort((index.columns.name_length[rows], -shared[rows]))
    found: list[int] = rows[order[:_COMPARED]].tolist()
    return found


def _rows_with(index: Index, word: str) -> NDArray[np.int64]:
    """The rows that have a word, or one of nearly its letters, in a name."""
    words = index.lexicon.words
    numbers = {words.number(word), *(words.spelling.near(word) if words.spelling else ())}
    numbers = {
        number for number in numbers if number is not None and _is_like(words.words[number], word)
    }
    found = [
        segment.names.of(number)[0].astype(np.int64) + first
        for first, segment in index.parts
        for number in numbers
    ]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _is_like(meant: str, written: str) -> bool:
    return _slip(written, meant) <= _MANY_SLIPS


def _names(listing: Listing) -> set[tuple[str, ...]]:
    """The names of a listing, and what is left of them without their endings."""
    return {form for name in _full_names(listing) for form in _forms(name)}


def _full_names(listing: Listing) -> tuple[str, ...]:
    return (listing.name, listing.organization, *listing.also_known_as)


@lru_cache(maxsize=4_000)
def _forms(name: str) -> frozenset[tuple[str, ...]]:
    parts = [name, *_beginnings(name)]
    return frozenset(words for part in parts if len(words := _words(part)) > 0)


def _beginnings(name: str) -> list[str]:
    return [name[: found.start()] for found in _GOES_ON.finditer(name)]


@lru_cache(maxsize=4_000)
def _words(text: str) -> tuple[str, ...]:
    """Stems, without "and" and the article in front."""
    found = tuple(stem(word) for word in tokens(text) if word not in ("and", "y"))
    return found[1:] if len(found) > 2 and found[0] in ("the", "el", "la", "los", "las") else found


def _slips_of_beginning(written: tuple[str, ...], name: tuple[str, ...]) -> int:
    """The same where the text may stop before the name does; that counts as a slip itself."""
    begun = name[: len(written)]
    return min(_slips(written, name), _slips(written, begun) + 1 if begun != name else 99)


def _slips(written: tuple[str, ...], name: tuple[str, ...]) -> int:
    """How many slips make the text of the name; very many where it is no slip any more."""
    if len(written) == len(name):
        return sum(_slip(one, other) for one, other in zip(written, name, strict=True))
    if abs(len(written) - len(name)) == 1:
        return _slip("".join(written), "".join(name))
    return 99


def _slip(written: str, meant: str) -> int:
    if written == meant:
        return 0
    if sound(written) == sound(meant):
        return 1
    allowed = next((slips for length, slips in _SLIPS if len(written) < length), _MANY_SLIPS)
    distance = OSA.distance(written, meant, score_cutoff=allowed)
    return distance if distance <= allowed else 99
