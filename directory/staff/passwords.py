"""What may be a password: long, in no list of leaked ones, and not soon guessed.

Nothing else is asked of it (NIST SP 800-63B): no kinds of letters, and no new one every so often.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock

from directory.errors import Invalid

SHORTEST = 12
# The passwords of twelve letters and more among the million that leaked most often, as the first
# bytes of their SHA-256, sorted (tools/leaked_passwords.py). By chance one in 20 million fits.
LEAKED = Path(__file__).with_name("leaked_passwords.bin")
DIGEST_BYTES = 5
# What stands for nothing in a password here, besides the parts of its owner's address and name.
_KNOWN = ("handoff", "naperville", "password", "contrasena", "contraseña")
# Shorter parts of an address are in many a word.
_TELLING = 4
_PART = re.compile(r"[^\W\d_]+")
# What zxcvbn calls very guessable: ten tries in 15 minutes would need years, but not many.
_FEWEST_GUESSES = 1e6
# Guesses are counted over the beginning: the time it takes grows much faster than the length.
_LOOKED_AT = 24
_one_at_a_time = Lock()


def fit(password: str, *, email: str, name: str | None = None) -> str:
    """The password itself. Raises Invalid on one that is too short, is known to have leaked, or
    is soon guessed from words, dates, keys side by side and what the owner's address and name say.
    """
    if len(password) < SHORTEST:
        raise Invalid("password_too_short", f"A password has at least {SHORTEST} characters.")
    told = _told_by(f"{email} {name or ''}")
    if _is_mostly(told, password):
        raise Invalid(
            "password_guessable",
            "Anybody would try this password: take words that are not in your address or name, "
            "and not the name of this program.",
        )
    if _has_leaked(password):
        raise Invalid(
            "password_leaked",
            "This password is in lists of leaked ones, which are tried first: take another, "
            "such as four words that have nothing to do with each other.",
        )
    if _guesses(password[:_LOOKED_AT], told) < _FEWEST_GUESSES:
        raise Invalid(
            "password_guessable",
            "A machine guesses this password soon: take four words that have nothing to do with "
            "each other, no dates, and no keys that lie side by side.",
        )
    return password


def digest_of(password: str) -> bytes:
    """What the list keeps of a leaked password; capitals make no other one of it."""
    folded = password.casefold().encode("utf-8", "surrogatepass")
    return sha256(folded).digest()[:DIGEST_BYTES]


def _told_by(said: str) -> set[str]:
    """The words of an address and a name that anybody would try."""
    return {part for part in _PART.findall(said.lower()) if len(part) >= _TELLING}


def _is_mostly(told: Iterable[str], password: str) -> bool:
    """Whether hardly anything is left of it without the words that anybody would try."""
    rest = password.lower()
    for word in sorted({*_KNOWN, *told}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < SHORTEST - _TELLING or len(set(rest)) < _TELLING


def _has_leaked(password: str) -> bool:
    wanted, kept = digest_of(password), _leaked()
    place = bisect_left(range(len(kept) // DIGEST_BYTES), wanted, key=lambda at: _digest(kept, at))
    return _digest(kept, place) == wanted


@cache
def _leaked() -> bytes:
    return LEAKED.read_bytes()


def _digest(kept: bytes, place: int) -> bytes:
    return kept[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]


def _guesses(password: str, told: Iterable[str]) -> float:
    """How many tries somebody needs who knows people's habits and this owner (Wheeler, 2016)."""
    # Its dictionaries take 30 MB: only a process in which a password is set holds them.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    readable = password.encode("utf-8", "replace").decode()
    with _one_at_a_time:  # it keeps the owner's words in a place that all threads share
        try:
            found = zxcvbn(readable, user_inputs=sorted({*_KNOWN, *told}))
        finally:
            zxcvbn("-", user_inputs=[])
    return float(found["guesses"])
