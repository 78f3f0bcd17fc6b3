"""Telephone numbers in a clinician's text. Pure."""

import re
from dataclasses import dataclass

from directory.errors import Invalid
from directory.people.phone import to_e164

# As people here write them: 630-555-0100, (630) 555 0100, 6305550100, +1 630.555.0100.
_AMERICAN = re.compile(
    r"(?<![\d+])(?:\+?1[\s.\-]{0,2})?\(?\d{3}\)?[\s.\-]{0,2}\d{3}[\s.\-]{0,2}\d{4}(?!\d)"
)
_FOREIGN = re.compile(r"(?<![\d+])\+(?!1)\d[\d\s.\-()]{6,20}\d(?!\d)")
# "52 631 555 0100": what stands before is part of it, so it is no number of ours.
_PREFIX = re.compile(r"(?:(?<![\d/+])\d{2,3}|\+\d{1,3})[\s.\-(]{1,2}$")
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
            if _is_doubtful(match, rest):
                continue
            try:
                found[to_e164(match.group())] = None
            except Invalid:
                continue
        rest = pattern.sub(" ", rest)
    rest = _ATTEMPT.sub(" ", rest)
    phones = list(found)
    return Number(phones[0] if len(phones) == 1 else None, rest, several=len(phones) > 1)


def _is_doubtful(match: re.Match[str], text: str) -> bool:
    """Whether it may be another number than it looks: then it is asked for, and not guessed."""
    written = match.group()
    if not written.startswith("+"):
        return _PREFIX.search(text[: match.start()]) is not None
    digits = re.sub(r"\D", "", written)
    if len(digits) != len("6305550100"):
        return False
    try:  # "+630 555 0100": a 1 was forgotten, or it is abroad
        to_e164(f"+1{digits}")
    except Invalid:
        return False
    return True
