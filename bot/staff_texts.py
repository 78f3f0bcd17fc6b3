"""Texts that staff writes to a person: when they may go out, and what follows from them.

Who has just texted gets an answer at any hour, as from the bot: they wait for it, and their text
is what allows it. Until a day later staff may still answer, but not in quiet hours and not where
the phone is not safe. Anything else we start: only to who has agreed to texts on a phone that is
safe, and never in quiet hours; the text then waits for their end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from bot.sms.segments import segments, to_gsm7
from directory.conversations import holding
from directory.conversations import queries as conversations
from directory.errors import Conflict, Invalid
from directory.messages import outbox
from directory.messages.models import MessageKind, OutboundMessage
from directory.people.models import Person
from directory.people.service import may_be_texted
from directory.quiet_hours import QuietHours

MOST_SEGMENTS = 4
# Product time.
AT_ANY_HOUR = timedelta(hours=2)
STILL_AN_ANSWER = timedelta(hours=24)


class Footing(StrEnum):
    """On what ground a text may go out now."""

    REPLY = "reply"  # to who has just texted: at any hour
    LATE_REPLY = "late_reply"  # to who has texted today: not in quiet hours
    AGREED = "agreed"  # we start it: consent, a safe phone, not in quiet hours


class Obstacle(StrEnum):
    """Why no text may be written."""

    OPTED_OUT = "opted_out"
    UNREACHABLE = "unreachable"
    NOT_SAFE = "not_safe_to_text"
    NO_CONSENT = "consent_missing"


OBSTACLES = {
    Obstacle.OPTED_OUT: "This number has opted out: only the person can change that, by START.",
    Obstacle.UNREACHABLE: "Texts do not reach this number, or it is somebody else's now.",
    Obstacle.NOT_SAFE: "It is not known that texting this phone is safe: ask first.",
    Obstacle.NO_CONSENT: "The person has not agreed to texts, or no longer: ask first.",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides. `texted_at`: the person's last text (product time)."""

    opted_out: bool
    reachable: bool
    safe_to_text: bool | None
    agreed: bool
    texted_at: datetime | None


def footing(facts: Facts, *, now: datetime) -> Footing | Obstacle:
    """Whether a text may be written now, and as what. Pure."""
    if facts.opted_out:
        return Obstacle.OPTED_OUT
    if not facts.reachable:
        return Obstacle.UNREACHABLE
    waited = now - facts.texted_at if facts.texted_at is not None else None
    if waited is not None and waited <= AT_ANY_HOUR:
        return Footing.REPLY
    if waited is not None and waited <= STILL_AN_ANSWER and facts.safe_to_text is not False:
        return Footing.LATE_REPLY
    if facts.safe_to_text is not True:
        return Obstacle.NOT_SAFE
    return Footing.AGREED if facts.agreed else Obstacle.NO_CONSENT


def footing_with(session: Session, person: Person, *, now: datetime) -> Footing | Obstacle:
    """The same for a person as they are now."""
    return footing(_facts(session, person, now=now), now=now)


def forbidden_since(
    session: Session, person: Person, *, written_at: datetime, now: datetime
) -> Obstacle | None:
    """Why a text that has waited for the end of quiet hours must not leave after all.

    What answered the person in time still does, however long it had to wait; but never on a phone
    that a visit has found unsafe meanwhile.
    """
    facts = _facts(session, person, now=now)
    found = footing(facts, now=now)
    if isinstance(found, Footing):
        return None
    if facts.safe_to_text is not False and isinstance(footing(facts, now=written_at), Footing):
        return None
    return found


def _facts(session: Session, person: Person, *, now: datetime) -> Facts:
    return Facts(
        opted_out=person.opted_out_at is not None,
        reachable=person.unreachable_because is None and person.reassigned_at is None,
        safe_to_text=person.safe_to_text,
        agreed=may_be_texted(session, person, now=now),
        texted_at=conversations.last_text_at(session, person.id),
    )


@dataclass(frozen=True, slots=True)
class Size:
    """What a text takes when it is sent."""

    segments: int
    letters: int
    too_long: bool


def plain_words(text: str) -> str:
    """As it will go out: typographic quotes and dashes would double its price."""
    return to_gsm7(text.replace("\r\n", "\n").replace("\x00", "").strip())


def size_of(text: str) -> Size:
    plain = plain_words(text)
    count = segments(plain)
    return Size(count, len(plain), too_long=count > MOST_SEGMENTS)


@dataclass(frozen=True, slots=True)
class Written:
    """`leaves_at`: product time; later than now where quiet hours hold it."""

    message: OutboundMessage
    leaves_at: datetime


def write(
    session: Session,
    person: Person,
    text: str,
    *,
    by: str,
    quiet: QuietHours,
    now: datetime,
    instead_of: str | None = None,
) -> Written:
    """Text a person as staff: the bot stands aside from now on, and their texts are answered.

    Raises Invalid `text_empty` or `text_too_long`; Conflict with the code of an Obstacle, or as
    `directory.conversations.holding.take`.
    """
    hold_for = holding.take(session, person, by=by, now=now, instead_of=instead_of)
    written = queue(session, person, text, by=hold_for.staff_id, quiet=quiet, now=now)
    holding.answered(session, person.id, by=by, now=now)
    return written


def queue(
    session: Session, person: Person, text: str, *, by: str, quiet: QuietHours, now: datetime
) -> Written:
    """The same where the bot goes on answering: a listing that was asked for."""
    words = plain_words(text)
    if not words:
        raise Invalid("text_empty", "Write what the text should say.")
    if size_of(words).too_long:
        raise Invalid("text_too_long", f"Make it shorter: at most {MOST_SEGMENTS} segments.")
    ground = footing_with(session, person, now=now)
    if isinstance(ground, Obstacle):
        raise Conflict(ground.value, OBSTACLES[ground])
    waits = ground is not Footing.REPLY
    message = outbox.queue_text(
        session,
        person_id=person.id,
        body=words,
        kind=MessageKind.STAFF,
        initiated=waits,
        written_by=by,
        now=now,
    )
    return Written(message, quiet.end_after(now) if waits else now)
