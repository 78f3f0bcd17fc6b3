"""A member of staff holds the conversation: the bot stands aside, and hands out nothing but rules.

Danger, STOP, START and HELP were decided before this is asked. What is left is the person's part of
a talk with somebody: it gets no answer of ours, but once a word that it has arrived. An answer to a
check-in is noted all the same, and consent that is taken back ends at once what it covered.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.checkin_answers import CheckinAnswer, read_answer
from bot.checkin_texts import first_name
from bot.deeds import Applying, Done
from bot.turn import Held, Situation, Turn, Understood
from bot.wording import say
from directory.checkins import queries as checkins
from directory.conversations import holding
from directory.conversations.holding import Ended
from directory.languages import Language
from directory.messages import outbox
from directory.messages.models import AnsweredBy, MessageKind
from directory.people import queries as people
from directory.people.models import Person
from directory.staff import queries as staff

# What an open check-in takes down while staff speaks; the rest is theirs to read.
_NOTED = frozenset(
    {
        CheckinAnswer.BETTER,
        CheckinAnswer.SAME,
        CheckinAnswer.WORSE,
        CheckinAnswer.NEEDS_HELP,
        CheckinAnswer.CALL_ME,
        CheckinAnswer.UNCLEAR,
    }
)


def held_of(session: Session, person: Person) -> Held | None:
    """Who speaks with this person now, and by which name a text may say so."""
    hold = holding.standing(session, person.id)
    if hold is None:
        return None
    named = not (person.number_shared or checkins.after_domestic_violence(session, person.id))
    member = staff.active_by_id(session, hold.staff_id)
    sender = first_name(member.name) if member is not None and named else None
    return Held(hold.staff_id, hold.since, sender)


def aside(text: str, held: Held, situation: Situation) -> Turn:
    """The turn for a text that staff will answer."""
    memory, language, replies = situation.memory, situation.language, []
    if memory.acknowledged != held.since:
        named = held.sender is not None
        key = "held_by_name" if named else "held"
        replies.append(say(key, language, sender=held.sender) if named else say(key, language))
    answer = read_answer(text) if situation.checkin is not None and text else None
    noted = answer if answer in _NOTED else None
    return Turn(
        AnsweredBy.STAFF,
        replace(memory, acknowledged=held.since),
        tuple(replies),
        checkin_answer=noted,
        deeds=(TellTheHolder(held.staff_id, situation.message_id),),
        understood=Understood(checkin=noted),
    )


@dataclass(frozen=True, slots=True)
class TellTheHolder:
    """A task for who holds the conversation, unless one waits already."""

    staff_id: str
    inbound_id: str

    def carry_out(self, at: Applying) -> Done:
        holding.text_waits(
            at.session,
            at.person.id,
            staff_id=self.staff_id,
            inbound_id=self.inbound_id,
            now=at.now,
        )
        return Done(at.memory)


def hand_back_silent(session: Session, *, now: datetime) -> int:
    """End the holds in which staff has been silent for too long; returns how many.

    Who waits for an answer is told so: the text is a reply to theirs, so it goes out at any hour.
    """
    ended = holding.end_silent(session, now=now)
    for each in ended:
        if each.waiting is not None:
            _tell(session, each, now=now)
    return len(ended)


def _tell(session: Session, ended: Ended, *, now: datetime) -> None:
    person = people.by_id(session, ended.person_id)
    if person is None or ended.waiting is None or person.opted_out_at is not None:
        return
    outbox.queue_text(
        session,
        person_id=person.id,
        body=say("held_too_long", Language(person.language or Language.EN)),
        kind=MessageKind.REPLY,
        in_reply_to=ended.waiting.id,
        now=now,
    )
