"""The processes that share one PostgreSQL: who lives, who leads, and who is told of what.

Each that answers and sends holds an advisory lock of its own on a connection that it keeps for
nothing else. The server lets go of the lock when that connection ends, however it ends and on
whichever machine: so the others know whose claims nobody will come back for, and the process
itself knows when it must not go on. What it held may be taken over from then on, so it claims and
sends nothing more (`tenure`). One of them holds a second lock: the leader, who looks at what is
due. On SQLite there is one process, and directory/processes.py says what there is to say.

The connection must reach the server itself: a pool between them that hands out another session
with each transaction knows nothing of locks that last.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from threading import Event, Thread
from typing import Any

import psycopg
import structlog
from psycopg import sql
from sqlalchemy.engine import make_url

from directory.database import OURS

log = structlog.get_logger(__name__)

# Any fixed numbers; migrations have a lock of another kind (directory/migrations).
_LIVES, _LEADS = 630_556, 630_557
_LEADER = 1
_BEAT = "handoff_beat"
PULSE_SECONDS = 0.5
# A pulse that takes longer is none: the server may have given up this connection meanwhile.
LOST_AFTER_SECONDS = 4.0
_OPTIONS: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 3000,
}
_HELD = """
    SELECT objid::bigint FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND classid = %s AND objsubid = 2
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection of one's own, each statement its own transaction. `url`: SQLAlchemy's."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, **_OPTIONS)


def living(connection: psycopg.Connection[Any]) -> frozenset[str]:
    """The names of the processes that answer and send, at this moment."""
    rows = connection.execute(_HELD, (_LIVES,)).fetchall()
    return frozenset(f"{row[0]:08x}" for row in rows)


def sessions(connection: psycopg.Connection[Any]) -> int:
    """How many connections programs of ours keep to this database: also of those that only hold
    the doors or search, who have no lock of their own. Commands count as well."""
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = %s",
        (OURS,),
    ).fetchone()
    assert row is not None  # noqa: S101  # count(*) always has one
    return int(row[0])


def first_for(subject: str, names: Iterable[str]) -> str | None:
    """Which of these looks after `subject`: all agree, and few change when one comes or goes.

    None where there is nobody. Pure.
    """
    return max(names, key=lambda name: _weight(subject, name), default=None)


def in_order_for(subject: str, names: Iterable[str]) -> list[str]:
    """The same, and who comes next should the first not do. Pure."""
    return sorted(names, key=lambda name: _weight(subject, name), reverse=True)


def _weight(subject: str, name: str) -> bytes:
    return blake2b(f"{subject}\0{name}".encode(), digest_size=8).digest()


def channel(name: str) -> str:
    """Where a process is told that a text waits."""
    return f"handoff_{name}"


def tell(connection: psycopg.Connection[Any], told: Sequence[tuple[str, str]]) -> None:
    """Tell processes, by name, of subjects. Who is not there does not hear it."""
    names = [channel(name) for name, _ in told]
    subjects = [subject for _, subject in told]
    connection.execute(
        "SELECT pg_notify(name, subject) FROM unnest(%s::text[], %s::text[]) AS _(name, subject)",
        (names, subjects),
    )


def beat(connection: psycopg.Connection[Any]) -> None:
    """The leader has looked at everything: said to all."""
    connection.execute(sql.SQL("NOTIFY {}").format(sql.Identifier(_BEAT)))


def listen_for_beats(connection: psycopg.Connection[Any]) -> None:
    connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(_BEAT)))


def beats(connection: psycopg.Connection[Any]) -> bool:
    """Whether the leader has said so since this was last asked; whatever else was said is lost."""
    return any(notice.channel == _BEAT for notice in connection.notifies(timeout=0))


now = time.monotonic


def seconds_since(instant: float) -> float:
    """Of `now()`."""
    return now() - instant


class Membership:
    """That this process lives, for the others on the same PostgreSQL to see.

    `heard(subject)` is called for what another process tells this one. `lost()` is called when
    the lock is lost; a process that does nothing then is back as soon as it has the lock again,
    with another `tenure`, and leaves what it held before to the others or to its end.
    """

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self.heard: Callable[[str], None] = lambda _: None
        self.lost: Callable[[], None] = lambda: None
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None
        self._tenure = 0
        self._beat_at = float("-inf")
        self._living: frozenset[str] = frozenset()
        self._leads = False
        self._looked = Event()
        self._heard_beat_at = float("-inf")
        self._stop = Event()
        self._heart = Thread(target=self._live, name="handoff-heart", daemon=True)

    def appear(self) -> None:
        """Raises psycopg.Error when the database cannot be reached."""
        self._join()
        self._heart.start()

    def leave(self) -> None:
        """Everything this process held has been let go of."""
        self._stop.set()
        if self._heart.is_alive():
            self._heart.join(timeout=LOST_AFTER_SECONDS)
        self._part()

    @property
    def tenure(self) -> int | None:
        """Which stretch of holding the lock this is; None while it is not held for certain."""
        if self._tenure == 0:
            return 0  # it has not appeared: a command or a test, alone with what it does
        fresh = seconds_since(self._beat_at) < LOST_AFTER_SECONDS
        return self._tenure if fresh else None

    def leads(self) -> bool:
        """Whether this process looks at what is due; of all of them one does."""
        return self._tenure == 0 or (self._leads and self.tenure is not None)

    def beat(self) -> bool:
        """This process has looked at what is its own. True while all that is due is looked at, by
        the leader: this process, or another that has said so of late."""
        if self.leads():
            self._looked.set()  # said to the others with the next pulse
            return True
        return seconds_since(self._heard_beat_at) < LOST_AFTER_SECONDS

    def looks_after(self, subject: str) -> bool:
        """Whether of all that live this process is the one for `subject`."""
        return first_for(subject, self._living | {self.name}) == self.name

    def dead_among(self, names: Iterable[str]) -> list[str]:
        """Those of these names, read from the rows that they hold, who live no more."""
        suspects = set(names) - self._living - {self.name}
        if not suspects:
            return []
        # Asked after the rows were read: whoever holds one had its lock before.
        with connect(self._url) as connection:
            return sorted(suspects - living(connection))

    def dead(self) -> list[str]:
        """Nobody leaves a trace of its own: the rows tell (see `dead_among`)."""
        return []

    def forget(self, name: str) -> None:
        """There is nothing to forget."""

    def _join(self) -> None:
        connection = connect(self._url)
        mine = int(self.name, 16)
        signed = mine - 2**32 if mine >= 2**31 else mine
        taken = connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", (_LIVES, signed)
        ).fetchone()
        if taken != (True,):
            connection.close()
            raise psycopg.OperationalError("another session has the lock of this process")
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel(self.name))))
        listen_for_beats(connection)
        self._connection, self._tenure = connection, self._tenure + 1
        self._pulse(connection)

    def _part(self) -> None:
        connection, self._connection = self._connection, None
        self._beat_at, self._leads = float("-inf"), False
        if connection is not None:
            connection.close()

    def _live(self) -> None:
        while not self._stop.is_set():
            connection = self._connection  # who leaves meanwhile closes it
            try:
                if connection is None:
                    self._join()
                    log.warning("lock_regained", process=self.name)
                else:
                    self._listen(connection)
                    self._pulse(connection)
            except psycopg.Error as error:
                self._lose(error)

    def _lose(self, error: Exception) -> None:
        if self._connection is not None and not self._stop.is_set():
            self._part()
            log.error("lock_lost", process=self.name, kind=type(error).__name__)
            self.lost()
        self._stop.wait(PULSE_SECONDS)

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        for notice in connection.notifies(timeout=PULSE_SECONDS):
            if notice.channel == _BEAT:
                self._heard_beat_at = now()
                continue
            try:
                self.heard(notice.payload)
            except Exception:
                log.exception("notice_failed")
            if self._stop.is_set():
                return

    def _pulse(self, connection: psycopg.Connection[Any]) -> None:
        """That the lock is still held, seen from the moment before it was asked for."""
        asked_at = now()
        names = living(connection)
        if self.name not in names:
            raise psycopg.OperationalError("the lock is gone")
        if not self._leads:
            taken = connection.execute(
                "SELECT pg_try_advisory_lock(%s, %s)", (_LEADS, _LEADER)
            ).fetchone()
            self._leads = taken == (True,)
        if self._looked.is_set():
            self._looked.clear()
            beat(connection)
        self._living, self._beat_at = names, asked_at
