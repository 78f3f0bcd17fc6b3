"""What a wording must keep to before it may reach a phone. Pure.

A text that we start may be read by anybody who holds the phone: it names no service, no
organisation, no police, nothing of what happened (740 ILCS 110: even that somebody receives
services is confidential). The words that do stand with their reasons in revealing_words.yml.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from directory.errors import Invalid
from directory.own_files import read_yaml

REVEALING_FILE = Path(__file__).with_name("revealing_words.yml")
KEY = re.compile(r"[a-z][a-z0-9_]{2,39}")
PLACEHOLDERS = frozenset({"name", "sender"})
MOST_SEGMENTS = 2
# A longer first name is left out when a text is filled in.
LONGEST_NAME = 20
_LONGEST = {"name": " " + "n" * LONGEST_NAME, "sender": " " + "s" * (LONGEST_NAME + 14)}
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|org|gov|net|info|us|ly)\b", re.IGNORECASE)
_CHOICES = re.compile(r"\b1\b.*\b2\b.*\b3\b", re.DOTALL)
_STOP = re.compile(r"\bSTOP\b")

# The number of segments of a text that GSM-7 can carry; None for one that it can't.
CountSegments = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Use:
    """What plans use it for. `asks`: None while none does. `opens`: a plan begins with it."""

    asks: bool | None = None
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a wording breaks: a stable code, and what to do about it."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class _Revealing:
    pattern: re.Pattern[str]
    why: str


def broken_rules(
    text: str, use: Use, *, count_segments: CountSegments, organizations: Collection[str] = ()
) -> list[Broken]:
    """Every rule that a wording breaks; none when it may be sent.

    `organizations`: names that it must not say.
    """
    return [
        *_in_form(text, count_segments),
        *_in_content(text, organizations),
        *broken_by_use(text, use),
    ]


def refuse(broken: Sequence[Broken], *, where: str) -> None:
    """Raises Invalid with the code of the first rule that is broken; `errors` holds them all."""
    if broken:
        errors: list[dict[str, Any]] = [{"where": where, "why": each.why} for each in broken]
        raise Invalid(broken[0].code, broken[0].why, errors=errors)


def broken_by_use(text: str, use: Use) -> list[Broken]:
    """Rules that hang on which step of which plan says it."""
    broken = []
    if use.opens and not _STOP.search(text):
        broken.append(
            Broken("wording_stop_missing", "The first message says how to end: put STOP in it.")
        )
    if use.asks and not offers_choices(text):
        broken.append(
            Broken("wording_choices_missing", "A step that asks offers the answers 1, 2 and 3.")
        )
    if use.asks is False and asks(text):
        why = "A step that asks for nothing has no question and no numbers to answer."
        broken.append(Broken("wording_asks", why))
    return broken


def offers_choices(text: str) -> bool:
    return _CHOICES.search(text) is not None


def asks(text: str) -> bool:
    """Whether it wants an answer: a question, or numbers to choose from."""
    return "?" in text or "¿" in text or offers_choices(text)


def fill(text: str, *, name: str, sender: str) -> str:
    """The text as it goes out. Either value may be empty: no gap and no loose comma stays behind.

    Not str.format: what staff wrote is data, and its braces must not reach into anything.
    """
    filled = text.replace("{name}", name).replace("{sender}", sender)
    filled = re.sub(r" {2,}", " ", filled)
    return re.sub(r" +([,.!?;:])", r"\1", filled).strip()


def longest(text: str) -> str:
    """The text with the longest names that may be filled in."""
    return fill(text, **_LONGEST)


def _in_form(text: str, count_segments: CountSegments) -> Iterator[Broken]:
    if not text.strip():
        yield Broken("wording_empty", "Write what the text says.")
        return
    if not _placeholders_known(text):
        why = "Only {name} and {sender} are filled in; write no other braces."
        yield Broken("wording_placeholder_unknown", why)
    strange = sorted({letter for letter in text if count_segments(letter) is None})
    if strange:
        shown = " ".join(strange[:5])
        why = f"These characters make every text cost twice as much, write it without: {shown}"
        yield Broken("wording_not_gsm7", why)
        return
    segments = count_segments(longest(text))
    if segments is None or segments > MOST_SEGMENTS:
        why = "With a name filled in it takes more than two segments: make it shorter."
        yield Broken("wording_too_long", why)


def _placeholders_known(text: str) -> bool:
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return False
    plain = all(not form and not conversion for _, field, form, conversion in parts if field)
    return plain and {field for _, field, _, _ in parts if field is not None} <= PLACEHOLDERS


def _in_content(text: str, organizations: Collection[str]) -> Iterator[Broken]:
    said = folded(text)
    for each in _revealing():
        match = each.pattern.search(said)
        if match:
            yield Broken("wording_reveals", f'Leave out "{match[0]}": {each.why}')
    if any(f" {name} " in f" {said} " for name in map(folded, organizations) if name):
        why = "Leave out the organization: who else reads the phone learns of it."
        yield Broken("wording_reveals", why)
    if _LINK.search(text):
        yield Broken("wording_link", "Leave out the link: carriers hold such texts back as fraud.")


def folded(text: str) -> str:
    """Lower case, without accents and punctuation, one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", letters))


@cache
def _revealing() -> tuple[_Revealing, ...]:
    groups = read_yaml(REVEALING_FILE)["groups"]
    return tuple(
        _Revealing(re.compile("|".join(map(_word, group["en"] + group["es"]))), group["why"])
        for group in groups
    )


def _word(word: object) -> str:
    """A word or phrase by itself; with a star at its end, whatever begins so."""
    written = str(word)
    ending = r"\w*" if written.endswith("*") else r"\b"
    return rf"\b{re.escape(folded(written))}{ending}"
