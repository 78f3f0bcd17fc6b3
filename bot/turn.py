"""What goes into an answer and what comes out of it: plain data."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.checkin_answers import CheckinAnswer
from bot.rasa_client import Look
from bot.safety.screen import Danger
from directory.conversations.memory import Memory
from directory.languages import Language
from directory.messages.models import AnsweredBy
from directory.tasks.models import TaskKind


class ConsentChange(StrEnum):
    """What a text changes in whether we may text this number at all."""

    STOP = "stop"
    START = "start"
    WRONG_PERSON = "wrong_person"


@dataclass(frozen=True, slots=True)
class OpenCheckIn:
    """A check-in that was sent and not answered. `sent_at`: product time."""

    id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a text is to be answered. Nothing in it identifies the person."""

    person_id: str
    message_id: str
    opted_out: bool
    language: Language
    memory: Memory
    checkin: OpenCheckIn | None
    media_count: int
    on_shift: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of the text; for measuring, and for the clinician who reviews.

    `offered`: the needs that the reply asks to choose from, as it was not clear which was meant.
    `confidence`: how likely the first of `needs` is held, 0 to 1.
    `other_language`: neither English nor Spanish, so that not even danger could be seen.
    """

    needs: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    confidence: float | None = None
    danger: Danger | None = None
    optout: bool = False
    checkin: CheckinAnswer | None = None
    place: str | None = None
    other_language: bool = False


@dataclass(frozen=True, slots=True)
class NewTask:
    kind: TaskKind
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer to one text, and everything that changes with it; applied in one transaction."""

    answered_by: AnsweredBy
    memory: Memory
    replies: tuple[str, ...] = ()
    tasks: tuple[NewTask, ...] = ()
    consent: ConsentChange | None = None
    checkin_answer: CheckinAnswer | None = None
    tracked: bool = False
    understood: Understood = field(default_factory=Understood)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What Rasa (or, without it, the rule search) makes of a text.

    `messages`: the payloads of bot/domain, rendered by bot/wording. `ranking`: needs, best first.
    `confidence`: of the first of them. `look`: all that the classifier made of it.
    """

    messages: tuple[dict[str, Any], ...]
    ranking: tuple[str, ...]
    by: AnsweredBy
    confidence: float | None = None
    look: Look = field(default_factory=Look)
