"""Text made comparable: lower case, without accents, apostrophes and markings."""

import re
from collections.abc import Container
from functools import lru_cache

from directory.places import folded

# What the redactor leaves for a name or a number ("[PHONE]") is no word that anybody wrote.
_PLACEHOLDER = re.compile(r"\[[^\]]*\]?")
_APOSTROPHES = str.maketrans("", "", "'’`´")
_WORD = re.compile(r"[a-z0-9ñ]+")
LONGEST = 2000


def tokens(text: str) -> list[str]:
    """The words of a text. Characters past the first 2,000 are not looked at."""
    text = text[:LONGEST]
    if "[" in text:
        text = _PLACEHOLDER.sub(" ", text)
    return _WORD.findall(folded(text).translate(_APOSTROPHES))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Singular and plural alike, roughly, in English and Spanish."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 5 and word.endswith(("ches", "shes", "sses", "xes", "ores", "ales", "ones")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def stems(text: str) -> list[str]:
    return [stem(word) for word in tokens(text)]


def joined_pairs(words: list[str], known: Container[str]) -> list[str]:
    """The words, with neighbours that are known as one word joined: "dupage pads"."""
    joined: list[str] = []
    for word in words:
        if joined and len(word) > 1 and joined[-1] + word in known:
            joined[-1] += word
        else:
            joined.append(word)
    return joined
