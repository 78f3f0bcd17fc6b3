"""Blanking the carrier's copies of texts, once they are old enough.

Our own database keeps the words, encrypted, for as long as the rules say; the carrier needs them
no longer than it takes to deliver them. What was not yet at its end is tried again later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.sms.gateway import NotFinalError, RetryableSendError, SendError, SmsGateway
from directory import database
from directory.retention import carrier_copies
from directory.retention.carrier_copies import Copy

log = structlog.get_logger(__name__)

AT_ONCE = 50
# The next look follows soon, and other work must not wait for this.
LONGEST_LOOK = timedelta(seconds=20)
CARRIER_DOWN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class CopyBlanker:
    """`after`: how old a text must be; None: only those are blanked that were put down otherwise,
    as when a person was erased."""

    gateway: SmsGateway
    after: timedelta | None
    now: Callable[[], datetime]
    wall: Callable[[], datetime]

    def look(self, stopped: Callable[[], bool] = bool) -> int:
        """Put down what is old enough and blank what is due; how many were blanked.

        `stopped`: asked in between, whether the process is about to end.
        """
        started, count = self.wall(), 0
        if self.after is not None:
            with database.session_scope() as session:
                carrier_copies.put_down_due(
                    session, older_than=self.now() - self.after, wall=started
                )
        while not stopped() and self.wall() - started < LONGEST_LOOK:
            with database.session_scope() as session:
                copies = carrier_copies.take(session, wall=self.wall(), at_most=AT_ONCE)
            done, answers = self._blank_all(copies)
            count += done
            if not answers or len(copies) < AT_ONCE:
                break
        return count

    def _blank_all(self, copies: list[Copy]) -> tuple[int, bool]:
        """How many were blanked, and whether the carrier answers."""
        count = 0
        for position, copy in enumerate(copies):
            try:
                self.gateway.redact(copy.provider_id)
            except RetryableSendError as error:
                pause = timedelta(seconds=error.retry_after or 0) or CARRIER_DOWN
                left = [each.message_id for each in copies[position:]]
                with database.session_scope() as session:
                    carrier_copies.put_off(session, left, until=self.wall() + pause)
                return count, False
            except SendError as error:
                if not isinstance(error, NotFinalError):
                    log.warning("copy_not_blanked", message=copy.message_id, why=str(error))
                with database.session_scope() as session:
                    carrier_copies.try_again(session, copy.message_id, wall=self.wall())
            else:
                with database.session_scope() as session:
                    carrier_copies.blanked(session, copy.message_id)
                count += 1
        return count, True
