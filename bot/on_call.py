"""The dead-man's switch: a thread apart from the scheduler that sees when all goes quiet.

Each process has one, and all look at the same state: the heartbeat that the scheduler writes to
the data folder, the reports of the carrier and the alarms in the database (of which bot/due.py
raises one when a step keeps failing). Where the scheduler is
dead, a notice would wait with everything else, so this thread e-mails the supervisors itself.
Where this process, the database or the machine is dead too, the pings to an outside service
(ALARM_PING_URL) end, and that service raises the alarm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

import httpx
import structlog

from bot.notices.hand_over import console
from bot.notices.words import Letter, staff_letter
from directory import database
from directory.notices.models import NoticeKind
from directory.on_call import alarms, queries
from directory.on_call.models import AlarmKind
from directory.staff import queries as staff

log = structlog.get_logger(__name__)

LOOK_SECONDS = 10.0
# The carrier is looked at, and the outside service is pinged, this often (wall time).
EVERY = timedelta(minutes=1)
PING_SECONDS = 10.0
# While one of these stands the outside service gets no ping, and so raises an alarm of its own:
# what fails may be the very thing that tells people.
_NO_PING = (AlarmKind.SCHEDULER_QUIET, AlarmKind.STEP_FAILING)
# A longer pause between two looks means that the whole machine has slept.
SLEPT_IF = timedelta(minutes=2)


class Mail(Protocol):
    """Hands in one e-mail now; raises where it cannot (bot/notices/email.py)."""

    def send(self, letter: Letter, *, to: str, notice_id: str, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watchdog works with.

    `mail`: None where no mail server is set up. `ping` tells an outside service that all is well,
    if there is one. `now`: product time; `wall`: wall time.
    """

    heartbeat: Path
    now: Callable[[], datetime]
    wall: Callable[[], datetime]
    mail: Mail | None
    ping: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class _Owed:
    """An e-mail about an alarm that has not been handed in yet."""

    notice_id: str
    address: str


class Watchdog:
    """Looks every few seconds, on a thread of its own; `look` may be called by hand, once."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._since = self._last_look = watched.wall()
        self._last_minute: datetime | None = None
        self._owed: list[_Owed] = []
        self._stop = Event()
        self._thread = Thread(target=self._watch, name="handoff-watchdog", daemon=True)

    def start(self) -> None:
        self._since = self._last_look = self._watched.wall()
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=PING_SECONDS)

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:
                log.exception("watchdog_failed")  # and no ping: the outside service will notice

    def look(self) -> None:
        """Raise and clear alarms; ping when all is well."""
        wall = self._watched.wall()
        if wall - self._last_look > SLEPT_IF:
            self._since = wall  # so did the scheduler
        self._last_look = wall
        self._look_at_scheduler(wall)
        self._write_owed(wall)
        if self._last_minute is not None and wall - self._last_minute < EVERY:
            return
        self._last_minute = wall
        with database.session_scope() as session:
            carrier_quiet = alarms.watch_carrier(session, now=self._watched.now(), wall=wall)
            dead_or_failing = [
                kind for kind in _NO_PING if queries.standing_alarm(session, kind) is not None
            ]
        if self._watched.ping is not None and not dead_or_failing and not carrier_quiet:
            self._watched.ping()

    def _look_at_scheduler(self, wall: datetime) -> None:
        beat = last_beat(self._watched.heartbeat)
        quiet = alarms.scheduler_is_quiet(beat, watched_since=self._since, wall=wall)
        with database.read_scope() as session:
            stands = queries.standing_alarm(session, AlarmKind.SCHEDULER_QUIET) is not None
        if quiet and not stands:
            self._raise(wall)
        elif stands and not quiet and beat is not None and beat > self._since:
            # It has beaten since we look: not only that we have not waited long enough.
            self._owed.clear()
            with database.session_scope() as session:
                alarms.clear(session, AlarmKind.SCHEDULER_QUIET, wall=wall)
            log.warning("scheduler_works_again")

    def _raise(self, wall: datetime) -> None:
        with database.session_scope() as session:
            alarm = alarms.raise_alarm(session, AlarmKind.SCHEDULER_QUIET, wall=wall)
            if alarm is None:
                return  # another process has seen it too, and writes
            self._owed = [
                _Owed(f"{alarm.id}.{member.id}", member.email)
                for member in staff.responsible(session)
            ]
        log.error("scheduler_quiet")

    def _write_owed(self, wall: datetime) -> None:
        """Hand in what is owed; what cannot be is tried again at the next look."""
        if not self._owed or self._watched.mail is None:
            return
        facts: dict[str, object] = {"alarm": AlarmKind.SCHEDULER_QUIET.value}
        letter = staff_letter(NoticeKind.ALARM, facts, console=console())
        for owed in list(self._owed):
            try:
                self._watched.mail.send(letter, to=owed.address, notice_id=owed.notice_id, at=wall)
            except Exception as error:  # whatever it is, the others are written to
                log.error("alarm_mail_failed", kind=type(error).__name__)  # noqa: TRY400
            else:
                self._owed.remove(owed)


def last_beat(heartbeat: Path) -> datetime | None:
    """When the scheduler last wrote its heartbeat (wall time); None when it cannot be read."""
    try:
        return datetime.fromisoformat(heartbeat.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def pinger(url: str) -> Callable[[], None]:
    """Pings `url` once when called. A ping that fails is only noted: the next one is near."""

    def ping() -> None:
        try:
            httpx.get(url, timeout=PING_SECONDS)
        except httpx.HTTPError as error:
            log.warning("ping_failed", kind=type(error).__name__)

    return ping
