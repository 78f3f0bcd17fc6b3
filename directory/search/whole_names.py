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
from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.search.fields import STOP
from directory.search.index import Index
from directory.search.listing import Listing
from directory.search.needs import is_phrase_of_a_need
from directory.search.phonetic import sound
from directory.search.words import stem, tokens

_LONGEST_TEXT = 10
# Names whose words are written apart or together are short: "dupage pads".
_LONGEST_APART = 4
# Who says one of these tells something and names nobody.
_SENTENCE = frozenset(
    "i im ive need want where how cant dont donde como necesito quiero tengo estoy".split()  # noqa: SIM905  # words
)
_COMPARED = 60
# A word of more names than these is no slip.
_FEW = 3
# Where a name goes on with what people leave out.
_GOES_ON = re.compile(r"\s*[(,:/–—-]\s*|\s+(?:of|at|for|de|del|inc)\s+", re.IGNORECASE)
_SLIPS = ((4, 0), (7, 1), (10, 2))
_MANY_SLIPS = 3
# Of a longer text so many words may be slips, no more.
_SLIPS_AT_MOST = 2


def rows_called(index: Index, text: str) -> list[int]:
    """The rows that have this text for a name, those with the fewest slips first. What is also said
    for a need ("family shelter") must be a name exactly, and to its end; so must a single word,
    but not a number, by which people know a line ("988")."""
    written = _words(text)
    if not 0 < len(written) <= _LONGEST_TEXT or not _SENTENCE.isdisjoint(written):
        return []
    exactly = (len(written) == 1 and not written[0].isdecimal()) or is_phrase_of_a_need(text)
    scored = []
    for row in _candidates(index, written, exactly=exactly):
        listing = index.listing(row)
        if exactly:
            slips = 0 if written in map(_words, _full_names(listing)) else None
        else:
            found = (_slips_of_beginning(written, name) for name in _names(listing))
            slips = min(found, default=None)
        if slips is not None and slips <= _MANY_SLIPS:
            scored.append((slips, listing.name, listing.service_id, row))
    scored.sort()
    return [row for slips, _, _, row in scored if slips <= scored[0][0] + 1]


def _candidates(index: Index, written: tuple[str, ...], *, exactly: bool) -> list[int]:
    """The rows whose names have all of the words but one, or what they may be slips of."""
    shared = np.zeros(len(index.live), np.uint8)
    content = [word for word in written if word not in STOP]
    rows_with = [_rows_exactly_with(index, word) for word in content]
    for rows in rows_with:
        shared[rows] += 1
    if len(content) > _SLIPS_AT_MOST and shared.max(initial=0) < len(content) - _SLIPS_AT_MOST:
        return []
    if not exactly:
        for word, rows in zip(content, rows_with, strict=True):
            if len(rows) <= _FEW:
                like = np.zeros(len(shared), np.bool_)
                like[_rows_with_like(index, word)] = True
                like[rows] = False  # counted above
                shared += like
    if not exactly and len(written) <= _LONGEST_APART:
        for first, second in pairwise(written):
            shared[_rows_with_like(index, first + second)] += 2
    least = len(content) if exactly or len(content) < 3 else len(content) - 1
    rows = np.flatnonzero((shared >= max(1, least)) & index.live)
    order = np.lexsort((index.columns.name_length[rows], -shared[rows].astype(np.int8)))
    found: list[int] = rows[order[:_COMPARED]].tolist()
    return found


def _rows_exactly_with(index: Index, word: str) -> NDArray[np.int64]:
    """The rows that have a word in a name."""
    number = index.lexicon.words.number(word)
    return _rows_of(index, [] if number is None else [number])


def _rows_with_like(index: Index, word: str) -> NDArray[np.int64]:
    """The rows that have a word of nearly these letters in a name, or this one."""
    words = index.lexicon.words
    if words.spelling is None:
        return _rows_exactly_with(index, word)
    near = {one: words.words[one] for one in words.spelling.near(word)}
    like = process.extract(
        word, near, scorer=OSA.distance, score_cutoff=_allowed(word), limit=len(near)
    )
    return _rows_of(index, [one for _, _, one in like])


def _rows_of(index: Index, numbers: list[int]) -> NDArray[np.int64]:
    found = [
        segment.names.of(number)[0].astype(np.int64) + first
        for first, segment in index.parts
        for number in set(numbers)
    ]
    if len(found) == 1:
        return found[0]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


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
    allowed = _allowed(written)
    distance = OSA.distance(written, meant, score_cutoff=allowed)
    return distance if distance <= allowed else 99


def _allowed(written: str) -> int:
    return next((slips for length, slips in _SLIPS if len(written) < length), _MANY_SLIPS)
