"""Words that sound alike, as they are written by who spells by ear, in English or in Spanish.

"biolencia", "resibo de la lus", "komida", "meels on weels", "domestik". One key for both
languages: it is only ever compared with the keys of words that are known.
"""

import re
from functools import lru_cache

from directory.places import folded

_STEPS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z0-9ñ]", ""),
        (r"(?<=[aeiou])ll(?=[aeiou])", "y"),  # alluda
        (r"ph", "f"),
        (r"qu(?=[ei])", "k"),
        (r"ck|q", "k"),
        (r"x(?=c?[aeiou])", "s"),
        (r"ch", "x"),
        (r"c(?=[eiy])|z", "s"),
        (r"c", "k"),
        (r"v", "b"),
        (r"^kn", "n"),
        (r"^wr", "r"),
        (r"^wh", "w"),
        (r"g(?=[ei])", "j"),
        (r"gu(?=[ei])", "g"),
        (r"(?<!s)h", ""),
        (r"ee|ea|ie", "i"),
        (r"(?<=[a-z])y", "i"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """What two spellings of one sound have in common."""
    found = folded(word)
    for pattern, replacement in _STEPS:
        found = pattern.sub(replacement, found)
    return found


# What is written for one another, in English or in Spanish.
_ALIKE = (
    ("b", "v"), ("s", "c"), ("s", "z"), ("c", "z"), ("k", "c"), ("k", "qu"), ("y", "ll"),
    ("i", "y"), ("j", "g"), ("ee", "ea"), ("ph", "f"), ("rr", "r"), ("ck", "k"), ("x", "s"),
)  # fmt: skip
_SILENT = ("h", "p")
_SHORTEST, _LONGEST = 3, 16


@lru_cache(maxsize=4_000)
def spellings(word: str) -> frozenset[str]:
    """The ways to write a word that sound the same, with up to two differences."""
    if not _SHORTEST <= len(word) <= _LONGEST:
        return frozenset()
    once = _spelt_otherwise(word)
    return once | {two for one in once for two in _spelt_otherwise(one)} - {word}


def _spelt_otherwise(word: str) -> frozenset[str]:
    found = set()
    for pair in _ALIKE:
        for written, meant in (pair, pair[::-1]):
            at = word.find(written)
            while at >= 0:
                found.add(word[:at] + meant + word[at + len(written) :])
                at = word.find(written, at + 1)
    found.update(silent + word for silent in _SILENT)
    if word[0] == "w":
        found.add("wh" + word[1:])
    if word[0] == "h":
        found.add(word[1:])
    return frozenset(found)
