"""What came of texts, noted by many threads in few transactions.

In a busy moment the carrier answers hundreds of times a second: to what is sent, and with a report
of every step that a text takes. A transaction for each would keep everybody else who wants to
write waiting. So whoever finds nobody writing writes for all who wait by then. Each of them goes
on when its own change is committed, and hears of what went wrong with its own alone.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock

from sqlalchemy.orm import Session

from directory import database
from directory.checkins import queries as checkins
from directory.messages import outbox
from directory.messages.models import OutboundMessage

# Given the text, locked; None when there is none of this id. May be called again, after what the
# first call did was rolled back.
Change = Callable[[Session, OutboundMessage | None], None]

AT_ONCE = 50
# Where many want to write, this much patience lets a few more of them come.
GATHER_SECONDS = 0.02


@dataclass(slots=True, eq=False)
class _Waiting:
    message_id: str
    change: Change
    error: BaseException | None = None
    leads: bool = False
    called: Event = field(default_factory=Event)  # its change is written, or it is to lead


class Notes:
    """Of one process; every thread may write."""

    def __init__(self) -> None:
        self._queue: list[_Waiting] = []
        self._guard = Lock()
        self._led = False
        self._crowded = False

    def write(self, message_id: str, change: Change) -> None:
        """Apply `change` to a text; returns once it is committed. Raises what `change` raises, and
        SQLAlchemyError. Never call it with a session that writes open."""
        mine = _Waiting(message_id, change)
        with self._guard:
            self._queue.append(mine)
            mine.leads, self._led = not self._led, True
        if not mine.leads:
            mine.called.wait()
        if mine.leads:
            self._lead()
        if mine.error is not None:
            raise mine.error

    def _lead(self) -> None:
        """Write for all who wait, oneself among them, and let the first of the others lead."""
        if self._crowded:
            time.sleep(GATHER_SECONDS)
        with self._guard:
            these, self._queue = self._queue[:AT_ONCE], self._queue[AT_ONCE:]
        self._crowded = len(these) > 1
        _write_all(these)
        with self._guard:
            following = self._queue[0] if self._queue else None
            self._led = following is not None
        if following is not None:
            following.leads = True
            following.called.set()
        for each in these:
            each.called.set()


def _write_all(these: Sequence[_Waiting]) -> None:
    """Never raises: what goes wrong is kept for those whose change it was."""
    try:
        _commit(these)
    except BaseException as error:
        if len(these) == 1:
            these[0].error = error
            return
        for each in these:  # one that cannot be written must not spoil the others'
            _write_all([each])


def _commit(these: Sequence[_Waiting]) -> None:
    with database.session_scope() as session:
        messages = outbox.by_ids(session, {each.message_id for each in these})
        # Read at once what the changes will ask for one by one; held until they have.
        checkin_ids = [message.checkin_id for message in messages.values() if message.checkin_id]
        held = checkins.by_ids(session, checkin_ids)
        for each in these:
            each.change(session, messages.get(each.message_id))
        del held
