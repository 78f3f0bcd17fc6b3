"""Picks from numbered choices: "2", "2 info", "more", "1 and 3", "neither".

Only when that is the whole text: a sentence with a number in it is a sentence.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.phrases import Notation, Phrase, PhraseBook
from bot.plain_text import plain, words_of
from directory.own_files import read_once, read_yaml

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


class Answer(StrEnum):
    """An answer in words to a question with numbered choices."""

    YES = "yes"
    ALL = "all"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class _Phrases:
    choices: PhraseBook[str]
    answers: PhraseBook[Answer]
    numbers: dict[str, int]


LONGEST = 80  # longer than any phrase of the file
_BETWEEN_NUMBERS = frozenset(["and", "y", "e", "or", "o", "then", "plus"])


def read_choice(text: str) -> Choice | None:
    """The choice that the whole text makes, else None. Numbers are not checked against a list."""
    if len(text) > LONGEST:
        return None
    known = _phrases()
    for kind, found in known.choices.find(plain(text)):
        if kind == "more":
            return More()
        number = _number(found[0], known.numbers)
        if not 1 <= number <= 99:  # a ZIP code or another number
            return None
        return Details(number) if kind == "details" else Pick(number)
    return None


def read_numbers(text: str) -> tuple[int, ...]:
    """The numbers of a text that is only several of them: "1 and 3", "1, 2". Empty otherwise."""
    if len(text) > LONGEST:
        return ()
    numbers = _phrases().numbers
    words = [word for word in words_of(text) if word not in _BETWEEN_NUMBERS]
    if len(words) < 2 or not all(word.isdecimal() or word in numbers for word in words):
        return ()
    return tuple(int(word) if word.isdecimal() else numbers[word] for word in words)


def read_answer_in_words(text: str) -> Answer | None:
    """The answer in words that the whole text is, else None."""
    if len(text) > LONGEST:
        return None
    sentence = plain(text)
    if not sentence.strip() and "\N{THUMBS UP SIGN}" in text:
        return Answer.YES
    return _phrases().answers.first(sentence)


def _number(found: re.Match[str], numbers: dict[str, int]) -> int:
    return next(
        int(word) if word.isdecimal() else numbers[word]
        for word in found.group().split()
        if word.isdecimal() or word in numbers
    )


@read_once
def _phrases() -> _Phrases:
    content = read_yaml(PHRASES_FILE)
    numbers = {word: number for number, words in content["numbers"].items() for word in words}
    notation = Notation(content["lists"] | {"number": [*numbers, "#"]})

    def phrase(source: str) -> Phrase:
        return notation.compile(f"^ ({source}) $")

    return _Phrases(
        choices=PhraseBook(
            (phrase(source), kind)
            for kind in ("more", "details", "pick")
            for source in content[kind]
        ),
        answers=PhraseBook(
            (phrase(source), answer) for answer in Answer for source in content[answer]
        ),
        numbers=numbers,
    )
