"""Reads what residents text about a referral: what came of it, why not, what next, take it back.

Pure. The words stand in referral_answers.yml; what matches none of them is left to the ordinary
conversation. Numbers and a bare "yes" mean something only to what was asked last.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from bot.choices import Details, Pick, read_choice
from bot.phrases import MASK, Notation, PhraseBook
from bot.plain_text import plain
from directory.own_files import read_once, read_yaml
from directory.referrals.states import NotReceived

PHRASES_FILE = Path(__file__).with_name("referral_answers.yml")
Entry = TypeVar("Entry")


class Came(StrEnum):
    """What came of a referral, as the person says."""

    NOT_YET = "not_yet"
    NOT_RECEIVED = "not_received"
    RECEIVED = "received"


class TakeBack(StrEnum):
    """How plainly a text withdraws a referral."""

    SURE = "sure"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class CameOf:
    """`why`: said along with a NOT_RECEIVED ("they're full till june")."""

    came: Came
    why: NotReceived | None = None


OUTCOME_NUMBERS = {1: Came.RECEIVED, 2: Came.NOT_YET, 3: Came.NOT_RECEIVED}
# In the order in which the question names them.
WHY_NUMBERS = dict(
    enumerate(
        (
            NotReceived.CLOSED,
            NotReceived.FULL,
            NotReceived.NOT_ELIGIBLE,
            NotReceived.NO_ANSWER,
            NotReceived.WRONG_NUMBER,
        ),
        start=1,
    )
)


def read_outcome(text: str, *, asked_last: bool) -> CameOf | None:
    """What the text says of the outcome; None when it speaks of something else.

    Unless it was `asked_last` only words count that could mean nothing else.
    """
    known, sentence = _phrases(), plain(text)
    if not asked_last:
        anytime = known.anytime.first(sentence)
        return CameOf(anytime) if anytime is not None else None
    why = known.why.first(sentence)
    told = known.told.first(sentence)
    if told is None and why is not None:
        told = Came.NOT_RECEIVED
    if told is None:
        number = _number(text)
        if number is not None:
            told = OUTCOME_NUMBERS.get(number)
        else:
            told = known.plainly.first(sentence)
            if told is None and "\N{THUMBS UP SIGN}" in text and not sentence.strip():
                told = Came.RECEIVED
    if told is None:
        return None
    return CameOf(told, why if told is Came.NOT_RECEIVED else None)


def read_why(text: str) -> NotReceived | None:
    """Why a service was not received, by number or in words."""
    number = _number(text)
    if number is not None:
        return WHY_NUMBERS.get(number)
    return _phrases().why.first(plain(text))


def read_yes_or_no(text: str) -> bool | None:
    """The answer to a question of which 1 is yes and 2 is no."""
    number = _number(text)
    if number is not None:
        return {1: True, 2: False}.get(number)
    return _phrases().yes_or_no.first(plain(text))


def asks_for_details(text: str) -> bool:
    """Whether the text answers "Reply 1 for details"."""
    choice = read_choice(text)
    if isinstance(choice, Pick | Details):
        return choice.number == 1
    return _phrases().details.occurs(plain(text))


def is_wrong_person(text: str) -> bool:
    return _phrases().wrong_person.occurs(plain(text))


def reads_take_back(text: str) -> TakeBack | None:
    """Whether the text withdraws what may be told to partners."""
    known = _phrases()
    return known.take_back.first(known.not_taken_back.mask(plain(text)))


def said_besides(text: str) -> list[str]:
    """What else the text says, sentence by sentence, such as STOP."""
    rest = _phrases().surely_take_back.mask(plain(text))
    return [said.replace(MASK, " ") for said in rest.split(" . ")]


def _number(text: str) -> int | None:
    choice = read_choice(text)
    return choice.number if isinstance(choice, Pick) else None


@dataclass(frozen=True, slots=True)
class _Phrases:
    anytime: PhraseBook[Came]
    told: PhraseBook[Came]
    plainly: PhraseBook[Came]
    why: PhraseBook[NotReceived]
    yes_or_no: PhraseBook[bool]
    details: PhraseBook[bool]
    wrong_person: PhraseBook[bool]
    take_back: PhraseBook[TakeBack]
    surely_take_back: PhraseBook[TakeBack]
    not_taken_back: PhraseBook[bool]


@read_once
def _phrases() -> _Phrases:
    content: dict[str, Any] = read_yaml(PHRASES_FILE)
    notation = Notation(content["lists"])
    outcome, take_back = content["outcome"], content["take_back"]

    def book(*groups: tuple[Entry, list[str]]) -> PhraseBook[Entry]:
        return PhraseBook(
            (notation.compile(source), entry) for entry, sources in groups for source in sources
        )

    return _Phrases(
        anytime=book(
            *((Came(came), sources) for came, sources in content["outcome_anytime"].items())
        ),
        told=book(*((came, outcome[came]) for came in Came)),
        plainly=book(*((came, outcome[f"plain_{came}"]) for came in Came)),
        why=book(*((NotReceived(why), sources) for why, sources in content["why"].items())),
        yes_or_no=book((True, content["next"]["yes"]), (False, content["next"]["no"])),
        details=book((True, content["details"])),
        wrong_person=book((True, content["wrong_person"])),
        take_back=book(*((sure, take_back[sure]) for sure in TakeBack)),
        surely_take_back=book((TakeBack.SURE, take_back[TakeBack.SURE])),
        not_taken_back=book((False, content["not_taken_back"])),
    )
