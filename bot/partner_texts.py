"""What a partner's contact texts about the referrals that they were told of. Pure.

"A1" accepts, "A2 full" declines, "A3" is done, "A4 …" or a question asks; "A waiting list" takes
it up for later. Without the letter only where one request alone can be meant; what speaks of no
request goes on to the ordinary conversation, for they may look for services too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.asked import is_recent
from bot.choices import Pick, read_choice, read_numbers
from bot.deeds import Deed
from bot.partner_deeds import AskClinician, GiveReason, MoveReferral
from bot.partner_said import (
    BY_NUMBER,
    Said,
    alone,
    begins_with_number,
    by_number,
    in_words,
    is_question,
    reason_by_number,
    speaks_of_request,
    speaks_of_wish,
)
from bot.plain_text import words_of
from bot.turn import PartnerReferral, Situation, Turn
from bot.wording import say
from directory.conversations.memory import Topic
from directory.messages.models import AnsweredBy
from directory.referrals.reasons import NOT_GIVEN
from directory.referrals.states import Status
from directory.search import needs_in, place_in

LONGEST_WORDS = 500
# A reason for a decline without a letter is short; more is about something else.
WORDS_OF_A_REASON = 30
# More would make a long text that nobody reads: each stands in the text of its own request.
CODES_AT_MOST = 12

_MOVES = {
    Said.ACCEPT: Status.ACCEPTED,
    Said.DECLINE: Status.REJECTED,
    Said.DONE: Status.COMPLETED,
    Said.HOLD: Status.ON_HOLD,
}
LETTERED = re.compile(
    r"\s*[(\"']?([a-z]{1,2})[)\"']?(\s*[.:,;\-#]+\s*|\s*(?=[0-9])|\s+|$)(.*)", re.I | re.S
)
_TOPIC = re.compile(r"^\S+\s*")  # "question what is her zip"


@dataclass(frozen=True, slots=True)
class Reply:
    """`words`: what was said besides, as it was written."""

    referral: PartnerReferral
    said: Said
    words: str


@dataclass(frozen=True, slots=True)
class Which:
    """An answer that does not say which of these requests is meant."""

    referrals: tuple[PartnerReferral, ...]


def read(text: str, referrals: Sequence[PartnerReferral]) -> Reply | Which | None:
    """What the text says to which request; None when it speaks of none. Never raises."""
    lettered = _with_letter(text, referrals)
    if lettered is not None:
        return lettered
    waiting = tuple(each for each in referrals if each.is_open)
    said, words = _alone(text)
    if said is None or not waiting:
        return None
    if len(waiting) > 1:
        return Which(waiting)
    if not waiting[0].code:
        return Which(waiting)  # it has no letter: only its link answers
    answered = waiting[0].status is not Status.REQUESTED
    numbered = isinstance(read_choice(text), Pick) or begins_with_number(text.strip())
    if answered and said in (Said.ACCEPT, Said.DECLINE) and not numbered:
        return None  # "yes", "no" to something else
    return Reply(waiting[0], said, words)


def read_reason(text: str) -> str | None:
    """The reason for a decline, by number or in words, as it is written down; None for neither."""
    choice = read_choice(text)
    if isinstance(choice, Pick):
        return reason_by_number(choice.number)
    words = words_of(text)
    if not words or len(words) > WORDS_OF_A_REASON or "?" in text:
        return None
    return text.strip()[:LONGEST_WORDS]


def answer(text: str, situation: Situation) -> Turn | None:
    """The turn for a partner's text about a request; None for the ordinary conversation."""
    if not situation.at_partner:
        return None
    found = read(text, situation.at_partner)
    if _with_letter(text, situation.at_partner) is None:
        if _about_a_list(situation):
            return None
        turn = _on_reason(text, found, situation)
        if turn is not None:
            return turn
    match found:
        case Reply():
            return _on_reply(found, situation)
        case Which(referrals):
            return _which(referrals, situation)
    return None


def _with_letter(text: str, referrals: Sequence[PartnerReferral]) -> Reply | None:
    match = LETTERED.match(text)
    if match is None:
        return None
    letter, separator, rest = match.groups()
    referral = _by_code(letter.upper(), referrals)
    if referral is None:
        return None
    rest = rest.strip()
    numbered = by_number(rest)
    if numbered is not None:
        return Reply(referral, *numbered)
    said = in_words(rest)
    if said is not None:
        return Reply(referral, said, _TOPIC.sub("", rest) if said is Said.ASK else rest)
    if not rest:
        return None
    if is_question(rest) or speaks_of_request(rest) or separator.strip():
        return Reply(referral, Said.ASK, rest)
    return None if is_a_sentence(letter, rest) else Reply(referral, Said.ASK, rest)


def is_a_sentence(letter: str, rest: str) -> bool:
    """ "a friend needs food": an article or a small word, not a request's letter."""
    return not letter.isupper() or bool(needs_in(rest)) or place_in(rest) is not None


def _by_code(code: str, referrals: Sequence[PartnerReferral]) -> PartnerReferral | None:
    """One that waits before one that has ended: letters are used again."""
    named = [each for each in referrals if each.code == code]
    return next((each for each in named if each.is_open), named[0] if named else None)


def _alone(text: str) -> tuple[Said | None, str]:
    """What a text without a letter says."""
    choice, asks = read_choice(text), is_question(text)
    if isinstance(choice, Pick) and not asks:
        return BY_NUMBER.get(choice.number), ""
    numbered = by_number(text.strip()) if begins_with_number(text.strip()) else None
    if numbered is not None and not place_in(text) and not read_numbers(text):
        said, words = numbered
        own_wish = words == text.strip() and needs_in(text) and speaks_of_wish(text)
        if said in (Said.DECLINE, Said.ASK) and not own_wish:
            return numbered  # "2 we are full", "4 does she speak English", "3pm works"
    in_full = alone(text)
    if in_full is not None:
        return in_full, "" if in_full is Said.ACCEPT else text.strip()
    if asks and words_of(text) and place_in(text) is None and not needs_in(text):
        return Said.ASK, text.strip()
    return None, ""


def _about_a_list(situation: Situation) -> bool:
    """Whether a list or a question of ours came after the newest request."""
    memory, now = situation.memory, situation.now
    question = memory.question
    shown = [memory.results_at, question.asked_at if question else None]
    newest = max((at for at in shown if at is not None and is_recent(at, now)), default=None)
    waiting = [each.asked_at for each in situation.at_partner if each.is_open]
    if memory.about_referral is not None:
        waiting.append(memory.about_referral.asked_at)
    return newest is not None and newest > max(waiting, default=newest)


def _on_reason(text: str, found: Reply | Which | None, situation: Situation) -> Turn | None:
    """The turn when the text says why, after a decline without a reason."""
    asked = situation.memory.about_referral
    if (
        asked is None
        or asked.topic is not Topic.DECLINED
        or not is_recent(asked.asked_at, situation.now)
    ):
        return None
    if asked.referral_id is None or asked.contact_id is None:
        return None
    newer = [each for each in situation.at_partner if each.is_open]
    if found is not None and any(each.asked_at > asked.asked_at for each in newer):
        return _which(tuple(newer), situation)
    reason = read_reason(text)
    if reason is None or (not isinstance(read_choice(text), Pick) and place_in(text)):
        return None
    return _doing(situation, GiveReason(asked.referral_id, asked.contact_id, reason))


def _on_reply(reply: Reply, situation: Situation) -> Turn | None:
    referral, said, words = reply.referral, reply.said, reply.words[:LONGEST_WORDS]
    named = (referral.referral_id, referral.contact_id, referral.code)
    if said is Said.ASK:
        if not words_of(words):
            return _saying(
                say("partner_ask_what", situation.language, code=referral.code), situation
            )
        return _doing(situation, AskClinician(*named, words))
    reason = words or None
    if said is Said.DECLINE:
        reason = read_reason(words) if words else NOT_GIVEN
        reason = reason or words
    return _doing(situation, MoveReferral(*named, _MOVES[said], reason))


def _which(referrals: tuple[PartnerReferral, ...], situation: Situation) -> Turn:
    codes = sorted((each.code for each in referrals if each.code), key=lambda c: (len(c), c))
    if not codes:
        return _saying(say("partner_by_link", situation.language), situation)
    named = ", ".join(codes[:CODES_AT_MOST]) + (" ..." if len(codes) > CODES_AT_MOST else "")
    reply = say("partner_which", situation.language, codes=named, code=codes[0])
    return _saying(reply, situation)


def _saying(reply: str, situation: Situation) -> Turn:
    return Turn(AnsweredBy.PARTNER, situation.memory, (reply,))


def _doing(situation: Situation, deed: Deed) -> Turn:
    memory = replace(situation.memory, about_referral=None)
    return Turn(AnsweredBy.PARTNER, memory, deeds=(deed,))
