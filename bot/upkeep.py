"""What is done at leisure, every half minute, by one process: the carrier's copies of texts are
blanked, and at night the purge follows the retention rules."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from bot.sms.gateway import SmsGateway
from bot.sms.redaction import CopyBlanker
from directory.retention import purge

BY = "system"


class Upkeep:
    """`redact_after`: how old a text must be until the carrier's copy is blanked; None: never.
    `nightly`: whether the purge runs by itself."""

    def __init__(
        self,
        gateway: SmsGateway,
        *,
        redact_after: timedelta | None,
        nightly: bool,
        now: Callable[[], datetime],
        wall: Callable[[], datetime],
    ) -> None:
        self._blanker = CopyBlanker(gateway, redact_after, now, wall)
        self._nightly, self._now = nightly, now
        # A purge may take longer than half a minute; the next look must not begin a second one.
        self._at_work = Lock()

    def __call__(self, stopped: Callable[[], bool]) -> None:
        """One look. `stopped`: asked in between, whether the process is about to end."""
        if not self._at_work.acquire(blocking=False):
            return
        try:
            self._blanker.look(stopped)
            if self._nightly and not stopped():
                self._purge(stopped)
        finally:
            self._at_work.release()

    def _purge(self, stopped: Callable[[], bool]) -> None:
        now = self._now()
        run_id = purge.tonight(now=now)
        if run_id is not None:
            purge.purge(by=BY, now=now, run_id=run_id, stopped=stopped)
