"""What came of texts, noted by many threads in few transactions.

In a busy moment the carrier answers hundreds of times a second: to what is sent, and with a report
of every step that a text takes. A transaction for each would keep everybody else who wants to
write waiting. So whoever finds nobody writing writes for all who wait by then. Each of them goes
on when its own change is committed, and hears of what went wrong with its own alone.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from threading import Event, Lock

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from directory import database
from directory.checkins import queries as checkins
from directory.messages import outbox
from directory.messages.models import OutboundMessage

# Given the text, locked; None when there is none of this id. May be called again, after what the
# first call did was rolled back.
Change = Callable[[Session, OutboundMessage | None], None]
# The same, given a text that is there.
Apply = Callable[[Session, OutboundMessage], None]

AT_ONCE = 50
# Where many want to write, this much patience lets a few more of them come.
GATHER_SECONDS = 0.02
# What nobody else knows is tried again after so many seconds each; all of it, and the carrier's own
# time-out before, is less than a claim lasts.
AGAIN_AFTER = (0.5, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0)


@dataclass(slots=True, eq=False)
class _Note:
    message_id: str
    change: Change
    error: BaseException | None = None


@dataclass(slots=True, eq=False)
class _Waiting:
    """What one thread waits for."""

    notes: list[_Note]
    leads: bool = False
    called: Event = field(default_factory=Event)  # its notes are written, or it is to lead


class Notes:
    """Of one process; every thread may write."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._queue: list[_Waiting] = []
        self._guard = Lock()
        self._led = False
        self._crowded = False

    def write(self, message_id: str, change: Change, *, again: bool = False) -> None:
        """Apply `change` to a text; returns once it is committed. Raises what `change` raises, and
        SQLAlchemyError. Never call it with a session that writes open.

        `again`: nobody else knows of it, so it is tried again where it cannot be written (a disk
        that is full, a database that starts anew)."""
        for seconds in AGAIN_AFTER if again else ():
            try:
                self._write(message_id, change)
            except SQLAlchemyError:
                self._sleep(seconds)
            else:
                return
        self._write(message_id, change)

    def _write(self, message_id: str, change: Change) -> None:
        (error,) = self.write_all([(message_id, change)])
        if error is not None:
            raise error

    def write_all(self, changes: Iterable[tuple[str, Change]]) -> list[BaseException | None]:
        """The same for several: for each what `write` would raise, or None."""
        mine = _Waiting([_Note(*each) for each in changes])
        with self._guard:
            self._queue.append(mine)
            mine.leads, self._led = not self._led, True
        if not mine.leads:
            mine.called.wait()
        if mine.leads:
            self._lead()
        return [note.error for note in mine.notes]

    def _lead(self) -> None:
        """Write for all who wait, oneself among them, and let the first of the others lead."""
        if self._crowded:
            time.sleep(GATHER_SECONDS)
        with self._guard:
            these, self._queue = _at_once(self._queue)
        self._crowded = len(these) > 1
        _write_all([note for each in these for note in each.notes])
        with self._guard:
            following = self._queue[0] if self._queue else None
            self._led = following is not None
        if following is not None:
            following.leads = True
            following.called.set()
        for each in these:
            each.called.set()


def _at_once(queue: list[_Waiting]) -> tuple[list[_Waiting], list[_Waiting]]:
    """Those whose notes go into one transaction, the first of them always; and the others."""
    together = list(accumulate(len(each.notes) for each in queue))
    end = max(1, sum(count <= AT_ONCE for count in together))
    return queue[:end], queue[end:]


def _write_all(notes: Sequence[_Note]) -> None:
    """Never raises: what goes wrong is kept with the note that it was."""
    try:
        _commit(notes)
    except BaseException as error:
        if len(notes) == 1:
            notes[0].error = error
            return
        for each in notes:  # one that cannot be written must not spoil the others'
            _write_all([each])


def _commit(notes: Sequence[_Note]) -> None:
    with database.session_scope() as session:
        messages = outbox.by_ids(session, {note.message_id for note in notes})
        # Read at once what the changes will ask for one by one; held until they have.
        checkin_ids = [message.checkin_id for message in messages.values() if message.checkin_id]
        held = checkins.by_ids(session, checkin_ids)
        for note in notes:
            note.change(session, messages.get(note.message_id))
        del held
