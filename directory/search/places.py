"""Reads a place out of what people write: a ZIP, a town, a county or a landmark.

A ZIP counts anywhere. Towns near the programme's home are taken from any position and with
slips ("napervile"); towns further away, and those that are also words or first names ("Normal",
"Joy", "Sandwich", "Wayne"), only where the text says that a place follows ("in Normal"). What
the words around a name say of it is `directory.search.place_context`; places of other states
are read by `directory.search.places_elsewhere`. What the redactor has put in square brackets is
never a place.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.own_files import read_yaml
from directory.places import (
    Place,
    county_names,
    county_place,
    distance_miles,
    folded,
    town_names,
    town_place,
    zip_place,
)
from directory.search.common_words import COMMON_WORDS
from directory.search.place_context import (
    Certainty,
    certainty,
    context_words,
    is_person,
    is_told,
)
from directory.search.places_elsewhere import places_elsewhere
from directory.search.slips import allowed_slips, is_slip

HOME = (41.7697, -88.1449)  # Naperville
NEAR_HOME_MILES = 30.0
SLIPS_WITHIN_MILES = 22.0
LANDMARKS_FILE = Path(__file__).with_name("landmarks.yml")
# The letter O is often typed for a zero.
_ZIP = re.compile(
    r"(?<![\d$-])(?<!\$ )(?<!\d[.,])(6[0-2o][\do]{3})(?:-\d{4})?(?!\w|-\d|[.,]\d)"
    r"(?!\s*(?:dollars|bucks|usd|dolares|pesos)\b)",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"\[[^\]]*\]?")
# What people and post offices make of a name.
_SHORT_FORMS = {
    "naper": "naperville",
    "nville": "naperville",
    "n ville": "naperville",
    "naper ville": "naperville",
    "dg": "downers grove",
    "d grove": "downers grove",
    "w chicago": "west chicago",
    "west chi": "west chicago",
    "n aurora": "north aurora",
    "s elgin": "south elgin",
    "montgmry": "montgomery",
    "glendale hts": "glendale heights",
    "arlington hts": "arlington heights",
    "carpentersvle": "carpentersville",
    "clarendon hls": "clarendon hills",
    "elk grove vlg": "elk grove village",
    "elk grove": "elk grove village",
    "hoffman est": "hoffman estates",
    "oakbrook": "oak brook",
    "oakbrook ter": "oakbrook terrace",
    "prospect hts": "prospect heights",
    "rolling mdws": "rolling meadows",
    "western sprgs": "western springs",
    "willow spgs": "willow springs",
}
_IN_FULL = {"st": "saint", "ste": "saint", "mt": "mount"}
_ONLY_WHERE_TOLD = frozenset({"dg", "naper", "d grove"})
# Near, and yet mostly meant as a word, a hospital or a street; or as a first name.
_WORDS = frozenset(
    """sandwich plano justice hometown lyons summit union riverside manhattan crete golf worth
    bedford hines""".split()  # noqa: SIM905  # words, not quotation marks
)
# "LaGrange" is read, "LaFox" might be a word.
_SHORT_WHEN_JOINED = 6
_NAMES = frozenset({"wayne", "harvey", "elwood", "lemont", "lee", "maywood"})
_AT = frozenset("at by from to in near around en cerca de por behind outside".split())  # noqa: SIM905
_ARTICLES = frozenset({"the", "el", "la", "al", "del"})
_STAFF = frozenset("work works working nurse rn sw ot job staff trabajo trabaja".split())  # noqa: SIM905
_MAY_BE_NAMES = _NAMES | {"aurora", "geneva", "montgomery", "virgil", "darien", "joliet"}
_LONGEST_NAME = 4


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: Place
    position: int
    certainty: Certainty


def place_in(text: str) -> Place | None:
    """The place that `text` names, if any; the surest first, then the first."""
    plain = _PLACEHOLDER.sub(" ", text[:2000])
    words = context_words(plain)
    elsewhere = list(places_elsewhere(plain))
    taken = {one.position + step for one in elsewhere for step in range(one.length)}
    found = [*_zips(plain), *_towns_and_landmarks(words)]
    found = [one for one in found if one.position not in taken]
    found += [_Candidate(one.place, one.position, one.certainty) for one in elsewhere]
    if found:
        return max(found, key=lambda one: (one.certainty, -one.position)).place
    return _county(words)


def place_answered(text: str) -> Place | None:
    """The place that is meant by an answer to "which town or ZIP?".

    Of a town far from here one word is enough then, which elsewhere may be any word ("DeKalb").
    """
    place = place_in(text)
    if place is not None:
        return place
    words = context_words(text)
    if not words or len(words) > _LONGEST_NAME or any(word in COMMON_WORDS for word in words):
        return None
    return town_place(" ".join(words))


def _zips(plain: str) -> Iterator[_Candidate]:
    """ZIPs, which come before towns as they say more, unless they are not meant."""
    for found in _ZIP.finditer(plain):
        place = zip_place(found.group(1).casefold().replace("o", "0"))
        if place is None:
            continue
        words = [
            *context_words(plain[: found.start()]),
            "zip",
            *context_words(plain[found.end() :]),
        ]
        position = len(context_words(plain[: found.start()]))
        sure = certainty(words, position, 1)
        if sure is not None:
            # Before every town of the same text.
            better = sure if sure is Certainty.LEFT else Certainty.NOW
            yield _Candidate(place, position - len(words), better)


def _towns_and_landmarks(words: list[str]) -> Iterator[_Candidate]:
    spoken = [_IN_FULL.get(word, word) for word in words]
    known = _names_by_first_word()
    position = 0
    while position < len(words):
        step = 1
        longest = min(known.get(spoken[position], 0), len(words) - position)
        for length in range(longest, 0, -1):
            name = " ".join(spoken[position : position + length])
            place = _named().get(name)
            if place is not None and not _is_county_name(words, position, length):
                sure = _certainty(words, position, length, name=name, place=place)
                if sure is not None:
                    yield _Candidate(place, position, sure)
                step = length
                break
        else:
            step = yield from _slip(words, position, known)
        position += step


def _slip(
    words: list[str], position: int, known: dict[str, int]
) -> Generator[_Candidate, None, int]:
    """The town that two words or one are a slip of; returns how many words it took."""
    for length in (2, 1):
        name = " ".join(words[position : position + length])
        if position + length > len(words) or words[position + length - 1] in known:
            continue
        if length == 2 and min(map(len, words[position : position + 2])) < 3:
            continue  # "el gun" is not Elgin
        place = _misspelt(name)
        sure = None if place is None else certainty(words, position, length)
        if place is not None and sure is not None:
            told = is_told(words, position, length)
            yield _Candidate(
                place, position, min(sure, Certainty.NAMED if told else Certainty.SLIP)
            )
            return length
    return 1


@cache
def _named() -> dict[str, Place]:
    """Every name that is read, folded -> its place: towns, their short forms, landmarks."""
    joined = (name.replace(" ", "") for name in town_names() if " " in name)
    named = {name: town_place(name) for name in joined if len(name) > _SHORT_WHEN_JOINED}
    named |= {name: town_place(name) for name in town_names()}
    named |= {short: town_place(name) for short, name in _SHORT_FORMS.items()}
    named |= {name: town_place(town) for name, town in _landmarks().items()}
    return {name: place for name, place in named.items() if place is not None}


@cache
def _names_by_first_word() -> dict[str, int]:
    """A word that begins a name -> how many words the longest such name has."""
    longest: dict[str, int] = {}
    for name in _named():
        first, *others = name.split()
        longest[first] = min(_LONGEST_NAME, max(longest.get(first, 0), 1 + len(others)))
    return longest


def _certainty(
    words: list[str], position: int, length: int, *, name: str, place: Place
) -> Certainty | None:
    sure = certainty(words, position, length)
    if sure is None or (name in _MAY_BE_NAMES and is_person(words, position, length)):
        return None
    told, alone = is_told(words, position, length), len(words) == length
    if name in _landmarks():
        return min(sure, Certainty.SLIP) if _is_at(words, position) else None
    if name == "darien" and words[max(0, position - 1) : position] in (["el"], ["del"]):
        return None  # the jungle that people walk through
    if name in _ONLY_WHERE_TOLD or name in _NAMES:
        return sure if told or alone else None
    if name in _WORDS or (length == 1 and name in COMMON_WORDS):
        return sure if told else None
    if _miles_from_home(place) > NEAR_HOME_MILES:
        # Far away: "joy", "normal", "paris". A plain "de" or "at" does not make a place of it.
        return min(sure, Certainty.NAMED) if told or (alone and length > 1) else None
    return sure


def _is_at(words: list[str], position: int) -> bool:
    """Whether somebody is, goes or comes there; but who works there may live anywhere."""
    before = [word for word in words[max(0, position - 4) : position] if word not in _ARTICLES]
    if not before or before[-1] not in _AT:
        return False
    return before[-2:-1] == [] or before[-2] not in _STAFF


@cache
def _landmarks() -> dict[str, str]:
    """The name of a landmark, folded -> its town."""
    content = read_yaml(LANDMARKS_FILE)
    return {folded(name): one["town"] for one in content["landmarks"] for name in one["names"]}


def _is_county_name(words: list[str], position: int, length: int) -> bool:
    after = words[position + length : position + length + 1]
    before = words[max(0, position - 2) : position]
    return after in (["county"], ["co"]) or before == ["condado", "de"]


@lru_cache(maxsize=20_000)
def _misspelt(name: str) -> Place | None:
    """One slip in five or six letters, two in more; never in a word that people use."""
    joined = name.replace(" ", "")
    if len(joined) < 5 or joined.isdigit() or any(word in COMMON_WORDS for word in name.split()):
        return None
    found = process.extractOne(
        joined,
        _names_for_slips().get(joined[0], {}),
        scorer=OSA.distance,
        score_cutoff=allowed_slips(joined),
    )
    if found is None or not is_slip(joined, found[0]):
        return None
    return town_place(found[2])


@cache
def towns_around() -> frozenset[str]:
    """The names of the towns near the programme's home, folded ("glen ellyn")."""
    return frozenset(
        name
        for name in town_names()
        if (place := town_place(name)) and _miles_from_home(place) <= NEAR_HOME_MILES
    )


@cache
def _names_for_slips() -> dict[str, dict[str, str]]:
    """First letter -> town name -> the name without spaces, for the towns around home.

    By first letter, as a slip leaves it right (`is_slip`), and few names are quickly compared.
    """
    near: dict[str, dict[str, str]] = {}
    for name in towns_around() - _WORDS - _NAMES - _SHORT_FORMS.keys():
        place = town_place(name)
        if place is not None and len(name) >= 5 and _miles_from_home(place) <= SLIPS_WITHIN_MILES:
            near.setdefault(name[0], {})[name] = name.replace(" ", "")
    return near


@cache
def _counties() -> frozenset[str]:
    return frozenset(county_names())


def _county(words: list[str]) -> Place | None:
    for position, word in enumerate(words):
        after = words[position + 1 : position + 2]
        before = words[max(0, position - 2) : position]
        if word in _counties() and (after in (["county"], ["co"]) or before == ["condado", "de"]):
            return county_place(word)
        if word == "dupage" or (word == "du" and after == ["page"]):
            return county_place("dupage")
    return None


def is_around_home(place: Place) -> bool:
    """Whether the programme's own region is meant."""
    return _miles_from_home(place) <= NEAR_HOME_MILES


@lru_cache(maxsize=4_000)
def _miles_from_home(place: Place) -> float:
    return distance_miles(HOME, (place.latitude, place.longitude))
