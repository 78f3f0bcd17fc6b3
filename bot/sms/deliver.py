"""The only sender. It claims a text from the outbox, sends it with no session open, and notes
what came of it. Whatever dies in between, the text is sent once: the claim ends by itself, and
a first try that may have arrived is looked up at the carrier before anything is sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.sms.ends import accept, give_up, refuse
from bot.sms.gateway import (
    AmbiguousSendError,
    PermanentSendError,
    RetryableSendError,
    Sent,
    SmsGateway,
)
from bot.sms.last_look import NotNow, withheld
from bot.sms.pace import Pace
from directory import database
from directory.messages import outbox
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.messages.outbox import Claimed
from directory.on_call import pause
from directory.people import queries as people
from directory.quiet_hours import QuietHours

# About an hour of trying: a carrier's bad afternoon must not turn every reply into a task.
TRIES = 20
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)
# The carrier may list a text a moment after it took it.
LOOK_AGAIN = timedelta(seconds=5)
CLOCK_SLACK = timedelta(seconds=5)
REPLY_VALIDITY = timedelta(hours=4)
SHORTEST_VALIDITY = timedelta(seconds=30)


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

    def next_up(self) -> list[str]:
        """Ids of texts whose turn it is now, the most urgent first; replies only in a pause."""
        with database.read_scope() as session:
            return self._pace.next_up(
                session,
                now=self._now(),
                wall=self._wall(),
                replies_only=pause.standing(session),
            )

    def _take(self, message_id: str) -> _Ready | None:
        try:
            with database.session_scope() as session:
                return self._claim(session, message_id)
        except NotNow:
            return None

    def _claim(self, session: Session, message_id: str) -> _Ready | None:
        wall, now = self._wall(), self._now()
        claimed = outbox.claim(session, message_id, wall=wall)
        if claimed is None:
            return None
        message = outbox.by_id(session, message_id)
        person = people.by_id(session, claimed.person_id)
        if message is None or person is None:
            return None
        if withheld(session, message, person, quiet=self._quiet, now=now):
            return None
        # What may have been sent before most likely only has to be looked up: it needs no slot.
        slot = (
            wall if claimed.maybe_sent else self._pace.reserve(session, message, now=now, wall=wall)
        )
        if slot is None:
            raise NotNow
        return _Ready(
            claimed=claimed,
            to=person.phone,
            wait_seconds=(slot - wall).total_seconds(),
            validity_seconds=self._validity(claimed, now),
        )

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
        give_up(session, message, status, reason, now=self._now())
