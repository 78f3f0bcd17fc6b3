"""Answers what people ask about us with fixed sentences: the cost, who is told, when a call comes,
how to give.

The sentences say what docs/legal/who-may-read-texts.md and the tasks' targets say, and no more.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.asked import Asked
from bot.checkin_answers import tells_of_no_call
from bot.discreet import said
from bot.phrases import Notation, PhraseBook
from bot.plain_text import words_of
from bot.turn import Situation, Turn, Understood
from bot.wording import say
from directory.messages.models import AnsweredBy
from directory.own_files import read_once, read_yaml
from directory.search import needs_in, place_in

PHRASES_FILE = Path(__file__).with_name("about_us.yml")
MOST_WORDS = 12
# Words of what is asked, not of a need.
_NO_NEEDS = frozenset({"information", "immigration"})


class About(StrEnum):
    """What is asked of us."""

    COST = "cost"
    TOLD = "told"
    CALL = "call"
    GIVE = "give"  # who wants to help others needs none of the lists


def read(text: str, *, after_list: bool = False) -> About | None:
    """What the text asks of us; `after_list`: "is it free" is then asked of a service."""
    words = words_of(text)
    if not words or len(words) > MOST_WORDS:
        return None
    sentence = f" {' '.join(words)} "
    known = _phrases()
    if known.not_asked.occurs(sentence):
        return None
    books = (known.always,) if after_list else (known.always, known.alone)
    return next((about for book in books for about, _ in book.find(sentence)), None)


def answer(text: str, situation: Situation, last: Asked | None) -> Turn | None:
    """The turn for a question about us; None for any other text."""
    if situation.clinician is not None or last is Asked.SAFETY:
        return None
    about = read(text, after_list=last is Asked.LIST)
    if about is None:
        return None
    if about is not About.GIVE and _is_search(text):
        return None
    if about is About.CALL and situation.call_awaited and tells_of_no_call(text):
        return None  # the call is owed: staff is told once more
    if about is About.TOLD and situation.unnamed:
        reply = said("who_are_you", situation)
    else:
        reply = say(f"about_us_{about}", situation.language)
    understood = Understood(needs=("information",))
    memory = replace(situation.memory, misses=0)
    return Turn(AnsweredBy.CHOICE, memory, (reply,), understood=understood)


def _is_search(text: str) -> bool:
    return place_in(text) is not None or not _NO_NEEDS.issuperset(needs_in(text))


@dataclass(frozen=True, slots=True)
class _Phrases:
    always: PhraseBook[About]
    alone: PhraseBook[About]
    not_asked: PhraseBook[str]


@read_once
def _phrases() -> _Phrases:
    content: dict[str, Any] = read_yaml(PHRASES_FILE)
    notation = Notation(content["lists"])

    def book(suffix: str) -> PhraseBook[About]:
        return PhraseBook(
            (notation.compile(source), about)
            for about in About
            for source in content.get(f"{about}{suffix}", ())
        )

    not_asked = PhraseBook((notation.compile(source), source) for source in content["not_asked"])
    return _Phrases(always=book(""), alone=book("_alone"), not_asked=not_asked)
