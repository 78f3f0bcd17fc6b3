"""Reads a place out of what people write: a ZIP, a town or a county of Illinois.

A ZIP counts anywhere. Towns near the programme's home are taken from any position and with
slips ("napervile"); towns further away, and those that are also words or first names ("Normal",
"Joy", "Sandwich", "Wayne"), only where the text says that a place follows ("in Normal"). What
the redactor has put in square brackets is never a place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.places import (
    Place,
    county_names,
    county_place,
    distance_miles,
    town_names,
    town_place,
    zip_place,
)
from directory.search.common_words import COMMON_WORDS
from directory.search.slips import allowed_slips, is_slip
from directory.search.words import tokens

HOME = (41.7697, -88.1449)  # Naperville
NEAR_HOME_MILES = 30.0
SLIPS_WITHIN_MILES = 22.0
_ZIP = re.compile(r"(?<![\d$.,-])(6[0-2]\d{3})(?:-\d{4})?(?![\d-]|[.,]\d)")
_PLACEHOLDER = re.compile(r"\[[^\]]*\]?")
_BEFORE_A_PLACE = frozenset({"in", "near", "around", "nearby", "en", "cerca"})
_PERHAPS_BEFORE_A_PLACE = _BEFORE_A_PLACE | {"de", "from", "at", "by", "to", "por", "desde", "a"}
_AFTER_A_PLACE = frozenset({"il", "illinois"})
_SHORT_FORMS = {"naper": "naperville", "glendale hts": "glendale heights"}
# Near, and yet mostly meant as a word, a street or a first name.
_WORDS_AND_NAMES = frozenset(
    """sandwich wayne montgomery plano justice hometown lyons summit harvey elwood union
    riverside lemont lee maywood manhattan crete golf worth bedford""".split()  # noqa: SIM905  # words, not quotation marks
)
_LONGEST_NAME = 4


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: Place
    position: int
    certainty: int  # 3 "in Lisle", 2 "Lisle", 1 "Lilse"


def place_in(text: str) -> Place | None:
    """The place that `text` names, if any; the surest first, then the first."""
    plain = _PLACEHOLDER.sub(" ", text[:2000])
    for found in _ZIP.finditer(plain):
        place = zip_place(found.group(1))
        if place is not None:
            return place
    words = tokens(plain)
    candidates = [*_towns(words)] or [*_towns_with_slips(words)]
    if candidates:
        return max(candidates, key=lambda found: (found.certainty, -found.position)).place
    return _county(words)


def _towns(words: list[str]) -> Iterator[_Candidate]:
    position = 0
    while position < len(words):
        for length in range(min(_LONGEST_NAME, len(words) - position), 0, -1):
            found = _town_at(words, position, length)
            if found is not None:
                yield found
                position += length - 1
                break
        position += 1


def _town_at(words: list[str], position: int, length: int) -> _Candidate | None:
    name = " ".join(words[position : position + length])
    place = town_place(_SHORT_FORMS.get(name, name))
    if place is None or _is_county_name(words, position, length):
        return None
    before = words[position - 1] if position else ""
    if before == "de" and position > 1 and words[position - 2] == "cerca":
        before = "cerca"
    after = words[position + length] if position + length < len(words) else ""
    told = before in _BEFORE_A_PLACE or after in _AFTER_A_PLACE
    alone = len(words) == length
    certainty = 3 if told else 2
    if name in _WORDS_AND_NAMES or (length == 1 and name in COMMON_WORDS):
        return _Candidate(place, position, certainty) if told else None
    if _miles_from_home(place) > NEAR_HOME_MILES:
        # Far away: "joy", "normal", "paris". A plain "de" or "at" does not make a place of it.
        return _Candidate(place, position, 2) if told or (alone and length > 1) else None
    return _Candidate(place, position, certainty)


def _is_county_name(words: list[str], position: int, length: int) -> bool:
    after = words[position + length : position + length + 1]
    before = words[max(0, position - 2) : position]
    return after in (["county"], ["co"]) or before == ["condado", "de"]


def _towns_with_slips(words: list[str]) -> Iterator[_Candidate]:
    for position in range(len(words)):
        for length in (2, 1):
            if position + length > len(words):
                continue
            place = _misspelt(" ".join(words[position : position + length]))
            if place is not None:
                yield _Candidate(place, position, 1)
                break


@lru_cache(maxsize=20_000)
def _misspelt(name: str) -> Place | None:
    """One slip in five or six letters, two in more; never in a word that people use."""
    joined = name.replace(" ", "")
    if len(joined) < 5 or joined.isdigit() or any(word in COMMON_WORDS for word in name.split()):
        return None
    found = process.extractOne(
        joined, _names_for_slips(), scorer=OSA.distance, score_cutoff=allowed_slips(joined)
    )
    if found is None or not is_slip(joined, found[0]):
        return None
    return town_place(found[2])


@cache
def _names_for_slips() -> dict[str, str]:
    """Town name -> the name without spaces, for the towns around home."""
    near: dict[str, str] = {}
    for name in town_names():
        place = town_place(name)
        if place is None or name in _WORDS_AND_NAMES or len(name) < 5:
            continue
        if _miles_from_home(place) <= SLIPS_WITHIN_MILES:
            near[name] = name.replace(" ", "")
    return near


def _county(words: list[str]) -> Place | None:
    for position, word in enumerate(words):
        after = words[position + 1 : position + 2]
        before = words[max(0, position - 2) : position]
        if word in county_names() and (
            after in (["county"], ["co"]) or before == ["condado", "de"]
        ):
            return county_place(word)
        if word == "dupage" or (word == "du" and after == ["page"]):
            return county_place("dupage")
    return None


def _miles_from_home(place: Place) -> float:
    return distance_miles(HOME, (place.latitude, place.longitude))
