"""Places outside of Illinois in what people write: only where the text leaves no doubt.

"Columbus, OH", "boston ma", "Prince George's County, Maryland", a ZIP after "in" or "zip", and
"in Boston" for a city of many ZIPs. Everything else stays with the places around home: here a
wrong guess would send somebody a thousand miles away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from directory.gazetteer import (
    county_in,
    most_likely_town,
    state_code,
    state_names,
    town_in,
    zip_anywhere,
)
from directory.places import HOME_STATE, Place, town_place
from directory.search.common_words import COMMON_WORDS
from directory.search.place_context import Certainty, certainty, context_words, is_told

# Codes that are words when they stand in small letters: "aurora in my car", "me", "oh no".
_WORDS = frozenset(["al", "as", "co", "de", "hi", "id", "in", "la", "ma", "me", "mi", "mo", "oh",
                    "ok", "or", "pa"])  # fmt: skip
_SURE_CODE = re.compile(r",\s*([A-Za-z]{2})\b|(?<![A-Za-z])([A-Z]{2})(?![A-Za-z])")
_DIGITS = re.compile(r"\d{5}")
_BEFORE_A_ZIP = frozenset(
    "zip in near around at from by to code en cerca de por postal area usa".split()  # noqa: SIM905
)
_NO_ZIP_AFTER = frozenset(
    "owe owes owed debo debe case caso number no apt box order id of paid pay cost".split()  # noqa: SIM905
)
_LONGEST_NAME = 4
_CITY_ZIPS = 10


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """`length`: the words that it takes from `position` on."""

    place: Place
    position: int
    length: int
    certainty: Certainty


def places_elsewhere(plain: str) -> Iterator[Elsewhere]:
    """Every place of another state that a text surely names, as words of `context_words`."""
    words = context_words(plain)
    codes = {(one or other).lower() for one, other in _SURE_CODE.findall(plain)}
    if plain.isupper():
        codes = {code for code in codes if code not in _WORDS}
    for position, word in enumerate(words):
        if _DIGITS.fullmatch(word):
            yield from _zip(words, position)
            continue
        for length in (2, 1):
            state = _state(words, position, length, codes)
            if state is not None:
                yield from _before(words, position, length, state)
                break
        yield from _city(words, position)


def _state(words: list[str], position: int, length: int, codes: set[str]) -> str | None:
    """The state whose name or code stands here."""
    text = " ".join(words[position : position + length])
    if length == 2 or len(text) > 2:
        return state_names().get(text)
    code = state_code(text)
    after = words[position + 1 : position + 2]
    at_end = not after or _DIGITS.fullmatch(after[0]) is not None
    if code is None or text in codes:
        return code
    if text in _WORDS:  # "soup kitchen boston ma" and yet not "aurora in my car"
        large = at_end and position > 0 and _large_city(words[position - 1])
        return code if large and large.state == code else None
    return code if at_end else None


def _before(words: list[str], position: int, length: int, state: str) -> Iterator[Elsewhere]:
    """The longest town or county of the state that ends where its name begins."""
    if state == HOME_STATE:
        return
    for taken in range(min(_LONGEST_NAME, position), 0, -1):
        start = position - taken
        name = " ".join(words[start:position])
        found = county_in(name, state) if name.endswith(" county") else town_in(name, state)
        if found is not None:
            sure = certainty(words, start, taken + length)
            if sure is not None:
                yield Elsewhere(found, start, taken + length, max(sure, Certainty.NAMED))
            return


def _zip(words: list[str], position: int) -> Iterator[Elsewhere]:
    if words[position].startswith("6"):  # near home: read by `places`
        return
    before = words[position - 1] if position else ""
    alone = len(words) == 1 or (position == len(words) - 1 and before not in _NO_ZIP_AFTER)
    if not (alone or before in _BEFORE_A_ZIP or state_code(before)):
        return
    place = zip_anywhere(words[position])
    sure = certainty(words, position, 1)
    if place is not None and sure is not None and place.state != HOME_STATE:
        yield Elsewhere(place, position, 1, sure if sure is Certainty.LEFT else Certainty.NOW)


def _city(words: list[str], position: int) -> Iterator[Elsewhere]:
    """A large city where the text says that a place follows: "in Boston", "cerca de Boston"."""
    if not position or words[position - 1] not in ("in", "near", "around", "en", "de"):
        return
    for length in (3, 2, 1):
        name = " ".join(words[position : position + length])
        if (
            len(words) < position + length
            or name in COMMON_WORDS
            or not is_told(words, position, length)
        ):
            continue
        place = _large_city(name)
        sure = certainty(words, position, length)
        if place is not None and sure is not None:
            yield Elsewhere(place, position, length, min(sure, Certainty.TOLD))
            return


@lru_cache(maxsize=4_000)
def _large_city(name: str) -> Place | None:
    if len(name) < 5 or town_place(name) is not None:
        return None
    place = most_likely_town(name)
    return place if place is not None and len(place.zips) >= _CITY_ZIPS else None
