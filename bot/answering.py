"""Takes waiting texts of one person, in order, through the conversation and applies each turn.

A lease keeps any second process or thread away from the person meanwhile; the turn and its
replies are one transaction, so a text is answered once, whatever dies in between.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot import deeds
from bot.conversation import Conversation
from bot.deeds import Applying
from bot.situations import situation_of
from bot.turn import ConsentChange, Situation, Turn
from bot.wording import say
from directory import database, follow_up
from directory.checkins import service as checkins
from directory.conversations import service as conversations
from directory.languages import Language
from directory.messages import inbox, outbox
from directory.messages.models import AnsweredBy, InboundMessage, MessageKind, SendPriority
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Person
from directory.processes import new_run
from directory.tasks import service as tasks

log = structlog.get_logger(__name__)

# A text whose answer fails this often gets the holding reply, so that it blocks nobody.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers texts. `now`: product time, `wall`: wall time, `on_shift(now)`: staff is there.

    `owner` names this process among those that share the database (directory.processes).
    `deliver` sends one queued text at once; what it does not manage, the jobs do.
    """

    conversation: Conversation
    deliver: Callable[[str], None]
    now: Callable[[], datetime]
    wall: Callable[[], datetime]
    on_shift: Callable[[datetime], bool]
    owner: str

    def answer(self, person_id: str) -> bool:
        """Answer everything this person has waiting; False when somebody else is at it."""
        run = new_run(self.owner)
        if not self._lease(person_id, run):
            return False
        try:
            while self._answer_next(person_id) and self._lease(person_id, run):
                pass
        finally:
            self._release(person_id, run)
        return True

    def _lease(self, person_id: str, run: str) -> bool:
        with database.session_scope() as session:
            return conversations.lease(session, person_id, by=run, wall=self.wall())

    def _release(self, person_id: str, run: str) -> None:
        with database.session_scope() as session:
            conversations.release(session, person_id, by=run)

    def _answer_next(self, person_id: str) -> bool:
        with database.session_scope() as session:
            inbound = inbox.next_unanswered(session, person_id)
            if inbound is None:
                return False
            inbound.attempts += 1
            inbound_id, text, attempts = inbound.id, inbound.body, inbound.attempts
            situation = self._situation(session, inbound)
        try:
            turn = self.conversation.respond_to(text, situation)
        except Exception:
            # Whatever it was, the person must not meet silence: say what to dial, and look.
            log.exception("answer_failed", inbound_id=inbound_id, attempts=attempts)
            if attempts < ATTEMPTS:
                return True
            turn = holding(situation)
        for message_id in self._apply(inbound_id, turn):
            self.deliver(message_id)
        return True

    def answer_owed(self, inbound_id: str) -> None:
        """Answer fully a text that got only the holding reply, now that Rasa is back."""
        with database.read_scope() as session:
            inbound = inbox.by_id(session, inbound_id)
            if inbound is None or not inbound.owed:
                return
            person_id = inbound.person_id
        run = new_run(self.owner)
        if not self._lease(person_id, run):
            return
        try:
            self._answer_owed(inbound_id)
        finally:
            self._release(person_id, run)

    def _answer_owed(self, inbound_id: str) -> None:
        with database.read_scope() as session:
            inbound = inbox.by_id(session, inbound_id)
            if inbound is None or not inbound.owed:
                return
            text, situation = inbound.body, self._situation(session, inbound)
        turn = self.conversation.respond_to(text, situation)
        if turn.answered_by is AnsweredBy.HOLDING:
            return
        if turn.replies:  # none to who has opted out meanwhile: nothing is owed any more
            first = say("late_answer", situation.language) + "\n" + turn.replies[0]
            turn = replace(turn, replies=(first, *turn.replies[1:]))
        for message_id in self._apply(inbound_id, turn):
            self.deliver(message_id)

    def _situation(self, session: Session, inbound: InboundMessage) -> Situation:
        now = self.now()
        person = _known(session, inbound.person_id)
        return situation_of(session, inbound, person, on_shift=self.on_shift(now), now=now)

    def _apply(self, inbound_id: str, turn: Turn) -> list[str]:
        """Everything that a turn changes, in one transaction; ids of the texts to send."""
        now = self.now()
        with database.session_scope() as session:
            inbound = inbox.by_id(session, inbound_id, for_update=True)
            if inbound is None or (inbound.answered_at is not None and not inbound.owed):
                return []
            person = _known(session, inbound.person_id)
            _change_consent(session, person, turn, now=now)
            if turn.memory.language and person.language is None:
                person.language = turn.memory.language
            open_checkin = checkins.open_for(session, person.id, now=now)
            if open_checkin is not None and turn.checkin_answer is not None:
                checkins.record_answer(session, open_checkin.id, turn.checkin_answer, now=now)
            for task in turn.tasks:
                tasks.open_task(
                    session,
                    task.kind,
                    person_id=person.id,
                    now=now,
                    note=task.note,
                    inbound_id=inbound.id,
                    referral_id=task.referral_id,
                )
            applying = Applying(
                session, person, turn.memory, _language(turn, person), now, self.wall()
            )
            done = deeds.carry_out(turn.deeds, applying)
            conversations.remember(session, person.id, done.memory, now=now)
            if turn.tracked:
                conversations.mark_tracked(session, person.id)
            inbox.mark_answered(inbound, turn.answered_by, now=now)
            queued = [
                outbox.queue_text(
                    session,
                    person_id=person.id,
                    body=body,
                    kind=MessageKind.REPLY,
                    now=now,
                    priority=_priority(turn),
                    in_reply_to=inbound.id,
                    after_opt_out=turn.consent in _SILENCING,
                )
                for body in (*turn.replies, *done.replies)
            ]
            return [message.id for message in queued]


_SILENCING = (ConsentChange.STOP, ConsentChange.WRONG_PERSON)


def holding(situation: Situation) -> Turn:
    """What to dial, when nothing better can be said right now."""
    return Turn(AnsweredBy.HOLDING, situation.memory, (say("holding", situation.language),))


def _change_consent(session: Session, person: Person, turn: Turn, *, now: datetime) -> None:
    if turn.consent is ConsentChange.START:
        people_service.opt_in(session, person, now=now)
    elif turn.consent in _SILENCING:
        people_service.opt_out(session, person, now=now)
        if turn.consent is ConsentChange.WRONG_PERSON:
            person.safe_to_text = False
        follow_up.end_texting(session, person, reason="opted_out", now=now)


def _language(turn: Turn, person: Person) -> Language:
    return Language(turn.memory.language or person.language or Language.EN)


def _priority(turn: Turn) -> SendPriority:
    return SendPriority.DANGER if turn.answered_by is AnsweredBy.SAFETY else SendPriority.REPLY


def _known(session: Session, person_id: str) -> Person:
    person = people.by_id(session, person_id)
    if person is None:
        raise LookupError("a text of a person who does not exist")
    return person
