"""Texts that got only the holding reply: answered fully once Rasa is back, while that helps.

The hours are those of staff who answer (bot/staff_texts.py): soon after the text at any hour, then
not in quiet hours, and a day later or on a phone that is not safe no more: then a person calls.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from bot.answering import Answerer
from bot.staff_texts import AT_ANY_HOUR, STILL_AN_ANSWER
from bot.turn import Situation
from bot.wording import say
from directory import database
from directory.messages import inbox
from directory.messages.models import AnsweredBy, InboundMessage
from directory.people import queries as people
from directory.people.models import Person
from directory.quiet_hours import QuietHours
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from directory.telemetry import traces
from directory.telemetry.traces import Step

TOO_LATE = (
    "This text got only word that it has arrived, and no answer in time or none that may go to "
    "this phone: please read it and answer."
)


class Fate(StrEnum):
    """What is to become of a text whose answer is owed."""

    ANSWER = "answer"
    WAIT = "wait"  # for the end of quiet hours
    BY_A_PERSON = "by_a_person"


def fate(
    came: datetime,
    *,
    opted_out: bool,
    safe_to_text: bool | None,
    quiet: QuietHours,
    now: datetime,
) -> Fate:
    """Of a text that came then (product time). Pure."""
    if opted_out:
        return Fate.ANSWER  # which reaches nobody: nothing is owed any more
    waited = now - came
    if waited > STILL_AN_ANSWER or safe_to_text is False:
        return Fate.BY_A_PERSON
    return Fate.WAIT if waited > AT_ANY_HOUR and quiet.covers(now) else Fate.ANSWER


class _Sent(Protocol):
    @property
    def sent_at(self) -> datetime: ...


_Asked = TypeVar("_Asked", bound=_Sent)


@dataclass(frozen=True, slots=True)
class Owed:
    """Settles what is owed, as the one that answers does it."""

    answerer: Answerer
    quiet: QuietHours

    def to_settle(self, *, rasa: bool) -> list[str]:
        """Ids of the texts to be settled now; without Rasa only those that wait for it no more.

        What waits for the end of quiet hours is not read: it would stand before what need not.
        """
        now = self.answerer.now()
        answered_since = now - (AT_ANY_HOUR if self.quiet.covers(now) else STILL_AN_ANSWER)
        with database.read_scope() as session:
            texts = inbox.owed(session, before=now - STILL_AN_ANSWER)
            if rasa:
                texts += inbox.owed(session, since=answered_since)
            return [inbound.id for inbound in texts]

    def settle(self, inbound_id: str) -> None:
        """Answer a text fully, or leave it to a person; or to later, while it still has to wait."""
        with database.read_scope() as session:
            found = _owed(session, inbound_id)
            if found is None or self._fate(*found) is Fate.WAIT:
                return
            person_id = found[1].id
        leases = self.answerer.leases
        run = leases.run().name
        with database.session_scope() as session:
            if not leases.take(session, person_id, run):
                return
        try:
            self._settle(inbound_id, run)
        finally:
            leases.give_back(person_id, run)

    def _settle(self, inbound_id: str, run: str) -> None:
        with database.read_scope() as session:
            found = _owed(session, inbound_id)
            if found is None:
                return
            inbound, what = found[0], self._fate(*found)
            situation = _as_it_came(self.answerer.situation(session, *found), inbound.received_at)
            text = inbound.body
        if what is Fate.ANSWER:
            self._answer(inbound_id, text, situation, run)
        elif what is Fate.BY_A_PERSON:
            self._to_a_person(inbound_id)

    def _answer(self, inbound_id: str, text: str, situation: Situation, run: str) -> None:
        with traces.span(Step.ANSWER, of=inbound_id) as span:
            turn = self.answerer.conversation.respond_to(text, situation)
            span.note(answered_by=turn.answered_by)
        if turn.answered_by is AnsweredBy.HOLDING:
            return
        if turn.replies:  # none to who has opted out meanwhile: nothing is owed any more
            first = say("late_answer", situation.language) + "\n" + turn.replies[0]
            turn = replace(turn, replies=(first, *turn.replies[1:]))
        self.answerer.finish(inbound_id, turn, run)

    def _to_a_person(self, inbound_id: str) -> None:
        now = self.answerer.now()
        with database.session_scope() as session:
            found = inbox.being_answered(session, inbound_id)
            if found is None or not found[0].owed:
                return
            inbound = found[0]
            inbox.mark_answered(session, inbound, AnsweredBy.STAFF, now=now)
            tasks.open_task(
                session,
                TaskKind.CALL_BACK,
                person_id=inbound.person_id,
                inbound_id=inbound.id,
                note=TOO_LATE,
                now=now,
            )

    def _fate(self, inbound: InboundMessage, person: Person) -> Fate:
        return fate(
            inbound.received_at,
            opted_out=person.opted_out_at is not None,
            safe_to_text=person.safe_to_text,
            quiet=self.quiet,
            now=self.answerer.now(),
        )


def _owed(session: Session, inbound_id: str) -> tuple[InboundMessage, Person] | None:
    inbound = inbox.by_id(session, inbound_id)
    if inbound is None or not inbound.owed:
        return None
    person = people.by_id(session, inbound.person_id)
    return None if person is None else (inbound, person)


def _as_it_came(situation: Situation, came: datetime) -> Situation:
    """Without what we have started since: an earlier text is no answer to that."""
    told = _before(situation.told, came)
    return replace(
        situation,
        checkin=_before(situation.checkin, came),
        safety_asked=_before(situation.safety_asked, came),
        told=told,
        told_of=situation.told_of if told is not None else (),
        outcome_asked=_before(situation.outcome_asked, came),
    )


def _before(asked: _Asked | None, came: datetime) -> _Asked | None:
    return asked if asked is not None and asked.sent_at <= came else None
