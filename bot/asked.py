"""What a bare number speaks of: a list of services, a question, a check-in, a text on a referral.

Whatever was sent last counts. Lists and questions do so for a day; then their numbers mean
nothing any more. What we started stays open for as long as the directory says, and no longer than
until danger: what was asked before is set aside then.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.checkin_answers import CheckinAnswer, is_surely_wrong_person, read_answer
from bot.turn import Situation
from directory.conversations.memory import Memory, Question, ReferralQuestion

NUMBERS_LAST = timedelta(hours=24)


class Asked(StrEnum):
    """What can be answered with a number."""

    SAFETY = "safety"  # whether it is a good time to text
    CHECKIN = "checkin"
    QUESTION = "question"
    LIST = "list"
    TOLD = "told"  # a text of ours about a referral: "reply 1 for details"
    OUTCOME = "outcome"  # whether the service was received
    REFERRAL = "referral"  # what we asked about a referral in our last answer


def asked_last(situation: Situation) -> Asked | None:
    """The newest of what is open, None when nothing is."""
    known = _open(situation)
    return max(known, key=known.__getitem__, default=None)


def offers_call(situation: Situation) -> bool:
    """Whether the menu of a check-in still counts that was answered within a day: a 3 brings a
    call. Not once something else with numbers was shown, nor after danger."""
    at = situation.memory.call_offered_at
    if at is None or not is_recent(at, situation.now) or is_set_aside(at, situation.memory):
        return False
    return all(other <= at for other in _open(situation).values())


def _open(situation: Situation) -> dict[Asked, datetime]:
    """When what is open was asked."""
    memory, question = situation.memory, open_question(situation)
    numbered = question is not None and bool(question.needs) and not question.paused
    about_referral = open_referral_question(situation)
    safety, told, outcome = situation.safety_asked, situation.told, situation.outcome_asked
    sent_at = {
        Asked.SAFETY: safety.sent_at if safety else None,
        Asked.CHECKIN: situation.checkin.sent_at if situation.checkin else None,
        Asked.TOLD: told.sent_at if told else None,
        Asked.OUTCOME: (
            outcome.sent_at if outcome and not is_set_aside(outcome.sent_at, memory) else None
        ),
        Asked.QUESTION: question.asked_at if question and numbered else None,
        Asked.LIST: memory.results_at if is_recent(memory.results_at, situation.now) else None,
        Asked.REFERRAL: about_referral.asked_at if about_referral else None,
    }
    return {asked: at for asked, at in sent_at.items() if at is not None}


def asks_of_notice(text: str, last: Asked | None) -> bool:
    """ "Who is this?" after a text about a referral is answered; the check-in is not meant."""
    newer = last in (Asked.TOLD, Asked.OUTCOME, Asked.REFERRAL)
    return newer and read_answer(text) is CheckinAnswer.WRONG_PERSON


def is_wrong_person(text: str, situation: Situation, last: Asked | None) -> bool:
    """Said with nothing open, too; but after a list "wrong number" is about a number on it."""
    if situation.clinician is not None or situation.at_partner or last is Asked.LIST:
        return False
    return is_surely_wrong_person(text)


def open_question(situation: Situation) -> Question | None:
    """The question that still counts; it may have no numbered choices."""
    question = situation.memory.question
    recent = question is not None and is_recent(question.asked_at, situation.now)
    return question if recent else None


def waits_for_place(situation: Situation) -> bool:
    """Whether what we asked last of a search is the town or ZIP, and nobody has said it yet."""
    memory, at = situation.memory, situation.memory.place_asked_at
    if at is None or not memory.needs or memory.question is not None:
        return False
    newer_list = memory.results_at is not None and memory.results_at > at
    return is_recent(at, situation.now) and not is_set_aside(at, memory) and not newer_list


def open_referral_question(situation: Situation) -> ReferralQuestion | None:
    """What we asked about a referral in an answer of ours, while it still counts."""
    question = situation.memory.about_referral
    recent = question is not None and is_recent(question.asked_at, situation.now)
    return question if recent else None


def is_set_aside(asked_at: datetime, memory: Memory) -> bool:
    """Whether danger came after what we asked at `asked_at`: "1" may then be "press 1"."""
    return memory.danger_at is not None and asked_at <= memory.danger_at


def is_recent(at: datetime | None, now: datetime) -> bool:
    """True when numbers sent at `at` still mean something."""
    return at is not None and now - at <= NUMBERS_LAST
