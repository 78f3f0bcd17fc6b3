"""What a bare number speaks of: a list of services, a clarifying question or a check-in.

Whatever was sent last counts, for a day; then the numbers of a list mean nothing any more.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.turn import Situation
from directory.conversations.memory import Question

NUMBERS_LAST = timedelta(hours=24)


class Asked(StrEnum):
    """What can be answered with a number."""

    CHECKIN = "checkin"
    QUESTION = "question"
    LIST = "list"


def asked_last(situation: Situation) -> Asked | None:
    """The newest of what is open, None when nothing is."""
    memory, question = situation.memory, open_question(situation)
    numbered = question is not None and bool(question.needs) and not question.paused
    sent_at = {
        # A check-in stays open for as long as the directory says.
        Asked.CHECKIN: situation.checkin.sent_at if situation.checkin else None,
        Asked.QUESTION: question.asked_at if question and numbered else None,
        Asked.LIST: memory.results_at if is_recent(memory.results_at, situation.now) else None,
    }
    known = {asked: at for asked, at in sent_at.items() if at is not None}
    return max(known, key=known.__getitem__, default=None)


def open_question(situation: Situation) -> Question | None:
    """The question that still counts; it may have no numbered choices."""
    question = situation.memory.question
    recent = question is not None and is_recent(question.asked_at, situation.now)
    return question if recent else None


def is_recent(at: datetime | None, now: datetime) -> bool:
    """True when numbers sent at `at` still mean something."""
    return at is not None and now - at <= NUMBERS_LAST
