"""Reads the answer to a check-in: "Reply 1 okay, 2 could use help, 3 please call me".

A person sees every answer that is not plainly good or unchanged, so what isn't understood is
UNCLEAR rather than guessed. No mood is scored: only what was said is sorted.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain
from bot.safety.screen import screen
from bot.sms.keywords import Keyword, keyword

PHRASES_FILE = Path(__file__).with_name("checkin_answers.yml")


class CheckinAnswer(StrEnum):
    """What a check-in's answer says."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NEEDS_HELP = "needs_help"
    CALL_ME = "call_me"
    WRONG_PERSON = "wrong_person"
    STOP = "stop"
    CRISIS = "crisis"
    UNCLEAR = "unclear"


# Skin tones and variants are characters of their own behind the sign. A face tells a mood, which is
# not ours to score: it stays UNCLEAR, and a person looks.
_SIGNS = {
    "\N{THUMBS UP SIGN}": CheckinAnswer.BETTER,
    "\N{OK HAND SIGN}": CheckinAnswer.BETTER,
    "\N{THUMBS DOWN SIGN}": CheckinAnswer.WORSE,
    "\N{TELEPHONE RECEIVER}": CheckinAnswer.CALL_ME,
    "\N{BLACK TELEPHONE}": CheckinAnswer.CALL_ME,
    "\N{MOBILE PHONE}": CheckinAnswer.CALL_ME,
    "\N{MOBILE PHONE WITH RIGHTWARDS ARROW AT LEFT}": CheckinAnswer.CALL_ME,
}


def read_answer(text: str) -> CheckinAnswer:
    """What the text answers; danger and opting out come before everything."""
    danger = screen(text)
    if danger is not None and danger.immediate and not danger.hint:
        return CheckinAnswer.CRISIS
    if keyword(text) is Keyword.STOP:
        return CheckinAnswer.STOP
    if keyword(text) is Keyword.HELP:
        return CheckinAnswer.NEEDS_HELP
    sentence = plain(text)
    for answer, _ in _phrases().find(sentence):
        return answer
    signs = {answer for sign, answer in _SIGNS.items() if sign in text}
    return signs.pop() if len(signs) == 1 else CheckinAnswer.UNCLEAR


@cache
def _phrases() -> PhraseBook[CheckinAnswer]:
    content = YAML(typ="safe", pure=True).load(PHRASES_FILE)
    notation = Notation(content["lists"])
    return PhraseBook(
        (notation.compile(source), CheckinAnswer(group["answer"]))
        for group in content["groups"]
        for source in group["says"]
    )
