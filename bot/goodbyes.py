"""When "take care" is the answer: to a goodbye, and to a short no.

The classifier takes "not really im struggling" for a no. Whoever says more than a few words, or
was just asked how things are, has not said goodbye with it, and is asked what they mean.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain, words_of
from directory.own_files import read_once, read_yaml

PHRASES_FILE = Path(__file__).with_name("goodbyes.yml")
MOST_WORDS = 3
# A need that the classifier holds less likely than this is not offered.
OFFERED_FROM = 0.1


def is_goodbye(text: str) -> bool:
    """Whether a text that was taken for a goodbye or a no may be one."""
    if len(words_of(text)) <= MOST_WORDS:
        return True
    return _phrases().occurs(plain(text))


def payload_for(
    payload: dict[str, Any],
    text: str,
    *,
    in_checkin: bool,
    ranking: Sequence[tuple[str, float]],
) -> dict[str, Any]:
    """This payload, but a question what was meant where a goodbye was none.

    In answer to a check-in nothing is guessed: a person reads it, and its numbers are named.
    """
    if payload.get("say") != "goodbye" or (is_goodbye(text) and not in_checkin):
        return payload
    likely = [name for name, share in ranking if share >= OFFERED_FROM]
    return {"say": "clarify", "needs": [] if in_checkin else likely}


@read_once
def _phrases() -> PhraseBook[str]:
    content = read_yaml(PHRASES_FILE)
    notation = Notation({})
    return PhraseBook((notation.compile(source), source) for source in content["says"])
