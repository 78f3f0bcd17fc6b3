"""What a text says, where nobody has read it before: the place, and the needs."""

import re

from directory.places import HOME_STATE, Place
from directory.search.encoder import Vector
from directory.search.index import Index
from directory.search.need_reader import needs_meant
from directory.search.needs import needs_in
from directory.search.place_context import context_words
from directory.search.places import is_around_home, place_in
from directory.search.towns import town_said
from directory.search.words import stem, tokens

# What a need gains by being named; a first one a little more.
_NAMED, _NAMED_FIRST = 0.25, 0.35
# A need must be so likely, by its words and meaning, and so likely beside the likeliest.
_LIKELY, _AS_LIKELY = 0.25, 0.6
_AT_MOST = 3
_NOW = re.compile(
    r"\b(open (now|today|tonight|late|rn)|right now|still open|tonight|asap|rn|"
    r"abiert[oa]s? (ahora|hoy)|ahora mismo|ahorita|esta noche|estan abiertos|hoy mismo)\b"
)
_AT_LEAST = 0.12


def place_said(index: Index, text: str) -> tuple[Place | None, str]:
    """The place that a text names, if any, and the text without it.

    Near home, and where a state is named, the careful reading of `places` holds; further away the
    directory's own towns.
    """
    known = place_in(text)
    if known is None or (known.state == HOME_STATE and not is_around_home(known)):
        said = town_said(index, text)
        if said is not None:
            words = context_words(text)
            return said.place, " ".join(words[: said.first] + words[said.last :])
    return known, text if known is None else without_place(text, known)


def without_place(text: str, place: Place) -> str:
    """The text without the name of the place, which says nothing of what is wanted there."""
    said = _words_of(place)
    return " ".join(word for word in tokens(text) if word not in said)


def says_now(text: str) -> bool:
    """Whether it must be open now, by the words of the text."""
    return bool(_NOW.search(" ".join(tokens(text))))


def place_words(place: Place | None) -> frozenset[str]:
    """The words of a place's names, as stems."""
    return frozenset(map(stem, _words_of(place))) if place is not None else frozenset()


def _words_of(place: Place) -> set[str]:
    names = (place.name, *place.towns, *place.zips[:40])
    return {word for name in names for word in tokens(name)}


def needs_said(text: str, vector: Vector | None) -> tuple[str, ...]:
    """The needs that a text speaks of, in their own words or, as far as it is clear, in others."""
    named = needs_in(text)
    if vector is None:
        return tuple(named)
    chances = needs_meant(vector)
    likely = {
        need: chance for need, chance in chances.items() if chance >= _LIKELY or need in named
    }
    for place, need in enumerate(named):
        likely[need] = likely.get(need, 0.0) + (_NAMED if place else _NAMED_FIRST)
    best = max(likely.values(), default=0.0)
    order = sorted(likely, key=lambda need: -likely[need])
    if not order:
        return _likeliest(chances)
    return tuple(need for need in order if likely[need] >= _AS_LIKELY * best)[:_AT_MOST]


def _likeliest(chances: dict[str, float]) -> tuple[str, ...]:
    """The one need that stands out, though by little, where nothing else is to go by."""
    (first, chance), (_, second), *_ = chances.items()
    return (first,) if chance >= _AT_LEAST and chance >= 2 * second else ()
