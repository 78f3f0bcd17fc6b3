"""STOP, START and HELP: the carrier's own words, and opting out in plain words.

The screen for danger runs before this: "end it all" is danger first, a bare "END" is an opt-out.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain

OPT_OUT_FILE = Path(__file__).with_name("opt_out.yml")


class Keyword(StrEnum):
    """What a keyword asks of us."""

    STOP = "stop"
    START = "start"
    HELP = "help"


# Twilio's default opt-out, opt-in and help words, and the Spanish ones that people try. BAJA is
# what Spanish-language programmes advertise. YES is Twilio's too, but here it answers questions.
_WORDS = {
    Keyword.STOP: "stop unsubscribe end quit stopall revoke optout cancel alto parar baja",
    Keyword.START: "start unstop",
    Keyword.HELP: "help info ayuda",
}
_BY_WORD = {word: keyword for keyword, words in _WORDS.items() for word in words.split()}
_BY_WORD |= {"stop all": Keyword.STOP, "opt out": Keyword.STOP, "opt-out": Keyword.STOP}

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def keyword(text: str) -> Keyword | None:
    """The keyword that the whole text is, or STOP for an opt-out in plain words, else None."""
    word = _EDGES.sub("", unicodedata.normalize("NFKC", text[:2000])).casefold()
    if (found := _BY_WORD.get(" ".join(word.split()))) is not None:
        return found
    requests = _requests()
    sentence = requests.about_others.mask(plain(text))
    return Keyword.STOP if any(True for _ in requests.opt_out.find(sentence)) else None


@dataclass(frozen=True, slots=True)
class _Requests:
    opt_out: PhraseBook[str]
    about_others: PhraseBook[str]


@cache
def _requests() -> _Requests:
    content = YAML(typ="safe", pure=True).load(OPT_OUT_FILE)
    notation = Notation(content["lists"])
    return _Requests(
        opt_out=PhraseBook(
            (notation.compile(source), language)
            for language, sources in content["opt_out"].items()
            for source in sources
        ),
        about_others=PhraseBook(
            (notation.compile(source), source) for source in content["about_others"]
        ),
    )
