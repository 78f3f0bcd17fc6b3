"""Whose danger a clinician's text speaks of. Pure.

"SI w/ plan m 34 60540" looks something up for somebody, and the emergency reply for residents
would be in the way. A clinician's own call for help is answered like anybody's.
"""

from dataclasses import dataclass
from pathlib import Path

from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain, words_of
from bot.safety.screen import Danger, Risk, screen
from directory.own_files import read_once, read_yaml

PHRASES_FILE = Path(__file__).with_name("own_danger.yml")
OWN = "clinician.own"


def own_danger(text: str) -> Danger | None:
    """The danger that the clinician is in; None also for danger to somebody looked up for."""
    known = _phrases()
    found = screen(text)
    if known.own.occurs(plain(text)):
        if found is not None and found.immediate:
            return found
        return Danger(Risk.VIOLENCE, immediate=True, rule=OWN)
    if found is None:
        return None
    words = set(words_of(text))
    of_oneself = not words.isdisjoint(known.first_person) and words.isdisjoint(known.about_others)
    return found if of_oneself else None


def speaks_of_danger(text: str) -> bool:
    """Whether somebody is in danger now, whoever it is."""
    found = screen(text)
    return found is not None and found.immediate


@dataclass(frozen=True, slots=True)
class _Phrases:
    own: PhraseBook[str]
    first_person: frozenset[str]
    about_others: frozenset[str]


@read_once
def _phrases() -> _Phrases:
    content = read_yaml(PHRASES_FILE)
    notation = Notation({})
    return _Phrases(
        own=PhraseBook((notation.compile(source), source) for source in content["own"]),
        first_person=frozenset(content["first_person"]),
        about_others=frozenset(str(word) for word in content["about_others"]),
    )
