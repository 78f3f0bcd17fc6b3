"""The decisions of the search, as pure functions: no directory, no Rasa server."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.actions.turn import Turn, is_need
from directory.places import folded

ANYWHERE = "anywhere"
"""The place of a person who would rather not say one: not asked for again in this session."""

PLACE_FREE_NEEDS = frozenset({"information"})
"""Needs that one answer serves everywhere: asking for a place first would only cost a text."""

MISSES_BEFORE_SEARCHING_ANYWAY = 1
"""An answer that is no place is asked about once more; after that the search runs without one."""

SURE_ENOUGH_TO_CHANGE = 0.5
"""While we wait for a place, a need that no word names must be this likely to replace the first."""

WORDS_OF_A_PLACE = 4
MOST_NEEDS = 3
SECOND_NEED_BY_WORDS = 0.15
SECOND_NEED_BY_SCORE = 0.35
OFFERED_FROM_SCORE = 0.1

# Answered by a rule of their own while the place is being asked for (data/rules/during_search.yml).
SIDE_REMARKS = frozenset(
    {"greet", "thanks", "who_are_you", "out_of_scope", "switch_language"}
    | {"goodbye", "ask_person", "start_over"}
)
# "No" to "which town?" is no town.
NO_PLACE = frozenset({"skip", "deny"})

SEARCHED: Mapping[str, Any] = MappingProxyType({"open_now": None, "place_misses": 0})
"""What a search leaves in the form's slots: these were about this one search only."""

_OPEN_NOW = re.compile(
    r"\bopen (right )?now\b|\bopen at this hour\b|\babiert[oa]s? (ahora|ahorita)\b"
)
_SPANISH = r"spanish|espanol|castellano"
_ENGLISH = r"english|ingles"
_NAMED = rf"(?:(?P<es>{_SPANISH})|(?P<en>{_ENGLISH}))\b"
_LANGUAGE = re.compile(rf"\b{_NAMED}")
_NOT_LANGUAGE = re.compile(rf"\b(?:no|not|dont|don't|cant|can't)\b(?: \w+){{0,3}}? {_NAMED}")


def wants_open_now(turn: Turn) -> bool:
    """True when the text asks for what is open now."""
    return turn.intent == "open_now" or bool(_OPEN_NOW.search(folded(turn.text)))


def needs_meant(turn: Turn, by_words: list[str]) -> tuple[str, ...]:
    """The needs of a text, the main one first: the intent's, then others that it names as well.

    `by_words` are the needs whose everyday words stand in the text. A further need counts when
    words and model both see it, or when the model alone finds that it fits well, too.
    Needs that the person picked are these and no others.
    """
    if turn.chosen:
        return turn.chosen[:MOST_NEEDS]
    first = [turn.intent] if turn.intent is not None and is_need(turn.intent) else by_words[:1]
    named = [need for need in by_words if turn.scores.get(need, 0) >= SECOND_NEED_BY_WORDS]
    likely = [name for name, _ in turn.ranking if turn.scores.get(name, 0) >= SECOND_NEED_BY_SCORE]
    found = dict.fromkeys([*first, *named, *filter(is_need, likely)])
    return tuple(found)[:MOST_NEEDS]


def needs_to_offer(turn: Turn, by_words: list[str]) -> tuple[str, ...]:
    """The needs that a text may have meant, likeliest first, when it was not clear enough.

    When there are too many, needs that its words name go before the third guess.
    """
    guesses = [
        name
        for name, _ in turn.ranking
        if is_need(name) and turn.scores.get(name, 0) >= OFFERED_FROM_SCORE
    ]
    offered = tuple(dict.fromkeys([*guesses[:2], *by_words, *guesses[2:]]))[:MOST_NEEDS]
    return tuple(sorted(offered, key=turn.confidence, reverse=True))


def form_slots(turn: Turn, place_named: str | None, by_words: list[str]) -> dict[str, Any]:
    """What a text changes in the search form, by slot name; empty for a side remark."""
    if _names_a_need(turn, place_named, by_words):
        return _slots_of_a_need(turn, place_named, by_words)
    if place_named:
        return {"place": place_named, "place_misses": 0, "open_now": _open(turn)}
    if turn.intent in SIDE_REMARKS:
        return {}
    if turn.intent == "open_now":
        return {"open_now": True}
    if turn.intent in NO_PLACE or turn.place_misses >= MISSES_BEFORE_SEARCHING_ANYWAY:
        return {"place": ANYWHERE, "place_misses": 0}
    return {"place_misses": turn.place_misses + 1}


def names_no_place(turn: Turn, by_words: list[str]) -> bool:
    """True when a text answers our question for the place, and not with one that is known."""
    if not turn.asking or turn.intent in SIDE_REMARKS | NO_PLACE | {"open_now"}:
        return False
    return not _names_a_need(turn, None, by_words)


def is_filled(slots: Mapping[str, Any]) -> bool:
    """True when the form needs nothing more with what a text has changed in it."""
    return slots.get("place") is not None or "requested_slot" in slots


def _slots_of_a_need(turn: Turn, place_named: str | None, by_words: list[str]) -> dict[str, Any]:
    needs = needs_meant(turn, by_words)
    place = place_named or turn.known_place
    slots: dict[str, Any] = {"needs": list(needs), "open_now": _open(turn), "place": place}
    if place is None and PLACE_FREE_NEEDS.issuperset(needs):
        slots["requested_slot"] = None  # ends the form without a place
    return slots


def _names_a_need(turn: Turn, place_named: str | None, by_words: list[str]) -> bool:
    if not is_need(turn.intent):
        return False
    if not turn.asking or turn.chosen:
        return True
    # We asked where: "west aurora" or "you know the one" is an answer, if a poor one, and not a
    # change of mind, whatever need the classifier sees in so few words.
    if by_words:
        return True
    short_place = place_named is not None and len(turn.text.split()) <= WORDS_OF_A_PLACE
    sure = turn.confidence(turn.intent or "") >= SURE_ENOUGH_TO_CHANGE
    return sure and not short_place and turn.intent not in PLACE_FREE_NEEDS


def _open(turn: Turn) -> bool:
    # While we ask for the place, "open now" said before still holds.
    return wants_open_now(turn) or (turn.asking and turn.open_now)


def language_asked_for(turn: Turn) -> str:
    """The language that a text asks for ("en" or "es"); without one named, the other one."""
    text = folded(turn.text)
    refused = [match.lastgroup for match in _NOT_LANGUAGE.finditer(text)]
    named = [match.lastgroup for match in _LANGUAGE.finditer(_NOT_LANGUAGE.sub(" ", text))]
    if named:
        return str(named[0])
    if refused:
        return "en" if refused[0] == "es" else "es"
    return "en" if turn.language == "es" else "es"
