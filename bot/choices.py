"""Picks from the last numbered list: "2", "2 info", "more". Only when that is the whole text."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain

PHRASES_FILE = Path(__file__).with_name("choice_phrases.yml")


@dataclass(frozen=True, slots=True)
class More:
    """The next services of the same list."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A bare number. What it picks depends on what was asked last."""

    number: int


@dataclass(frozen=True, slots=True)
class Details:
    """All that is known about one service of the list."""

    number: int


Choice = More | Pick | Details


def read_choice(text: str) -> Choice | None:
    """The choice that the whole text makes, else None. Numbers are not checked against a list."""
    if len(text) > 80:  # longer than any phrase of the file
        return None
    phrases, numbers = _phrases()
    for kind, found in phrases.find(plain(text)):
        if kind == "more":
            return More()
        number = _number(found[0], numbers)
        if not 1 <= number <= 99:  # a ZIP code or another number
            return None
        return Details(number) if kind == "details" else Pick(number)
    return None


def _number(found: re.Match[str], numbers: dict[str, int]) -> int:
    return next(
        int(word) if word.isdecimal() else numbers[word]
        for word in found.group().split()
        if word.isdecimal() or word in numbers
    )


@cache
def _phrases() -> tuple[PhraseBook[str], dict[str, int]]:
    content = YAML(typ="safe", pure=True).load(PHRASES_FILE)
    numbers = {word: number for number, words in content["numbers"].items() for word in words}
    notation = Notation(content["lists"] | {"number": [*numbers, "#"]})
    book = PhraseBook(
        (notation.compile(f"^ ({source}) $"), kind)
        for kind in ("more", "details", "pick")
        for source in content[kind]
    )
    return book, numbers
