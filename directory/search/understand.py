"""A text understood by words alone: for the public search, and when the bot's model is down."""

import re
from dataclasses import dataclass

from directory.places import Place
from directory.search.needs import needs_in
from directory.search.places import place_in
from directory.search.words import tokens

_NOW = re.compile(
    r"\b(open (now|today|tonight|late|rn)|right now|still open|tonight|asap|rn|"
    r"abiert[oa]s? (ahora|hoy)|ahora mismo|ahorita|esta noche|estan abiertos|hoy mismo)\b"
)


@dataclass(frozen=True, slots=True)
class Understanding:
    needs: tuple[str, ...]
    place: Place | None
    open_now: bool


def understand(text: str) -> Understanding:
    """Needs (best first), place and whether it must be open now. Never raises."""
    return Understanding(
        needs=tuple(needs_in(text)),
        place=place_in(text),
        open_now=bool(_NOW.search(" ".join(tokens(text)))),
    )
