"""Reads the answer to "is this a good time to text?", and to the question for the agreed word.

Pure. A yes lets the check-in out to whoever holds the phone, so nothing but a plain yes is one.
Danger, STOP and HELP have been looked for before this is asked.
"""

from enum import StrEnum
from pathlib import Path

from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain
from directory.own_files import read_once, read_yaml
from directory.wordings.rules import folded

PHRASES_FILE = Path(__file__).with_name("good_time.yml")
# "it is bluebird", "la palabra es bluebird": a longer text is about something else.
_WORDS_AROUND = 4


class SafetyAnswer(StrEnum):
    """UNCLEAR, where a word was agreed on: it was not that word."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


def read_safety_answer(text: str, code_word: str | None) -> SafetyAnswer:
    """What the text answers. With a word agreed on (`code_word`) only that word is a yes."""
    said = _in_words(text)
    if code_word is None:
        return said
    if _holds_word(text, code_word):
        return SafetyAnswer.YES
    return SafetyAnswer.NO if said is SafetyAnswer.NO else SafetyAnswer.UNCLEAR


def _holds_word(text: str, code_word: str) -> bool:
    """Whether the text is the word, with few around it; case, accents and gaps don't matter."""
    word, said = folded(code_word), folded(text)
    if not word:
        return False
    if said.replace(" ", "") == word.replace(" ", ""):
        return True
    return f" {word} " in f" {said} " and len(said.split()) <= len(word.split()) + _WORDS_AROUND


def _in_words(text: str) -> SafetyAnswer:
    for answer, _ in _phrases().find(plain(text)):
        return answer
    return SafetyAnswer.UNCLEAR


@read_once
def _phrases() -> PhraseBook[SafetyAnswer]:
    content = read_yaml(PHRASES_FILE)
    notation = Notation({})
    return PhraseBook(
        (notation.compile(source), SafetyAnswer(group["answer"]))
        for group in content["groups"]
        for source in group["says"]
    )
