"""What the words of a partner's text say, once it is known which request they are about. Pure.

Accepting shows a name and a number, and a decline or "done" can't be taken back. So each counts
only where it is said plainly; any other words are for the clinician.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain, words_of
from directory.own_files import read_once, read_yaml

WORDS_FILE = Path(__file__).with_name("partner_words.yml")


class Said(StrEnum):
    """What a partner says to a request."""

    HOLD = "hold"
    ACCEPT = "accept"
    DECLINE = "decline"
    DONE = "done"
    ASK = "ask"


BY_NUMBER = {1: Said.ACCEPT, 2: Said.DECLINE, 3: Said.DONE, 4: Said.ASK}
_NUMBERED = re.compile(r"#?([1-4])(?![0-9])([)\s.:,;!\-]*)(.*)", re.S)
# "1:30", "2-3", "1/2", "2%": a time of day or another number, not an answer.
_OTHER_NUMBER = re.compile(r"#?[1-4](\s*[-/\u2013]\s*[0-9]|[.:,][0-9]|\s*[/%&+$\u00b0])")


def is_question(text: str) -> bool:
    return "?" in plain(text) or "\N{INVERTED QUESTION MARK}" in text


def begins_with_number(text: str) -> bool:
    """Whether it begins with a number of ours and says more."""
    match = _NUMBERED.match(text)
    return match is not None and bool(words_of(match[3]))


def by_number(text: str) -> tuple[Said, str] | None:
    """What a text that begins with 1 to 4 says, and the words besides; None for other texts.

    All of the text are the words where the number is a part of what they say: "1 bed left".
    """
    match = _NUMBERED.match(text)
    if match is None:
        return None
    said, besides = BY_NUMBER[int(match[1])], match[3].strip()
    if _counts(text, match):
        return Said.ASK, text
    if said is Said.ASK:
        return said, besides
    if is_question(text):
        return Said.ASK, text
    if not words_of(besides):
        return said, besides
    if said is Said.DECLINE:
        glued = not match[2] and besides[0].isalpha() and in_words(besides) is not Said.DECLINE
        return (Said.ASK, text) if glued or _takes(_plainly(besides)) else (said, besides)
    if in_words(besides) is said or _words().beside[said].occurs(_plainly(besides)):
        return said, besides
    return Said.ASK, text


def in_words(text: str) -> Said | None:
    """What the words say plainly; None for what only a person can judge."""
    if is_question(text):
        return None
    sentence, words = _plainly(text), _words()
    takes = _takes(sentence)
    whole = words.whole.first(sentence)
    if whole is not None and not (whole is Said.DECLINE and takes):
        return whole
    for said, found in words.begins.find(sentence):
        rest = f" {sentence[found[0].end() :]}"
        if said is Said.ASK or not (takes or words.turns.occurs(rest)):
            return said
    return None


def alone(text: str) -> Said | None:
    """What the whole text says, without a letter."""
    if is_question(text):
        return None
    return _words().alone.first(plain(text))


def speaks_of_request(text: str) -> bool:
    """Whether the words are an answer's, so that an "a" before them is a letter."""
    return _words().speaks.occurs(_plainly(text))


def speaks_of_wish(text: str) -> bool:
    """Whether somebody may look for something: beside the name of a need they do."""
    return _words().wishes.occurs(_plainly(text))


def reason_by_number(number: int) -> str | None:
    return _words().reasons.get(number)


def _counts(text: str, match: re.Match[str]) -> bool:
    """Whether the number counts something, or is a time of day."""
    return _OTHER_NUMBER.match(text) is not None or _words().counts.occurs(_plainly(match[3]))


def _takes(sentence: str) -> bool:
    """Whether it says somewhere that they take the person."""
    return _words().takes.occurs(_words().refuses.mask(sentence))


def _plainly(text: str) -> str:
    """Without the ends of its sentences: "No. We are full." is said like "no we are full"."""
    return f" {' '.join(words_of(text))} "


@dataclass(frozen=True, slots=True)
class _Words:
    begins: PhraseBook[Said]
    whole: PhraseBook[Said]
    alone: PhraseBook[Said]
    beside: dict[Said, PhraseBook[str]]
    counts: PhraseBook[str]
    wishes: PhraseBook[str]
    takes: PhraseBook[str]
    refuses: PhraseBook[str]
    turns: PhraseBook[str]
    speaks: PhraseBook[str]
    reasons: dict[int, str]


@read_once
def _words() -> _Words:
    content: dict[str, Any] = read_yaml(WORDS_FILE)
    notation = Notation(content["lists"])

    def groups(name: str) -> PhraseBook[Said]:
        return PhraseBook(
            (notation.compile(source), Said(said))
            for said, sources in content[name].items()
            for source in sources
        )

    def book(sources: list[str]) -> PhraseBook[str]:
        return PhraseBook((notation.compile(source), source) for source in sources)

    return _Words(
        begins=groups("begins"),
        whole=groups("whole"),
        alone=groups("alone"),
        beside={Said(said): book(sources) for said, sources in content["beside"].items()},
        counts=book(content["counts"]),
        wishes=book(content["wishes"]),
        takes=book(content["takes"]),
        refuses=book(content["refuses"]),
        turns=book(content["turns"]),
        speaks=book(content["speaks"]),
        reasons=dict(content["reasons"]),
    )
