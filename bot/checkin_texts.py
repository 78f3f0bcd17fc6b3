"""The words of a check-in: the approved wording of its step, in the person's language.

Whoever holds the phone reads it. So nobody is named on a phone that others read, nor after
domestic violence; and where the question whether it is a good time comes first, the texts say
that they can be deleted.
"""

import re
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from bot.sms.segments import Encoding, encoding_of, segments, to_gsm7
from bot.wording import say, sentences
from directory.checkins import queries as checkins
from directory.checkins.models import CheckIn
from directory.checkins.service import Worded
from directory.languages import Language
from directory.people.models import Person
from directory.wordings import queries as wordings
from directory.wordings.rules import LONGEST_NAME, MOST_SEGMENTS, fill, longest

log = structlog.get_logger(__name__)

# What clinicians write when they were not told a name.
_NO_NAMES = frozenset({"unknown", "anonymous", "refused", "none", "desconocido", "desconocida"})
_NAME = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


def checkin_text(session: Session, checkin: CheckIn, person: Person) -> Worded:
    """What goes out for this check-in to this person now, and which version of the wording."""
    language = Language(person.language or Language.EN)
    if checkin.safety_asked and checkin.safety_confirmed_at is None:
        return Worded(safety_question(language, with_word=person.code_word is not None))
    after_violence = checkins.after_domestic_violence(session, person.id)
    named = not (after_violence or person.number_shared)
    signed = checkin.named_sender and not after_violence
    sender = checkins.sender_name(session, checkin, person) if signed else None
    template, version = _wording(session, checkin, language)
    text = fill(
        template,
        name=_greeted(person.name) if named else "",
        sender=_signed(sender, language),
    )
    if checkin.safe_first or after_violence:
        text = _with_hint(text, language)
    return Worded(text, version)


def safety_question(language: Language, *, with_word: bool) -> str:
    """What is asked before anything else; `with_word`: for the word that was agreed on."""
    return say("safety_word_question" if with_word else "safety_question", language)


def gsm7_segments(text: str) -> int | None:
    """How many segments a text takes; None where GSM-7 can't carry it."""
    return segments(text) if encoding_of(text) is Encoding.GSM_7 else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A wording as phones show it. `segments`: of the longest one; None if GSM-7 can't carry it."""

    shown: str
    without_names: str
    segments: int | None


def preview(template: str, language: Language) -> Shown:
    """How a wording reads with example names, and to who is not named."""
    return Shown(
        shown=fill(template, name=_greeted("Maria"), sender=_signed("Alex", language)),
        without_names=fill(template, name="", sender=""),
        segments=gsm7_segments(longest(template)),
    )


def first_name(name: str | None) -> str | None:
    """The first name as a text may say it; None where there is none that keeps a text short."""
    words = (name or "").split()
    if not words:
        return None
    first = to_gsm7(words[0], fold_accents=True).rstrip(".,;")
    usable = _NAME.fullmatch(first) and encoding_of(first) is Encoding.GSM_7
    if not usable or len(first) > LONGEST_NAME or first.casefold() in _NO_NAMES:
        return None
    return first


def _wording(session: Session, checkin: CheckIn, language: Language) -> tuple[str, int | None]:
    """What staff has approved, else the sentence that is shipped."""
    approved = wordings.approved(session, checkin.wording, language)
    if approved is not None:
        return approved.text, approved.version
    shipped = sentences().get(checkin.wording)
    if shipped is None:
        # One wording that is gone must not hold up everybody's check-ins.
        log.error("wording_missing", key=checkin.wording, checkin_id=checkin.id)
        shipped = sentences()["checkin_again" if checkin.asks else "caring_contact"]
    return shipped[language], None


def _greeted(name: str | None) -> str:
    first = first_name(name)
    return f" {first}" if first else ""


def _signed(name: str | None, language: Language) -> str:
    first = first_name(name)
    return " " + say("checkin_sender", language, sender=first) if first else ""


def _with_hint(text: str, language: Language) -> str:
    """With the hint that the text can be deleted, unless that would make it a longer one."""
    hinted = f"{text} {say('checkin_delete_hint', language)}"
    return hinted if segments(hinted) <= MOST_SEGMENTS else text
