"""The only sender. It claims a text from the outbox, sends it with no session open, and notes
what came of it. Whatever dies in between, the text is sent once: the claim ends by itself, and
a first try that may have arrived is looked up at the carrier before anything is sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from bot.sms.gateway import (
    AmbiguousSendError,
    PermanentSendError,
    RetryableSendError,
    SendFailure,
    Sent,
    SmsGateway,
)
from directory import database
from directory.checkins import queries as checkin_queries
from directory.checkins import service as checkins
from directory.checkins.models import CheckInStatus
from directory.messages import outbox
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.messages.outbox import Claimed
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Person
from directory.quiet_hours import QuietHours
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

log = structlog.get_logger(__name__)

# About an hour of trying: a carrier's bad afternoon must not turn every reply into a task.
TRIES = 20
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)
# The carrier may list a text a moment after it took it.
LOOK_AGAIN = timedelta(seconds=5)
CLOCK_SLACK = timedelta(seconds=5)
REPLY_VALIDITY = timedelta(hours=4)
SHORTEST_VALIDITY = timedelta(seconds=30)
# No sender waits longer than this for its turn at the rate limit; the job comes back instead.
LONGEST_WAIT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Pace:
    """`rate` texts a second from `sender` (our number, or a messaging service)."""

    sender: str
    rate: float


@dataclass(frozen=True, slots=True)
class _Ready:
    claimed: Claimed
    to: str
    wait_seconds: float
    validity_seconds: int


class Sender:
    """Sends what the outbox holds. `now` is product time, `wall` is wall time."""

    def __init__(  # everything that moves is injected
        self,
        gateway: SmsGateway,
        *,
        pace: Pace,
        quiet: QuietHours,
        now: Callable[[], datetime],
        wall: Callable[[], datetime],
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
    ) -> None:
        self._gateway = gateway
        self._pace = pace
        self._quiet = quiet
        self._now = now
        self._wall = wall
        self._sleep = sleep
        self._jitter = jitter

    def deliver(self, message_id: str) -> None:
        """Send one text if it is due and nobody else has it. Safe to call at any time, twice."""
        ready = self._take(message_id)
        if ready is None:
            return
        if ready.wait_seconds > 0:
            self._sleep(ready.wait_seconds)
        try:
            sent = self._send(ready)
        except AmbiguousSendError:
            self._note(message_id, self._after_ambiguous)
        except RetryableSendError as error:
            retry_after = error.retry_after
            self._note(message_id, lambda s, m: self._after_retryable(s, m, retry_after))
        except PermanentSendError as error:
            reason = error.reason
            self._note(message_id, lambda s, m: refuse(s, m, reason, now=self._now()))
        else:
            self._note(message_id, lambda s, m: self._after_sent(s, m, sent))

    def _take(self, message_id: str) -> _Ready | None:
        wall, now = self._wall(), self._now()
        with database.session_scope() as session:
            claimed = outbox.claim(session, message_id, wall=wall)
            if claimed is None:
                return None
            message = outbox.by_id(session, message_id)
            person = people.by_id(session, claimed.person_id)
            if message is None or person is None:
                return None
            if self._withheld(session, message, person, now=now):
                return None
            slot = self._slot(session, claimed, wall)
            if slot - wall > LONGEST_WAIT:
                outbox.retry_later(session, message, at=slot, wall=wall, reason=outbox.PACED)
                message.attempts -= 1  # waiting for one's turn is not a failed try
                return None
            return _Ready(
                claimed=claimed,
                to=person.phone,
                wait_seconds=(slot - wall).total_seconds(),
                validity_seconds=self._validity(claimed, now),
            )

    def _slot(self, session: Session, claimed: Claimed, wall: datetime) -> datetime:
        """When the text may leave. It reserves once: who came back for a slot must not get in
        line again, or under load nobody would ever be sent."""
        if claimed.has_slot or claimed.maybe_sent:
            return wall
        return outbox.reserve_slot(session, self._pace.sender, rate=self._pace.rate, wall=wall)

    def _withheld(
        self, session: Session, message: OutboundMessage, person: Person, *, now: datetime
    ) -> bool:
        """Look again, at the last moment, at everything that may forbid this text."""
        if person.opted_out_at is not None and not message.after_opt_out:
            self._close(session, message, OutboundStatus.DROPPED, "opted_out")
            return True
        if person.unreachable_because is not None:
            self._close(session, message, OutboundStatus.FAILED, person.unreachable_because)
            return True
        return message.initiated and self._ill_timed(session, message, now=now)

    def _ill_timed(self, session: Session, message: OutboundMessage, *, now: datetime) -> bool:
        """For what we start: too late, taken back, or not at this hour."""
        if message.expires_at is not None and now > message.expires_at:
            self._close(session, message, OutboundStatus.DROPPED, "stale")
            return True
        if message.checkin_id is not None:
            checkin = checkin_queries.by_id(session, message.checkin_id)
            gone = checkin is None or checkin.status != CheckInStatus.PLANNED
            why = None if checkin is None else checkins.forbidden(session, checkin, now=now)
            if gone or why is not None:
                self._close(
                    session, message, OutboundStatus.DROPPED, why[1] if why else "cancelled"
                )
                return True
        if self._quiet.covers(now):
            outbox.postpone(message, until=self._quiet.end_after(now))
            message.attempts -= 1
            return True
        return False

    def _close(
        self, session: Session, message: OutboundMessage, status: OutboundStatus, reason: str
    ) -> None:
        outbox.close(message, status, reason=reason)
        if message.checkin_id is not None:
            failed = status is OutboundStatus.FAILED
            outcome = CheckInStatus.FAILED if failed else CheckInStatus.DROPPED
            if reason in ("opted_out", "not_safe_to_text", "consent_missing", "cancelled"):
                outcome = CheckInStatus.CANCELLED
            checkins.mark_not_sent(session, message.checkin_id, outcome, reason=reason)

    def _validity(self, claimed: Claimed, now: datetime) -> int:
        """How long the carrier may hold the text: what we start must not arrive in quiet hours."""
        validity = REPLY_VALIDITY
        if claimed.initiated:
            quiet_from = self._quiet.start_after(now)
            ends = [at for at in (quiet_from, claimed.expires_at) if at is not None]
            validity = min([REPLY_VALIDITY, *(at - now for at in ends)])
        return int(max(validity, SHORTEST_VALIDITY).total_seconds())

    def _send(self, ready: _Ready) -> Sent:
        claimed = ready.claimed
        if claimed.maybe_sent:
            found = self._gateway.find_sent(
                to=ready.to,
                body=claimed.body,
                since=claimed.first_tried_at - CLOCK_SLACK,
                excluding=self._others(claimed),
            )
            if found is not None:
                return found
        return self._gateway.send(
            to=ready.to,
            body=claimed.body,
            reference=claimed.id,
            validity_seconds=ready.validity_seconds,
        )

    @staticmethod
    def _others(claimed: Claimed) -> frozenset[str]:
        """Texts that the carrier has for other messages of ours; some may say the same."""
        with database.read_scope() as session:
            return outbox.provider_ids_of_others(session, claimed.person_id, claimed.id)

    def _note(self, message_id: str, apply: Callable[[Session, OutboundMessage], None]) -> None:
        with database.session_scope() as session:
            message = outbox.by_id(session, message_id, for_update=True)
            if message is not None:
                apply(session, message)

    def _after_sent(self, session: Session, message: OutboundMessage, sent: Sent) -> None:
        accept(session, message, sent.provider_id, segments=sent.segments, now=self._now())

    def _after_ambiguous(self, session: Session, message: OutboundMessage) -> None:
        if message.status != OutboundStatus.SENDING:
            return  # a receipt has told us meanwhile
        if message.attempts >= TRIES:
            self._give_up(session, message, OutboundStatus.UNCERTAIN, outbox.AMBIGUOUS)
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
        if message.attempts >= TRIES:
            status = OutboundStatus.UNCERTAIN if open_question else OutboundStatus.FAILED
            self._give_up(session, message, status, reason)
            return
        wall = self._wall()
        wait = min(FIRST_RETRY * 2 ** (message.attempts - 1), LONGEST_RETRY)
        seconds = max(wait.total_seconds() * (1 + self._jitter()), retry_after or 0.0)
        outbox.retry_later(
            session, message, at=wall + timedelta(seconds=seconds), wall=wall, reason=reason
        )

    def _give_up(
        self, session: Session, message: OutboundMessage, status: OutboundStatus, reason: str
    ) -> None:
        self._close(session, message, status, reason)
        open_send_failed(session, message, reason, now=self._now())


def accept(
    session: Session,
    message: OutboundMessage,
    provider_id: str,
    *,
    segments: int | None,
    now: datetime,
) -> None:
    """The carrier has the text; the first to say so counts."""
    new = outbox.mark_sent(message, provider_id=provider_id, segments=segments, now=now)
    if new and message.checkin_id is not None:
        checkins.mark_sent(session, message.checkin_id, now=now)


def refuse(
    session: Session, message: OutboundMessage, reason: SendFailure, *, now: datetime
) -> None:
    """The carrier will never deliver this text; do what the reason asks for."""
    outbox.close(message, OutboundStatus.FAILED, reason=reason)
    person = people.by_id(session, message.person_id)
    if message.checkin_id is not None:
        checkins.mark_not_sent(session, message.checkin_id, CheckInStatus.FAILED, reason=reason)
    if person is None:
        return
    if reason is SendFailure.OPTED_OUT:
        if person.opted_out_at is None:
            people_service.opt_out(session, person, now=now)
        checkins.cancel_planned(session, person.id, reason="opted_out")
        return
    if reason in (SendFailure.UNKNOWN_NUMBER, SendFailure.LANDLINE):
        person.unreachable_because = reason
        checkins.cancel_planned(session, person.id, reason=reason)
    if reason in (SendFailure.FILTERED, SendFailure.UNREGISTERED, SendFailure.INVALID):
        log.error("carrier_refuses_our_texts", reason=reason.value, message_id=message.id)
    open_send_failed(session, message, reason, now=now)


def open_send_failed(
    session: Session, message: OutboundMessage, reason: str, *, now: datetime
) -> None:
    note = f"A text did not arrive ({reason}). Please call."
    tasks.open_task(session, TaskKind.SEND_FAILED, person_id=message.person_id, now=now, note=note)
