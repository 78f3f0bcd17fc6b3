"""What a partner's contact texts when asked whether their listings are still right. Pure.

"B1" says that they are, "B2" asks to change them, "B the hours are 10-4 now" says what is wrong.
Without the letter only where nothing else can be meant: beside an open request we ask which.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.asked import is_recent, open_question
from bot.choices import Pick, read_choice
from bot.deeds import Deed
from bot.listing_deeds import AskWhat, ConfirmListings, NoteWrong
from bot.partner_texts import LETTERED, LONGEST_WORDS, is_a_sentence
from bot.phrases import Notation, PhraseBook
from bot.plain_text import plain, words_of
from bot.turn import ListingsAsked, PartnerReferral, Situation, Turn
from bot.wording import say
from directory.conversations.memory import Topic
from directory.messages.models import AnsweredBy
from directory.own_files import read_once, read_yaml
from directory.referrals.states import Status
from directory.search import needs_in

WORDS_FILE = Path(__file__).with_name("listing_words.yml")
# So long after we asked, a "yes" without a letter may still be the answer.
WORDS_LAST = timedelta(days=3)


class Said(StrEnum):
    """What a text says of listings. WORDS: what is wrong."""

    RIGHT = "right"
    CHANGE = "change"
    WORDS = "words"


_BY_NUMBER = {1: Said.RIGHT, 2: Said.CHANGE}


@dataclass(frozen=True, slots=True)
class Reading:
    """`sure`: it can be about nothing but a listing."""

    said: Said
    words: str = ""
    sure: bool = False


def answer(text: str, situation: Situation) -> Turn | None:
    """The turn for a text about listings; None for any other text."""
    if not situation.listings_asked:
        return None
    lettered = _lettered(text, situation)
    if lettered is not None:
        asked, reading = lettered
        return _on(asked, reading, situation)
    waiting = tuple(each for each in situation.listings_asked if each.is_open)
    told_what = _told_what(text, situation)
    if told_what is not None:
        return told_what
    if not waiting or _newer_than(max(each.asked_at for each in waiting), situation):
        return None
    alone = read(text)
    if alone is None or (not _is_number(text) and not _lately(waiting, situation)):
        return None
    requests = [each for each in situation.at_partner if each.status is Status.REQUESTED]
    if requests and not alone.sure:
        return _one_of_both(waiting[0], requests[0], situation)
    if len(waiting) > 1:
        return _which(waiting, situation)
    return _on(waiting[0], alone, situation)


def read(text: str) -> Reading | None:
    """What a text without a letter says of listings; None when it speaks of none."""
    choice = read_choice(text)
    if isinstance(choice, Pick):
        said = _BY_NUMBER.get(choice.number)
        return Reading(said) if said else None
    whole = plain(text)
    for said, sure, book in _words().whole:
        if book.occurs(whole) and words_of(text):
            return Reading(said, sure=sure)
    if _words().words.occurs(whole):
        return Reading(Said.WORDS, text.strip(), sure=True)
    return None


def _lettered(text: str, situation: Situation) -> tuple[ListingsAsked, Reading] | None:
    match = LETTERED.match(text)
    if match is None:
        return None
    letter, separator, rest = match.groups()
    code, rest = letter.upper(), rest.strip()
    named = [each for each in situation.listings_asked if each.code == code]
    asked = next((each for each in named if each.is_open), named[0] if named else None)
    if asked is None:
        return None
    if not asked.is_open and any(each.code == code for each in situation.at_partner):
        return None  # the letter is a request's by now
    if not rest:
        return (asked, Reading(Said.CHANGE)) if letter.isupper() else None
    if rest[0] in "12" and not rest[1:2].isdigit():
        words = rest[1:].strip(" ).:,;-!")
        said = _BY_NUMBER[int(rest[0])]
        plainly = not words_of(words) or (said is Said.RIGHT and _is_polite(words))
        return asked, Reading(said) if plainly else Reading(Said.WORDS, words)
    reading = read(rest)
    if reading is not None:
        return asked, reading
    if "?" not in rest and not separator.strip() and is_a_sentence(letter, rest):
        return None
    return asked, Reading(Said.WORDS, rest)


def _told_what(text: str, situation: Situation) -> Turn | None:
    """The turn for words after we asked what is wrong."""
    asked = situation.memory.about_referral
    if asked is None or asked.topic is not Topic.LISTING or asked.contact_id is None:
        return None
    if not is_recent(asked.asked_at, situation.now) or _newer_than(asked.asked_at, situation):
        return None
    if read_choice(text) is not None or not words_of(text):
        return None
    reading = read(text)
    if reading is None and (needs_in(text) or "?" in text):
        return None  # they look for a service themselves
    if reading is not None and reading.said is not Said.WORDS:
        return None
    return _doing(situation, NoteWrong(asked.contact_id, text.strip()[:LONGEST_WORDS]))


def _on(asked: ListingsAsked, reading: Reading, situation: Situation) -> Turn:
    if not asked.code and not reading.sure and reading.said is not Said.WORDS:
        return _saying(say("listing_by_link", situation.language), situation)
    match reading.said:
        case Said.RIGHT:
            return _doing(situation, ConfirmListings(asked.contact_id))
        case Said.CHANGE:
            return _doing(situation, AskWhat(asked.contact_id, asked.code))
    return _doing(situation, NoteWrong(asked.contact_id, reading.words[:LONGEST_WORDS]))


def _newer_than(asked_at: datetime, situation: Situation) -> bool:
    """Whether something else that takes a number was sent after we asked."""
    memory, question = situation.memory, open_question(situation)
    about = memory.about_referral
    others = [
        situation.checkin.sent_at if situation.checkin else None,
        situation.safety_asked.sent_at if situation.safety_asked else None,
        situation.told.sent_at if situation.told else None,
        situation.outcome_asked.sent_at if situation.outcome_asked else None,
        question.asked_at if question else None,
        memory.results_at if is_recent(memory.results_at, situation.now) else None,
        about.asked_at if about and about.topic is not Topic.LISTING else None,
    ]
    return any(at is not None and at > asked_at for at in others)


def _is_number(text: str) -> bool:
    return isinstance(read_choice(text), Pick)


def _lately(waiting: tuple[ListingsAsked, ...], situation: Situation) -> bool:
    return any(situation.now - each.asked_at <= WORDS_LAST for each in waiting)


def _is_polite(words: str) -> bool:
    return _words().polite.occurs(plain(words))


def _one_of_both(
    listing: ListingsAsked, request: PartnerReferral, situation: Situation
) -> Turn | None:
    """ "A1 or B1?". What has no letter is answered by its link; then the other is meant."""
    if not listing.code:
        return None
    if not request.code:
        return _which((listing,), situation)
    codes = {"listing": listing.code, "request": request.code}
    return _saying(say("listing_or_request", situation.language, **codes), situation)


def _which(waiting: tuple[ListingsAsked, ...], situation: Situation) -> Turn:
    codes = sorted((each.code for each in waiting if each.code), key=lambda code: (len(code), code))
    if not codes:
        return _saying(say("listing_by_link", situation.language), situation)
    return _saying(
        say("listing_which", situation.language, codes=", ".join(codes), code=codes[0]), situation
    )


def _saying(reply: str, situation: Situation) -> Turn:
    return Turn(AnsweredBy.PARTNER, situation.memory, (reply,))


def _doing(situation: Situation, deed: Deed) -> Turn:
    memory = replace(situation.memory, about_referral=None)
    return Turn(AnsweredBy.PARTNER, memory, deeds=(deed,))


@dataclass(frozen=True, slots=True)
class _Words:
    whole: tuple[tuple[Said, bool, PhraseBook[str]], ...]
    words: PhraseBook[str]
    polite: PhraseBook[str]


@read_once
def _words() -> _Words:
    content: dict[str, Any] = read_yaml(WORDS_FILE)
    notation = Notation(content["lists"])

    def book(group: str) -> PhraseBook[str]:
        return PhraseBook((notation.compile(source), source) for source in content[group])

    return _Words(
        whole=(
            (Said.RIGHT, False, book("right")),
            (Said.RIGHT, True, book("sure")),
            (Said.CHANGE, False, book("change")),
            (Said.CHANGE, True, book("sure_change")),
        ),
        words=book("words"),
        polite=book("polite"),
    )
