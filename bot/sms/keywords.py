"""STOP, START and HELP: the carrier's own words, and opting out in plain words.

The screen for danger runs before this: "end it all" is danger first, a bare "END" is an opt-out.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain
from directory.languages import Language
from directory.own_files import read_once, read_yaml

OPT_OUT_FILE = Path(__file__).with_name("opt_out.yml")


class Keyword(StrEnum):
    """What a keyword asks of us."""

    STOP = "stop"
    START = "start"
    HELP = "help"


# Twilio's default opt-out, opt-in and help words. YES is Twilio's too; here it answers questions.
_CARRIERS = {
    Keyword.STOP: "stop unsubscribe end quit stopall revoke optout cancel",
    Keyword.START: "start unstop",
    Keyword.HELP: "help info",
}
# The Spanish words that people try; BAJA and SALIR are what Spanish-language programmes advertise.
_SPANISH = {
    Keyword.STOP: "alto parar pare paren baja cancelar cancele cancelen salir desuscribir"
    " desuscribirme desuscribirse desuscribame desuscriban",
    Keyword.HELP: "ayuda",
}
_BY_WORD = {
    word: keyword
    for words_of_language in (_CARRIERS, _SPANISH)
    for keyword, words in words_of_language.items()
    for word in words.split()
}
_BY_WORD |= {"stop all": Keyword.STOP, "opt out": Keyword.STOP, "opt-out": Keyword.STOP}
_SPANISH_WORDS = frozenset(word for words in _SPANISH.values() for word in words.split())

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def keyword(text: str) -> Keyword | None:
    """The keyword that the whole text is, or STOP for an opt-out in plain words, else None."""
    if (found := _BY_WORD.get(_bare(text))) is not None:
        return found
    sentence = _requests().about_others.mask(plain(text))
    left = _without_what_is_wanted(sentence)
    return Keyword.STOP if _requests().opt_out.occurs(left) else None


def language_of_keyword(text: str) -> Language | None:
    """The language that a bare keyword shows; None for other texts, and for the carrier's words."""
    return Language.ES if _bare(text) in _SPANISH_WORDS else None


def is_the_carriers(text: str) -> bool:
    """Whether the whole text is a word of the carrier's, which people of every language send."""
    word = _bare(text)
    return word in _BY_WORD and word not in _SPANISH_WORDS


def wants_texts(text: str) -> bool:
    """Whether the text asks us to go on texting, and does not opt out besides."""
    sentence = _requests().about_others.mask(plain(text))
    return _without_what_is_wanted(sentence) != sentence and keyword(text) is None


def _without_what_is_wanted(sentence: str) -> str:
    """The sentence without "don't stop" and the like, unless it is "you don't stop"."""
    requests = _requests()
    if requests.complaints.occurs(requests.no_complaints.mask(sentence)):
        return sentence
    return requests.still_wanted.mask(sentence)


def _bare(text: str) -> str:
    """The text in one case, without what stands around its words."""
    return " ".join(_EDGES.sub("", unicodedata.normalize("NFKC", text[:2000])).casefold().split())


@dataclass(frozen=True, slots=True)
class _Requests:
    opt_out: PhraseBook[str]
    about_others: PhraseBook[str]
    complaints: PhraseBook[str]
    no_complaints: PhraseBook[str]
    still_wanted: PhraseBook[str]


@read_once
def _requests() -> _Requests:
    content = read_yaml(OPT_OUT_FILE)
    notation = Notation(content["lists"])

    def book(sources: list[str]) -> PhraseBook[str]:
        return PhraseBook((notation.compile(source), source) for source in sources)

    return _Requests(
        opt_out=book([source for sources in content["opt_out"].values() for source in sources]),
        about_others=book(content["about_others"]),
        complaints=book(content["complaints"]),
        no_complaints=book(content["no_complaints"]),
        still_wanted=book(content["still_wanted"]),
    )
