"""Takes waiting texts of one person, in order, through the conversation and applies each turn.

A lease keeps any second process or thread away from the person meanwhile; the turn and its
replies are one transaction, so a text is answered once, whatever dies in between.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from bot import consent_changes, deeds, fallback
from bot.conversation import Conversation
from bot.deeds import Applying
from bot.lanes import Lanes
from bot.leases import Leases
from bot.situations import situation_of
from bot.sms.deliver import Ready
from bot.turn import Situation, Turn
from directory import database
from directory.checkins import service as checkins
from directory.conversations import service as conversations
from directory.conversations.models import Conversation as LeasedConversation
from directory.failpoints import Point, reach
from directory.languages import Language
from directory.messages import inbox, outbox
from directory.messages.models import (
    AnsweredBy,
    InboundMessage,
    MessageKind,
    OutboundMessage,
    SendPriority,
)
from directory.people.models import Person
from directory.tasks import service as tasks
from directory.telemetry import timings, traces
from directory.telemetry.traces import Step

log = structlog.get_logger(__name__)

# A text whose answer fails this often gets the holding reply, so that it blocks nobody.
ATTEMPTS = 3
# One that was begun this often ends the process that answers it: no other is to try.
STARTS = 6


class Outgoing(Protocol):
    """What this module needs of bot.sms.deliver.Sender."""

    def take_reply(
        self, session: Session, message: OutboundMessage, person: Person
    ) -> Ready | None: ...

    def send(self, ready: Ready) -> None: ...

    def deliver(self, message_id: str) -> None: ...

    def give_back(self, unsent: Collection[Ready]) -> None: ...


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A text that is to be answered, taken out of the session."""

    inbound_id: str
    person_id: str
    text: str
    attempts: int
    situation: Situation


@dataclass(frozen=True, slots=True)
class _Replies:
    """What a turn has queued. `taken`: claimed already; `others`: ids of what follows.

    `more`: another text of this person waits; else the lease has been given back.
    """

    lane: str = ""
    taken: Ready | None = None
    others: tuple[str, ...] = ()
    more: bool = True


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers texts. `now`: product time, `wall`: wall time, `on_shift(now)`: staff is there.

    `sender` sends what was queued, on `lanes`; what it does not manage, the jobs do.
    """

    conversation: Conversation
    sender: Outgoing
    lanes: Lanes
    now: Callable[[], datetime]
    wall: Callable[[], datetime]
    on_shift: Callable[[datetime], bool]
    leases: Leases

    def answer(self, person_id: str) -> bool:
        """Answer everything this person has waiting; False when somebody else is at it."""
        run = self.leases.run().name
        with database.session_scope() as session:
            if not self.leases.take(session, person_id, run):
                return False
            waiting = self._next(session, person_id, run)
        with self.leases.back_on_failure(person_id, run):
            self._go_on(person_id, waiting, run)
        return True

    def answer_leased(self, person_id: str, run: inbox.Run) -> None:
        """As `answer`, for the run that got the lease when the text was stored."""
        if self.leases.has_waited(run):  # for a thread
            with database.session_scope() as session:
                if not self.leases.take(session, person_id, run.name):
                    return
        with self.leases.back_on_failure(person_id, run.name):
            with database.read_scope() as session:
                found = inbox.next_unanswered(session, person_id)
                waiting = None if found is None else self._taken_up(session, found)
            if waiting is None:
                self.leases.give_back(person_id, run.name)
            self._go_on(person_id, waiting, run.name)

    def _go_on(self, person_id: str, waiting: _Waiting | None, run: str) -> None:
        while waiting is not None:
            more = self._answer(waiting, run)
            waiting = self._still_waiting(person_id, run) if more else None

    def _next(self, session: Session, person_id: str, run: str) -> _Waiting | None:
        """The text to answer next; none, and the lease given back, when all are answered."""
        found = inbox.next_unanswered(session, person_id)
        if found is None:
            conversations.release(session, person_id, by=run)
            return None
        found[0].attempts += 1
        return self._taken_up(session, found)

    def _taken_up(
        self, session: Session, found: tuple[InboundMessage, Person, LeasedConversation]
    ) -> _Waiting:
        inbound, person, _ = found  # the conversation is read for what follows
        situation = self.situation(session, inbound, person)
        return _Waiting(inbound.id, person.id, inbound.body, inbound.attempts, situation)

    def _still_waiting(self, person_id: str, run: str) -> _Waiting | None:
        with database.session_scope() as session:
            if not self.leases.take(session, person_id, run):
                return None  # it took too long, and another is at it
            return self._next(session, person_id, run)

    def _answer(self, waiting: _Waiting, run: str) -> bool:
        """Whether another text of this person waits; if none does, the lease is given back."""
        reach(Point.LEASED)
        inbound_id, attempts = waiting.inbound_id, waiting.attempts
        with traces.span(Step.ANSWER, of=inbound_id, attempt=attempts) as span:
            try:
                if attempts > STARTS:
                    turn = fallback.for_a_person(waiting.situation)
                else:
                    turn = self.conversation.respond_to(waiting.text, waiting.situation)
            except Exception:
                # Whatever it was, the person must not meet silence: say what to dial, and look.
                log.exception("answer_failed", inbound_id=inbound_id, attempts=attempts)
                span.note(outcome="failed")
                if attempts < ATTEMPTS:
                    return True
                turn = fallback.holding(waiting.situation)
            span.note(answered_by=turn.answered_by)
            reach(Point.UNDERSTOOD)
            replies = self._stored(inbound_id, turn, run)
        self._send(replies)
        return replies.more

    def _send(self, replies: _Replies) -> None:
        """The first part was claimed when it was stored; the others follow it in order."""
        reach(Point.QUEUED)
        sender, taken = self.sender, replies.taken
        if taken is not None:
            reach(Point.CLAIMED)
            unsent = partial(sender.give_back, [taken])
            self.lanes.put(replies.lane, partial(sender.send, taken), instead=unsent)
        for message_id in replies.others:
            self.lanes.put(replies.lane, partial(sender.deliver, message_id))

    def _stored(self, inbound_id: str, turn: Turn, run: str) -> _Replies:
        """Apply the turn; the texts to send."""
        with traces.span(Step.STORE, of=inbound_id) as span:
            replies = self._apply(inbound_id, turn, run)
            span.note(texts=(replies.taken is not None) + len(replies.others))
        timings.answered(turn.answered_by)
        return replies

    def finish(self, inbound_id: str, turn: Turn, run: str) -> None:
        """Apply a turn that was thought of elsewhere, by a run that has the lease; send what it
        says."""
        self._send(self._stored(inbound_id, turn, run))

    def situation(self, session: Session, inbound: InboundMessage, person: Person) -> Situation:
        """What is known now, as this text is to be answered."""
        now = self.now()
        return situation_of(session, inbound, person, on_shift=self.on_shift(now), now=now)

    def _apply(self, inbound_id: str, turn: Turn, run: str) -> _Replies:
        """Everything that a turn changes, in one transaction, with the claim of what is to be sent
        first, and the lease given back if nothing more is to be answered."""
        now = self.now()
        with database.session_scope() as session:
            found = inbox.being_answered(session, inbound_id)
            if found is None:
                return _Replies()
            inbound, person, conversation = found
            if inbound.answered_at is not None and not inbound.owed:
                if turn.tracked:  # the person was erased meanwhile, and Rasa has just been asked
                    conversations.mark_tracked(session, person.id)
                return _Replies()
            consent_changes.apply(session, person, turn.consent, now=now)
            if turn.memory.language and person.language is None:
                person.language = turn.memory.language
            if turn.checkin_answer is not None:
                _note_answer(session, person, turn.checkin_answer, now=now)
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
            bodies = (*turn.replies, *done.replies)
            by = turn.answered_by
            inbox.mark_answered(session, inbound, by, now=now, replied=bool(bodies))
            beside = inbox.beside(session, inbound)
            if not beside.unanswered:
                conversations.let_go(conversation, by=run)
            replies = self._queued(
                session, inbound, person, turn, bodies, after=beside.sent, now=now
            )
            return replace(replies, more=beside.unanswered)

    def _queued(
        self,
        session: Session,
        inbound: InboundMessage,
        person: Person,
        turn: Turn,
        bodies: Sequence[str],
        *,
        after: int,
        now: datetime,
    ) -> _Replies:
        """`after`: how many texts were written to the person before."""
        priority, taken, others = _priority(turn), None, []
        # Danger does not wait until an answer before it has found a carrier that is slow.
        lane = f"{person.id} danger" if priority is SendPriority.DANGER else person.id
        for number, body in enumerate(bodies):
            message = outbox.queue_text(
                session,
                person_id=person.id,
                body=body,
                kind=MessageKind.REPLY,
                now=now,
                priority=priority,
                in_reply_to=inbound.id,
                after_opt_out=turn.consent in consent_changes.SILENCING,
                after=after + number,
            )
            if number > 0 or self.lanes.busy(lane):
                others.append(message.id)
            else:
                with session.no_autoflush:  # so that it is written once, with its claim
                    taken = self.sender.take_reply(session, message, person)
        return _Replies(lane, taken, tuple(others))


def _language(turn: Turn, person: Person) -> Language:
    return Language(turn.memory.language or person.language or Language.EN)


def _priority(turn: Turn) -> SendPriority:
    return SendPriority.DANGER if turn.answered_by is AnsweredBy.SAFETY else SendPriority.REPLY


def _note_answer(session: Session, person: Person, answer: str, *, now: datetime) -> None:
    checkin = checkins.open_for(session, person.id, now=now)
    if checkin is not None:
        checkins.record_answer(session, checkin.id, answer, now=now)
