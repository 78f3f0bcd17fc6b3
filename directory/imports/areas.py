"""Names of service areas as search understands them ("IL DuPage County" is DuPage County). Pure.

Search knows the places of Illinois by name. A place elsewhere that is called like one of them
gets its state beside it, so that nobody in Albany, Illinois is sent to Albany, New York.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from directory.places import COUNTRY, STATE, place_named

_STATE_CODE = "IL"
_NATIONWIDE = frozenset(
    {"us", "usa", "u.s.", "u.s.a.", "united states of america", "united states", "nationwide",
     "national", "country: us"}
)  # fmt: skip
_STATEWIDE = frozenset({"il", "illinois", "state of illinois", "statewide", "illinois statewide"})
_BEHIND = re.compile(r"(.+?),\s*(?:IL|Illinois)(?:,?\s*(?:US|USA))?", re.I)
_BEFORE = re.compile(r"(?:IL|Illinois)\s*[-:,]?\s+(.+)", re.I)


@lru_cache(maxsize=8192)
def understood(name: str, elsewhere: str | None) -> str:
    """The name to keep. `elsewhere`: the one state, not Illinois, that the service stands in."""
    plain = " ".join(name.split())
    if plain.casefold() in _NATIONWIDE:
        return COUNTRY
    if plain.casefold() in _STATEWIDE:
        return f"Statewide, {elsewhere}" if elsewhere and plain.casefold() == "statewide" else STATE
    if elsewhere:
        return f"{name}, {elsewhere}" if place_named(plain) else name
    for pattern in (_BEHIND, _BEFORE):
        found = pattern.fullmatch(plain)
        inner = place_named(found[1]) if found else None
        if inner is not None:
            return inner.name
    return name


def only_state_elsewhere(states: Collection[str]) -> str | None:
    """The state of all addresses, when there is one and it is not Illinois."""
    codes = {state.strip() for state in states}
    if len(codes) != 1 or codes & {_STATE_CODE, STATE}:
        return None
    return codes.pop()
