"""Reads what residents ask or tell right after a list of services: its hours, its price, "nobody
answered".

Pure. The words stand in listing_questions.yml. Whether such a text is about the list at all, and
about which of its services, is for bot/listing_turns.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain, words_of
from directory.own_files import read_once, read_yaml

PHRASES_FILE = Path(__file__).with_name("listing_questions.yml")
# A longer text says more than a question about what we have just listed.
MOST_WORDS = 11
Entry = TypeVar("Entry")


class Topic(StrEnum):
    """What is asked about a service. OTHER: whatever only the listing's own words may tell."""

    LANGUAGE = "language"
    COST = "cost"
    DOCUMENTS = "documents"
    APPLY = "apply"
    WHO = "who"
    WEBSITE = "website"
    ADDRESS = "address"
    PHONE = "phone"
    HOURS = "hours"
    OTHER = "other"


class Failed(StrEnum):
    """What came of trying a service of the list."""

    WRONG_NUMBER = "wrong_number"
    CLOSED = "closed"
    NO_ANSWER = "no_answer"
    TURNED_AWAY = "turned_away"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Asked:
    """`about`: what is asked or told. `number`: the place in the list, where the text names it.

    `sentence`: the words it was read from, plain. `all_of_them`: "none of them answered".
    `pronoun`: it speaks of somebody or something named before ("they", "it", "there").
    """

    about: Topic | Failed
    sentence: str
    number: int | None = None
    all_of_them: bool = False
    pronoun: bool = False


_HOURS_NOT_A_NUMBER = "at|till|until|by|before|after|las|hasta|than|im|have|has|tengo|los"


def read(text: str) -> Asked | None:
    """What the text asks or tells of a listing; None when it speaks of something else."""
    words = words_of(text)
    if not words or len(words) > MOST_WORDS:
        return None
    known, sentence = _phrases(), f" {' '.join(words)} "
    number, of_it = _with_it_for_a_number(sentence)
    if known.not_asked.occurs(of_it):
        return None
    about = _about(of_it, text)
    if about is None and number is not None:
        number, of_it = None, sentence
        about = _about(sentence, text)
    if about is None:
        return None
    return Asked(
        about,
        of_it,
        number,
        all_of_them=known.all_of_them.occurs(of_it),
        pronoun=number is not None or not known.pronouns.isdisjoint(of_it.split()),
    )


def asks_of_others(text: str) -> bool:
    """Whether a text about a language asks what somebody else speaks, not what we do."""
    asked = read(text)
    return asked is not None and asked.about is Topic.LANGUAGE and asked.pronoun


def languages_named(sentence: str) -> tuple[str, ...]:
    """The codes of the languages that a question names."""
    known = _phrases().languages
    return tuple(dict.fromkeys(known[word] for word in sentence.split() if word in known))


def days_named(sentence: str, today: date) -> tuple[date, ...]:
    """The next days that a question names, from `today` on."""
    days = set()
    for word, names in _phrases().days.items():
        if any(f" {name} " in sentence for name in names):
            days.add(_next(word, today))
    return tuple(sorted(days))


def asked_for(sentence: str) -> tuple[str, ...]:
    """The beginnings of the words that a question of the kind OTHER is about."""
    small = _phrases().small
    return tuple(
        word.removesuffix("s") for word in sentence.split() if word not in small and len(word) > 2
    )


def _about(sentence: str, text: str) -> Topic | Failed | None:
    known = _phrases()
    failed = known.failed.first(sentence)
    if failed is not None and "?" not in text:
        return failed
    topic = known.questions.first(sentence)
    if topic is not None:
        return topic
    return failed


def _with_it_for_a_number(sentence: str) -> tuple[int | None, str]:
    """The place in the list that the words name, and the words with "it" in its stead."""
    for pattern, number in _phrases().numbers:
        found = pattern.search(sentence)
        if found is not None:
            of_it = f"{sentence[: found.start()]} it {sentence[found.end() :]}"
            return number or int(found["digit"]), f" {' '.join(of_it.split())} "
    return None, sentence


def _next(word: str, today: date) -> date:
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    return today + timedelta(days=(int(word) - today.weekday()) % 7)


@dataclass(frozen=True, slots=True)
class _Phrases:
    not_asked: PhraseBook[bool]
    questions: PhraseBook[Topic]
    failed: PhraseBook[Failed]
    all_of_them: PhraseBook[bool]
    numbers: tuple[tuple[re.Pattern[str], int], ...]
    days: Mapping[str, tuple[str, ...]]
    languages: Mapping[str, str]
    small: frozenset[str]
    pronouns: frozenset[str]


@read_once
def _phrases() -> _Phrases:
    content: dict[str, Any] = read_yaml(PHRASES_FILE)
    notation = Notation(content["lists"])

    def book(*groups: tuple[Entry, list[str]]) -> PhraseBook[Entry]:
        return PhraseBook(
            (notation.compile(source), entry) for entry, sources in groups for source in sources
        )

    which = r"(?:(?:the|el|la|number|numero|#|no|option|opcion) )*"
    kind = r"(?: (?:one|place|option|on the list|de la lista))?"
    ordinals = tuple(
        (re.compile(rf"(?<= ){which}(?:{'|'.join(map(str, names))}){kind}(?= )"), int(number))
        for number, names in content["ordinals"].items()
    )
    not_a_time = "".join(rf"(?<! {word} )" for word in _HOURS_NOT_A_NUMBER.split("|"))
    digit = re.compile(rf"(?<= ){not_a_time}{which}(?P<digit>[1-9]){kind}(?= )(?! (?:am|pm|kids))")
    return _Phrases(
        not_asked=book((True, content["not_asked"])),
        questions=book(*((Topic(kind), said) for kind, said in content["questions"].items())),
        failed=book(*((Failed(kind), said) for kind, said in content["failed"].items())),
        all_of_them=book((True, content["all_of_them"])),
        numbers=(*ordinals, (digit, 0)),
        days={
            str(day): tuple(plain(name).strip() for name in names)
            for day, names in content["days"].items()
        },
        languages={
            plain(name).strip(): code
            for code, names in content["languages"].items()
            for name in names
        },
        small=frozenset(map(str, content["small"])),
        pronouns=frozenset(map(str, content["pronouns"])),
    )
