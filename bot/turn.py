"""What goes into an answer and what comes out of it: plain data."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.checkin_answers import CheckinAnswer
from bot.deeds import Deed
from bot.rasa_client import Look
from bot.referral_facts import ReferralFacts, SentNotice
from bot.safety.screen import Danger
from directory.conversations.memory import Memory
from directory.languages import Language
from directory.messages.flood import Flood
from directory.messages.models import AnsweredBy
from directory.referrals.states import OPEN, Status
from directory.tasks.models import TaskKind


class ConsentChange(StrEnum):
    """What a text changes in whether we may text this number at all."""

    STOP = "stop"
    START = "start"
    WRONG_PERSON = "wrong_person"
    NO_CHECKINS = "no_checkins"  # none is to go out until somebody has read the answer


@dataclass(frozen=True, slots=True)
class OpenCheckIn:
    """A check-in that was sent and not answered. `sent_at`: product time."""

    id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class SafetyQuestion:
    """A check-in that waits for "is this a good time to text?". `sent_at`: product time.

    `code_word`: what was agreed on scene; then only that word is a yes. `ended`: the check-in was
    cancelled since, so that an answer closes the talk and lets nothing out.
    """

    checkin_id: str
    sent_at: datetime
    code_word: str | None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class PartnerReferral:
    """A referral that a partner's contact was told of, and the letters by which they name it.

    `asked_at`: since when it is as it is (product time).
    """

    code: str
    referral_id: str
    contact_id: str
    status: Status
    asked_at: datetime

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class ListingsAsked:
    """That a partner's contact was asked whether their listings are right (`asked_at`: product
    time), and the letters by which they answer. `is_open`: something of it is not answered."""

    code: str
    contact_id: str
    asked_at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class Clinician:
    """A registered number of a member of staff. `paged_at`: an on-call page waits for a word."""

    staff_id: str
    paged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A member of staff speaks with the person since `since` (product time). `sender`: the name by
    which a text may say so."""

    staff_id: str
    since: datetime
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a text is to be answered. Nothing in it identifies the person.

    `told`, `outcome_asked`: the newest texts about a referral that can still be answered.
    `told_of`: whatever `told` may speak of, the newest first. What was asked before a text spoke of
    danger is set aside: it is None here, but for `outcome_asked`, which plain words still answer.
    `at_partner`: the referrals that a partner's contact texts about; those that ended lately last.
    `listings_asked`: what that contact was asked last about the listings of each organisation.
    `look_up_for`: the language of the person for whom a clinician looks something up. `flood`: more
    texts came from this number than anybody writes. `unnamed`: somebody else may hold the phone, so
    no answer tells who we are (bot/discreet.py). `call_awaited`: staff is to call, or was lately.
    """

    person_id: str
    message_id: str
    opted_out: bool
    language: Language
    memory: Memory
    checkin: OpenCheckIn | None
    media_count: int
    on_shift: bool
    now: datetime
    safety_asked: SafetyQuestion | None = None
    told: SentNotice | None = None
    told_of: tuple[ReferralFacts, ...] = ()
    outcome_asked: SentNotice | None = None
    open_referrals: int = 0
    at_partner: tuple[PartnerReferral, ...] = ()
    listings_asked: tuple[ListingsAsked, ...] = ()
    clinician: Clinician | None = None
    look_up_for: Language | None = None
    held: Held | None = None
    flood: Flood | None = None
    unnamed: bool = False
    call_awaited: bool = False


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
    referral_id: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer to one text, and everything that changes with it; applied in one transaction.

    `deeds`: what the text sets going in the directory; what they say follows `replies`.
    `tracked`: Rasa may hold the text, whatever came of asking it, and is to forget it some day.
    """

    answered_by: AnsweredBy
    memory: Memory
    replies: tuple[str, ...] = ()
    tasks: tuple[NewTask, ...] = ()
    consent: ConsentChange | None = None
    checkin_answer: CheckinAnswer | None = None
    tracked: bool = False
    deeds: tuple[Deed, ...] = ()
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
