"""Reads a clinician's command. Pure; never raises, and never fills in what was not said.

visit mh 630-555-0100 ok to text es ref ok name Maria
refer 2 to 630-555-0100 urgent groceries until payday
status · got it · help
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clinician_texts.numbers import number_in
from directory.languages import Language
from directory.own_files import read_once, read_yaml
from directory.visits.models import CallType

WORDS_FILE = Path(__file__).with_name("words.yml")
LONGEST_NAME = 80
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class LogVisit:
    """What could be read of "visit …". None: not said; `unread`: words that meant nothing to us.

    `call_type` and `phone` must be there, or it is asked for.
    """

    call_type: CallType | None
    phone: str | None
    safe_to_text: bool | None = None
    language: Language | None = None
    referral: bool | None = None
    name: str | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refer:
    """What could be read of "refer …". `number`: the place in the last list."""

    number: int | None
    phone: str | None
    urgent: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """My open referrals and tasks."""


@dataclass(frozen=True, slots=True)
class Help:
    """The commands."""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """I take what I was paged for. `plainly`: it can mean nothing else."""

    plainly: bool


Command = LogVisit | Refer | Status | Help | Acknowledge

_NOT = (
    r"(?:not|no|never|(?:do|does|did|is|was|are|were|has|had|would|should|could|ca|wo)n'?t"
    r"|(?:do|does|did)\s+not|cannot|nt|without|w/o|refus\w*|declin\w*|unsafe|against)"
)
_OK = r"(?:ok|okay|oky|k|safe|can|may|fine|good|yes)"
_TEXT = r"(?:text|texts|txt|txts|texting|texted|message|messages|sms)"
_REF = r"(?:ref|refs|refer|referral|referrals|referred|referring)"
_NOT_TO_TEXT = re.compile(
    rf"\b{_NOT}\s+(?:be\s+)?(?:{_OK}\s+)?(?:to\s+|for\s+|2\s*)?(?:be\s+)?{_TEXT}\b"
    # "ok to text no ref": the no is the next word's.
    rf"|\b{_TEXT}\s*[:=]?\s*(?:{_NOT})(?:\s+{_OK})?\b(?!\s+(?:{_OK}\s+)?(?:to\s+|for\s+)?{_REF}\b)"
)
_OK_TO_TEXT = re.compile(
    rf"\b{_OK}\s*(?:to\s+|for\s+|2\s*|w/?\s*|with\s+)?(?:be\s+)?{_TEXT}\b|\b{_TEXT}\s*[:=]?\s*{_OK}\b"
)
_NO_REFERRAL = re.compile(
    rf"\b{_NOT}\s+(?:be\s+)?(?:{_OK}\s+)?(?:to\s+|for\s+|with\s+|2\s*)?(?:be\s+)?{_REF}\b"
    rf"|\b{_REF}\s*[:=]?\s*{_NOT}(?:\s+{_OK})?\b(?!\s+(?:{_OK}\s+)?(?:to\s+|for\s+)?{_TEXT}\b)"
)
_OK_REFERRAL = re.compile(
    rf"\b{_OK}\s*(?:to\s+|for\s+|with\s+|2\s*)?(?:be\s+)?{_REF}\b|\b{_REF}\s*[:=]?\s*{_OK}\b"
)
# With one of these left over, a yes is not plainly a yes.
_DOUBT = re.compile(rf"\?|\b(?:{_NOT}|unsure|maybe|unknown|unclear|idk|ask\s+first)\b")
_LEFT_OVER = re.compile(rf"\b(?:{_TEXT}|{_REF})\b")
# What phones type for an apostrophe.
_APOSTROPHES = str.maketrans(dict.fromkeys("`\u00b4\u2018\u2019\u201b\u02bc\u2032", "'"))
_NAME = re.compile(r"\b(?:name|nombre)\b\s*(?:(?:is|es)\b)?\s*[:=]?\s*(.*)$", re.I | re.S)
_PLACE_IN_LIST = re.compile(
    r"^\s*(?:#|no\.?\s|nr\.?\s|number\s|option\s)?\s*(\d{1,2})(?![\d\-.])\s*"
)
_URGENT = re.compile(r"\b(?:urgent|urgently|urgente|asap|stat|emergency)\b[:,;!]*", re.I)
_EDGES = " \t\r\n,;:.!-"


def read(text: str) -> Command | None:
    """The command that the text is; None for a look-up or anything else."""
    known = _words()
    whole = re.sub(r"(?<=.)[.!?]+$", "", " ".join(text.lower().replace("'", "").split()))
    if whole in known.status:
        return Status()
    if whole in known.help:
        return Help()
    if whole in known.acknowledge:
        return Acknowledge(plainly=True)
    if whole in known.acknowledge_a_page:
        return Acknowledge(plainly=False)
    first, _, rest = text.strip().partition(" ")
    command = _command(first, rest)
    if command == "visit":
        return read_visit(rest)
    if command == "refer":
        return read_refer(rest)
    if _near(whole, "status"):
        return Status()
    return None


def read_visit(text: str) -> LogVisit:
    """What stands behind "visit". Two kinds of call, or two numbers, are none."""
    number = number_in(text.translate(_APOSTROPHES))
    rest, name = _split_name(number.rest)
    rest = rest.lower()
    rest, no_texts = _taken_out(rest, _NOT_TO_TEXT)
    rest, no_referral = _taken_out(rest, _NO_REFERRAL)
    doubt = _DOUBT.search(rest) is not None
    rest, texts = _taken_out(rest, _OK_TO_TEXT)
    rest, agreed = _taken_out(rest, _OK_REFERRAL)
    # "text ok ref": whose the one "ok" is cannot be told.
    doubt = doubt or _LEFT_OVER.search(rest) is not None
    safe_to_text = _said(yes=texts and not doubt, no=no_texts)
    referral = _said(yes=agreed and not doubt, no=no_referral)
    known = _words()
    call_types: list[CallType] = []
    languages: list[Language] = []
    unread: list[str] = []
    for word in re.findall(r"[^\s,;:/|]+", rest):
        bare = word.strip(_EDGES + "()")
        if bare in known.call_types:
            call_types.append(known.call_types[bare])
        elif bare in known.languages:
            languages.append(known.languages[bare])
        elif bare and bare not in known.filler:
            unread.append(bare)
    return LogVisit(
        call_type=_only(call_types),
        phone=number.phone,
        safe_to_text=safe_to_text,
        language=_only(languages),
        referral=referral,
        name=name,
        unread=tuple(unread),
    )


def read_refer(text: str) -> Refer:
    """What stands behind "refer": the place in the list first, or behind the number."""
    place = _PLACE_IN_LIST.match(text)
    number = number_in(text[place.end() :] if place else text)
    rest = re.sub(r"^[\s,;:.\-]*(?:to|for|a|para)\b", " ", number.rest, flags=re.I).strip(_EDGES)
    if place is None:
        place = _PLACE_IN_LIST.match(rest)
        rest = rest[place.end() :] if place else rest
    urgent = _URGENT.search(rest) is not None
    reason = " ".join(_URGENT.sub(" ", rest).split()).strip(_EDGES)
    return Refer(
        number=int(place[1]) if place else None,
        phone=number.phone,
        urgent=urgent,
        reason=reason[:LONGEST_REASON] or None,
    )


def language_at_the_end(text: str) -> tuple[str, Language | None]:
    """A look-up's "es" or "spanish" taken off: for whom it is, not what it is written in."""
    *others, last = text.split() or [""]
    language = _words().languages.get(last.lower().strip(_EDGES))
    if language is None or not others:
        return text, None
    return " ".join(others), language


def _command(first: str, rest: str) -> str | None:
    """Which command a first word is; a misspelt one only where a telephone number follows."""
    word = first.lower().strip(_EDGES)
    known = _words().commands
    if word in known:
        # "v" and "log" are words of other sentences as well.
        short = word not in ("visit", "refer")
        return known[word] if not short or number_in(rest).phone else None
    if number_in(rest).phone is None:
        return None
    return next((each for each in ("visit", "refer") if _near(word, each)), None)


def _near(written: str, meant: str) -> bool:
    """One letter too many, too few, wrong, or two swapped."""
    if abs(len(written) - len(meant)) > 1 or written[:1] != meant[0]:
        return False
    if len(written) == len(meant):
        wrong = [at for at in range(len(meant)) if written[at] != meant[at]]
        if len(wrong) <= 1:
            return True
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        return swapped and sorted(written) == sorted(meant)
    longer, shorter = sorted((written, meant), key=len, reverse=True)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))


def _taken_out(text: str, pattern: re.Pattern[str]) -> tuple[str, bool]:
    """The text without what the pattern finds, and whether it found anything."""
    rest, count = pattern.subn(" ", text)
    return rest, count > 0


def _said(*, yes: bool, no: bool) -> bool | None:
    """A no anywhere is a no."""
    return False if no else (True if yes else None)


def _split_name(text: str) -> tuple[str, str | None]:
    """The name, up to what may follow it, is the person's alone: the rest goes on being read."""
    match = _NAME.search(text)
    if match is None:
        return text, None
    said = match[1]
    end = min(
        (
            found.start()
            for pattern in (_NOT_TO_TEXT, _OK_TO_TEXT, _NO_REFERRAL, _OK_REFERRAL)
            if (found := pattern.search(said.lower()))
        ),
        default=len(said),
    )
    words = said[:end].split()
    after: list[str] = []
    while words and words[-1].lower().strip(_EDGES) in _words().languages:
        after.append(words.pop())
    name = " ".join(words).strip(_EDGES)[:LONGEST_NAME]
    rest = f"{text[: match.start()]} {' '.join(after)} {said[end:]}"
    return rest, name or None


def _only(found: Iterable[Any]) -> Any:
    """The one that was named; None for none and for several."""
    different = set(found)
    return different.pop() if len(different) == 1 else None


@dataclass(frozen=True, slots=True)
class _Words:
    commands: dict[str, str]
    status: frozenset[str]
    help: frozenset[str]
    acknowledge: frozenset[str]
    acknowledge_a_page: frozenset[str]
    call_types: dict[str, CallType]
    languages: dict[str, Language]
    filler: frozenset[str]


@read_once
def _words() -> _Words:
    content: dict[str, Any] = read_yaml(WORDS_FILE)

    def by_word(groups: dict[str, list[str]]) -> dict[str, str]:
        return {word: meaning for meaning, words in groups.items() for word in words}

    return _Words(
        commands=by_word(content["commands"]),
        status=frozenset(content["status"]),
        help=frozenset(content["help"]),
        acknowledge=frozenset(content["acknowledge"]),
        acknowledge_a_page=frozenset(content["acknowledge_a_page"]),
        call_types={w: CallType(kind) for w, kind in by_word(content["call_types"]).items()},
        languages={w: Language(code) for w, code in by_word(content["languages"]).items()},
        filler=frozenset(content["filler"]),
    )
