"""Reads the answer to a check-in: "Reply 1 okay, 2 could use help, 3 please call me".

A person sees every answer that is not plainly good or unchanged, so what isn't understood is
UNCLEAR rather than guessed. No mood is scored: only what was said is sorted.
"""

from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain, words_of
from bot.safety.screen import screen
from bot.sms.keywords import Keyword, keyword
from directory.own_files import read_once, read_yaml
from directory.search import needs_in

PHRASES_FILE = Path(__file__).with_name("checkin_answers.yml")
_NAMED = ("surely_wrong_person", "number_given", "has_died", "no_call_came")
# "Who is this?" is a request for that, too.
_ASKED_FOR_BY_WHO = frozenset({"information"})
# Who writes more than this says more than that they are somebody else.
MOST_WORDS = 12


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
    if tells_of_no_call(text):
        return CheckinAnswer.CALL_ME
    found = [answer for answer, _ in _phrases().find(plain(text))]
    if found and found[0] is CheckinAnswer.WRONG_PERSON and not is_surely_wrong_person(text):
        # Whoever also says how they are, or what they need, is most likely who we mean.
        others = [answer for answer in found if answer is not CheckinAnswer.WRONG_PERSON]
        return (others or found)[0]
    if found:
        return found[0]
    signs = {answer for sign, answer in _SIGNS.items() if sign in text}
    return signs.pop() if len(signs) == 1 else CheckinAnswer.UNCLEAR


def is_surely_wrong_person(text: str) -> bool:
    """Whether this number is to get no more texts: said plainly, and nothing else beside it."""
    sentence = plain(text)
    if len(words_of(text)) > MOST_WORDS or _listed("number_given", sentence):
        return False
    if not _ASKED_FOR_BY_WHO.issuperset(needs_in(text)):
        return False
    return _listed("surely_wrong_person", sentence)


def asks_who(text: str) -> bool:
    """Whether the text only asks who we are."""
    if len(words_of(text)) > MOST_WORDS or is_surely_wrong_person(text):
        return False
    return _listed("who_asks", plain(text))


def tells_of_no_call(text: str) -> bool:
    """Whether a call that we had promised has not come: as good as asking for one."""
    if not _ASKED_FOR_BY_WHO.issuperset(needs_in(text)):
        return False
    return _listed("no_call_came", plain(text))


def tells_of_death(text: str) -> bool:
    """Whether somebody else tells that the person has died."""
    return _listed("has_died", plain(text))


def _listed(name: str, sentence: str) -> bool:
    return _lists()[name].occurs(sentence)


@read_once
def _content() -> dict[str, Any]:
    return dict(read_yaml(PHRASES_FILE))


@read_once
def _lists() -> dict[str, PhraseBook[None]]:
    content = _content()
    notation = Notation(content["lists"])
    named = {name: content[name] for name in _NAMED} | {"who_asks": content["lists"]["who_asks"]}
    return {
        name: PhraseBook((notation.compile(source), None) for source in sources)
        for name, sources in named.items()
    }


@read_once
def _phrases() -> PhraseBook[CheckinAnswer]:
    content = _content()
    notation = Notation(content["lists"])
    return PhraseBook(
        (notation.compile(source), CheckinAnswer(group["answer"]))
        for group in content["groups"]
        for source in group["says"]
    )
