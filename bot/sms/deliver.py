"""The only sender. It claims texts from the outbox, sends each with no session open, and notes
what came of it. Whatever dies in between, the text is sent once: the claim ends by itself, and
a first try that may have arrived is looked up at the carrier before anything is sent again.
"""

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.counted import SendOutcome
from bot.sms.ends import accept, give_up, refuse
from bot.sms.gateway import (
    AmbiguousSendError,
    PermanentSendError,
    RetryableSendError,
    Sent,
    SmsGateway,
)
from bot.sms.last_look import withheld
from bot.sms.notes import Apply, Notes
from bot.sms.pace import Pace
from directory import database
from directory.checkins import queries as checkins
from directory.conversations.queries import held_people
from directory.failpoints import Point, reach
from directory.messages import inbox, outbox
from directory.messages.models import OutboundMessage, OutboundStatus, SendPriority
from directory.messages.outbox import Claimed
from directory.messages.slots import Slots
from directory.on_call import pause
from directory.people import queries as people
from directory.people.models import Person
from directory.quiet_hours import QuietHours
from directory.telemetry import timings, traces
from directory.telemetry.traces import Span, Step

# About an hour of trying: a carrier's bad afternoon must not turn every reply into a task.
TRIES = 20
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)
# The carrier may list a text a moment after it took it.
LOOK_AGAIN = timedelta(seconds=5)
CLOCK_SLACK = timedelta(seconds=5)
# What the bot would say into a talk of staff with the person is looked at again after this.
ASIDE = timedelta(minutes=10)
REPLY_VALIDITY = timedelta(hours=4)
SHORTEST_VALIDITY = timedelta(seconds=30)
# A text that was looked up and never sent waits this long for its slot, at most: its claim goes on.
LATE_SLOT = timedelta(seconds=10)


class LockLost(Exception):
    """Others may take this process for dead, and have what it had claimed."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A claimed text and the wall instant of its slot; None for one that is looked up first.

    `tenure`: the stretch of holding this process's lock in which it was claimed.
    """

    claimed: Claimed
    to: str
    slot: datetime | None
    validity_seconds: int
    tenure: int = 0


class Sender:
    """Sends what the outbox holds. `now` is product time, `wall` is wall time; `process` names
    this one among those that share the outbox. `notes`: written with by whoever else hears of
    what came of texts."""

    def __init__(  # noqa: PLR0913  # everything that moves is injected
        self,
        gateway: SmsGateway,
        *,
        pace: Pace,
        quiet: QuietHours,
        now: Callable[[], datetime],
        wall: Callable[[], datetime],
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
        process: str | None = None,
        tenure: Callable[[], int | None] = lambda: 0,
    ) -> None:
        self._gateway = gateway
        self._pace = pace
        self._quiet = quiet
        self._now = now
        self._wall = wall
        self._sleep = sleep
        self._jitter = jitter
        self.notes = Notes(sleep)
        self._process = process
        self._tenure = tenure

    def deliver(self, message_id: str) -> None:
        """Send one text if it is due and nobody else has it. Safe to call at any time, twice."""
        with database.session_scope() as session:
            taken = self.take(session, [message_id])
        for ready in taken:
            reach(Point.CLAIMED)
            self.send(ready)

    def next_up(self) -> list[str]:
        """Ids of texts whose turn it is now, the most urgent first; replies only in a pause."""
        with database.read_scope() as session:
            return self._pace.next_up(
                session,
                now=self._now(),
                wall=self._wall(),
                replies_only=pause.standing(session),
            )

    def take_next(self) -> list[Ready]:
        """Claim the texts whose turn it is now, in one transaction; `send` each of them."""
        waiting = self.next_up()
        if not waiting:
            return []
        with database.session_scope() as session:
            return self.take(session, waiting)

    def give_back(self, unsent: Collection[Ready]) -> None:
        """Let go texts that were taken and are not sent after all."""
        with database.session_scope() as session:
            outbox.give_back(session, [ready.claimed for ready in unsent])

    def send(self, ready: Ready) -> None:
        """Send a text that was taken, at its time, and note what came of it."""
        claimed = ready.claimed
        with traces.span(
            Step.SEND,
            of=claimed.in_reply_to or claimed.id,
            first=claimed.in_reply_to is None and claimed.attempts == 1,
            attempt=claimed.attempts,
            kind=claimed.kind,
            message_id=claimed.id,
            looked_up=ready.slot is None,
        ) as span:
            self._send_and_note(ready, span)

    def _send_and_note(self, ready: Ready, span: Span) -> None:
        message_id, outcome = ready.claimed.id, SendOutcome.SENT
        try:
            sent = self._send(ready)
        except LockLost:
            outcome = SendOutcome.LET_GO
        except AmbiguousSendError:
            outcome = SendOutcome.AMBIGUOUS
            self._note(message_id, self._after_ambiguous)
        except RetryableSendError as error:
            outcome, retry_after = SendOutcome.RETRY, error.retry_after
            self._note(message_id, lambda s, m: self._after_retryable(s, m, retry_after))
        except PermanentSendError as error:
            outcome, reason = SendOutcome.REFUSED, error.reason
            self._note(message_id, lambda s, m: refuse(s, m, reason, now=self._now()))
        else:
            reach(Point.TAKEN)
            self._note(message_id, lambda s, m: self._after_sent(s, m, sent), again=True)
            reach(Point.NOTED)
        span.note(outcome=outcome)
        timings.sent(outcome, ready.claimed.kind)

    def take(self, session: Session, message_ids: Sequence[str]) -> list[Ready]:
        """Claim those of these texts that may leave and find a slot; `send` each once that is
        committed."""
        wall, tenure = self._wall(), self._tenure()
        if tenure is None:
            return []
        messages = outbox.claimable(session, message_ids, wall=wall)
        if not messages:
            return []
        to = people.by_ids(session, {message.person_id for message in messages})
        # Read at once what is asked for one by one below; held until it has been.
        checkin_ids = [message.checkin_id for message in messages if message.checkin_id]
        held = checkins.by_ids(session, checkin_ids)
        paused, aside = pause.standing(session), held_people(session)
        going = [
            message
            for message in messages
            # Still there after its last try: each ended its process, and no other is to try.
            if not self._tried_enough(session, message)
            and not (paused and message.initiated)
            and not _stands_aside(message, aside, now=self._now())
            and not self._withheld(session, message, to[message.person_id], wall=wall)
        ]
        slots = self._pace.slots(session, wall=wall)
        taken = [self._claim(session, message, to, slots, wall=wall) for message in going]
        del held
        return [replace(ready, tenure=tenure) for ready in taken if ready is not None]

    def take_reply(
        self, session: Session, message: OutboundMessage, person: Person
    ) -> Ready | None:
        """As `take`, for a reply that this very transaction has queued: nobody else has seen it."""
        wall, tenure = self._wall(), self._tenure()
        if tenure is None or self._withheld(session, message, person, wall=wall):
            return None
        slots = self._pace.slots(session, wall=wall)
        ready = self._claim(session, message, {person.id: person}, slots, wall=wall)
        return None if ready is None else replace(ready, tenure=tenure)

    def _withheld(
        self, session: Session, message: OutboundMessage, person: Person, *, wall: datetime
    ) -> bool:
        return withheld(session, message, person, quiet=self._quiet, now=self._now(), wall=wall)

    def _claim(
        self,
        session: Session,
        message: OutboundMessage,
        to: Mapping[str, Person],
        slots: Slots,
        *,
        wall: datetime,
    ) -> Ready | None:
        now, slot = self._now(), None
        # What may have been sent before most likely only has to be looked up: it needs no slot.
        if message.reason != outbox.AMBIGUOUS:
            slot = self._pace.reserve(session, message, slots, now=now)
            if slot is None:
                return None
        claimed = outbox.claim(session, message, wall=wall, by=self._process)
        return Ready(claimed, to[message.person_id].phone, slot, self._validity(claimed, now))

    def _validity(self, claimed: Claimed, now: datetime) -> int:
        """How long the carrier may hold the text: what we start must not arrive in quiet hours."""
        validity = REPLY_VALIDITY
        if claimed.initiated:
            quiet_from = self._quiet.start_after(now)
            ends = [at for at in (quiet_from, claimed.expires_at) if at is not None]
            validity = min([REPLY_VALIDITY, *(at - now for at in ends)])
        return int(max(validity, SHORTEST_VALIDITY).total_seconds())

    def _send(self, ready: Ready) -> Sent:
        claimed, slot = ready.claimed, ready.slot
        if slot is None:
            found = self._gateway.find_sent(
                to=ready.to,
                body=claimed.body,
                since=claimed.first_tried_at - CLOCK_SLACK,
                excluding=self._others(claimed),
            )
            if found is not None:
                return found
            slot = self._late_slot()
        # A clock that is set back meanwhile must not make this longer than any slot is ahead.
        wait_seconds = min(slot - self._wall(), LATE_SLOT).total_seconds()
        if wait_seconds > 0:
            self._sleep(wait_seconds)
        if self._tenure() != ready.tenure:
            raise LockLost
        reach(Point.HANDING)
        with timings.carrier() as timed:
            sent = self._gateway.send(
                to=ready.to,
                body=claimed.body,
                reference=claimed.id,
                validity_seconds=ready.validity_seconds,
            )
            timed.outcome = "taken"
        return sent

    @staticmethod
    def _others(claimed: Claimed) -> frozenset[str]:
        """Texts that the carrier has for other messages of ours; some may say the same."""
        with database.read_scope() as session:
            return outbox.provider_ids_of_others(session, claimed.person_id, claimed.id)

    def _late_slot(self) -> datetime:
        """For a text that was looked up and never sent."""
        with database.session_scope() as session:
            slot = self._pace.slots(session, wall=self._wall()).take(within=LATE_SLOT)
        if slot is None:
            raise RetryableSendError("no free slot")
        return slot

    def _note(self, message_id: str, apply: Apply, *, again: bool = False) -> None:
        def change(session: Session, message: OutboundMessage | None) -> None:
            if message is not None:
                apply(session, message)

        self.notes.write(message_id, change, again=again)

    def _after_sent(self, session: Session, message: OutboundMessage, sent: Sent) -> None:
        accept(session, message, sent.provider_id, segments=sent.segments, now=self._now())
        self._count_wait(session, message)

    def _count_wait(self, session: Session, message: OutboundMessage) -> None:
        """How long the resident has waited for this reply."""
        inbound_id = message.in_reply_to
        if inbound_id is None:
            return
        priority = SendPriority(message.priority).name.lower()
        if not timings.turns.handed_over(inbound_id, priority=priority):
            came = inbox.came_at(session, inbound_id)
            if came is not None:
                waited = (self._now() - came).total_seconds()
                timings.turns.waited(inbound_id, priority=priority, seconds=waited)

    def _after_ambiguous(self, session: Session, message: OutboundMessage) -> None:
        if message.status != OutboundStatus.SENDING:
            return  # a receipt has told us meanwhile
        message.reason = outbox.AMBIGUOUS
        if self._tried_enough(session, message):
            return
        wall = self._wall()
        outbox.retry_later(
            session, message, at=wall + LOOK_AGAIN, wall=wall, reason=outbox.AMBIGUOUS
        )

    def _after_retryable(
        self, session: Session, message: OutboundMessage, retry_after: float | None
    ) -> None:
        if message.status != OutboundStatus.SENDING:
            return
        # A look-up that failed leaves the question open: the next try must look up again.
        open_question = message.reason == outbox.AMBIGUOUS
        reason = outbox.AMBIGUOUS if open_question else "retry"
        if self._tried_enough(session, message):
            return
        wall = self._wall()
        wait = min(FIRST_RETRY * 2 ** (message.attempts - 1), LONGEST_RETRY)
        seconds = max(wait.total_seconds() * (1 + self._jitter()), retry_after or 0.0)
        outbox.retry_later(
            session, message, at=wall + timedelta(seconds=seconds), wall=wall, reason=reason
        )

    def _tried_enough(self, session: Session, message: OutboundMessage) -> bool:
        """Whether it is over, whatever became of the tries: a person is told."""
        if message.attempts < TRIES:
            return False
        if message.reason == outbox.AMBIGUOUS:
            status, reason = OutboundStatus.UNCERTAIN, outbox.AMBIGUOUS
        else:
            status, reason = OutboundStatus.FAILED, "retry"
        give_up(session, message, status, reason, now=self._now())
        return True


def _stands_aside(message: OutboundMessage, held: Container[str], *, now: datetime) -> bool:
    """What the bot would start waits while a member of staff speaks with the person."""
    if not message.initiated or message.written_by is not None or message.person_id not in held:
        return False
    outbox.postpone(message, until=now + ASIDE)
    return True
