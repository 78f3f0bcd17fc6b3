"""The words that the redactor reads: first names, relatives, digits, and what is no name at all."""

import re
from collections.abc import Set
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from bot.languages import WORDS_FILE as LANGUAGE_WORDS_FILE
from directory.needs import taxonomy
from directory.own_files import read_once, read_yaml
from directory.places import folded
from directory.search.common_words import COMMON_WORDS
from directory.search.places import towns_around

WORDS_FILE = Path(__file__).with_name("words.yml")

_WORD = re.compile(r"[^\W\d_]+")
_ILLINOIS_ZIP = re.compile(r"6[0-2]\d{3}")


@dataclass(frozen=True, slots=True)
class NameWords:
    """first: taken for a name in any case after an announcement; also_words: with a capital only.

    surnames: taken along behind a first name in lower case.
    never: what is no name even with a capital (days, languages, programmes).
    """

    first: frozenset[str]
    also_words: frozenset[str]
    never: frozenset[str]
    surnames: frozenset[str]
    relatives: frozenset[str]


def is_zip(digits: str) -> bool:
    """Whether this looks like a ZIP code of Illinois."""
    return _ILLINOIS_ZIP.fullmatch(digits) is not None


def words_in(text: str) -> frozenset[str]:
    """The text's words, folded."""
    return frozenset(_WORD.findall(folded(text)))


def digits_in(text: str) -> int:
    """How many digits the text has."""
    return sum(map(str.isdigit, text))


@read_once
def _content() -> Any:
    return read_yaml(WORDS_FILE)


@read_once
def name_words() -> NameWords:
    content = _content()
    return NameWords(
        first=frozenset(map(folded, chain.from_iterable(content["first_names"]))),
        also_words=frozenset(
            map(folded, chain.from_iterable(content["first_names_that_are_words"]))
        ),
        never=frozenset(map(folded, chain.from_iterable(content["never_names"]))),
        surnames=frozenset(map(folded, chain.from_iterable(content["surnames"]))),
        relatives=frozenset(chain.from_iterable(content["relatives"])),
    )


@read_once
def everyday_words() -> frozenset[str]:
    """Words of everyday texts and of needs, and towns: no names, no streets. Without accents."""
    language = read_yaml(LANGUAGE_WORDS_FILE)
    words = {folded(word) for word in COMMON_WORDS} | name_words().never
    for group in ("function_words", "content_words"):
        words |= {folded(word) for listed in language[group].values() for word in listed}
    for need in taxonomy().values():
        for texts in need.words.values():
            words |= {folded(word) for text in texts for word in text.split()}
    words |= {name for name in towns_around() if " " not in name}
    return frozenset(words)


@read_once
def _digits() -> dict[str, int]:
    """A word of a number -> how many digits it says: "seis" one, "treinta" two."""
    content = _content()
    said = dict.fromkeys(content["one_digit"], 1)
    return said | dict.fromkeys(chain.from_iterable(content["two_digits"]), 2)


def says_digits(words: Set[str]) -> bool:
    """Whether two different words of numbers are among these, or one that is said doubled."""
    return len(words & _digits().keys()) > 1 or not words.isdisjoint(("double", "triple"))


def _one_number() -> str:
    words = "|".join(sorted(_digits(), key=len, reverse=True))
    return rf"(?:{words}|double|triple|y|\d++)"


@read_once
def _a_number() -> re.Pattern[str]:
    return re.compile(_one_number(), re.IGNORECASE)


@read_once
def number_words() -> re.Pattern[str]:
    """Three or more words of numbers in a row, with digits among them: "six 3 zero"."""
    one = _one_number()
    return re.compile(rf"(?<![^\W\d]){one}(?:[\s,.-]{{0,3}}+{one}){{2,}}(?![^\W\d])", re.IGNORECASE)


def digits_said(said: str) -> int:
    """How many digits the words say, or 0 where Spanish "o" is rather the word "or"."""
    known = _digits()
    words = [folded(word) for word in _a_number().findall(said)]
    spoken = [word for word in words if word in known]
    if len(spoken) < 3 or ("o" in words and any(word in _content()["spanish"] for word in words)):
        return 0
    count, after_tens = 0, False
    for at, word in enumerate(words):
        if word in {"double", "triple"}:
            count += 1 if word == "double" else 2
        elif word.isdigit():
            count += len(word)
        elif word != "y" and not (
            known.get(word, 1) == 1 and after_tens and words[at - 1] != "diez"
        ):
            count += known.get(word, 1)  # a dotless i matches too
        after_tens = known.get(word) == 2 or (word == "y" and after_tens)
    return count
