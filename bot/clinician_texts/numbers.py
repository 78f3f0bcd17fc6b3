"""Telephone numbers in a clinician's text. Pure."""

import re
from dataclasses import dataclass

from directory.errors import Invalid
from directory.people.phone import to_e164

# As people here write them: 630-555-0100, (630) 555 0100, 6305550100, +1 630.555.0100.
_AMERICAN = re.compile(
    r"(?<![\d+])(?:\+?1[\s.\-]{0,2})?\(?\d{3}\)?[\s.\-]{0,2}\d{3}[\s.\-]{0,2}\d{4}(?!\d)"
)
_FOREIGN = re.compile(r"(?<![\d+])\+(?!1)\d[\d\s.\-]{6,17}\d(?!\d)")
# What looks like the attempt of a number, and is none.
_ATTEMPT = re.compile(r"(?<!\d)\+?\(?\d[\d\s.\-()]{5,}\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Number:
    """`phone`: E.164, or None where there is none or more than one; `rest`: the text without."""

    phone: str | None
    rest: str
    several: bool = False


def number_in(text: str) -> Number:
    """The one number that a text holds. Never raises; what is not plainly a number is none."""
    found: dict[str, None] = {}
    rest = text
    for pattern in (_FOREIGN, _AMERICAN):
        for match in pattern.finditer(rest):
            try:
                found[to_e164(match.group())] = None
            except Invalid:
                continue
        rest = pattern.sub(" ", rest)
    rest = _ATTEMPT.sub(" ", rest)
    phones = list(found)
    return Number(phones[0] if len(phones) == 1 else None, rest, several=len(phones) > 1)
