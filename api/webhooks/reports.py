"""Delivery reports on their way into the database: gathered for a moment, then noted together.

Each text has two of them at least, so they are most of what a busy carrier sends, and nobody
waits for one. A transaction and a thread for each would take these from the texts that come in.
"""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

from bot.sms.notes import AT_ONCE, Change, Notes

GATHER_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class _Waiting:
    message_id: str
    change: Change
    noted: asyncio.Future[None]


@dataclass(slots=True)
class Reports:
    """Of one process; used on its event loop only. `threads` write the notes."""

    notes: Notes
    threads: Executor
    _waiting: list[_Waiting] = field(default_factory=list)

    async def write(self, message_id: str, change: Change) -> None:
        """As Notes.write: returns once the change is committed, raises what it raises."""
        loop = asyncio.get_running_loop()
        mine = _Waiting(message_id, change, loop.create_future())
        self._waiting.append(mine)
        if len(self._waiting) == 1:
            loop.call_later(GATHER_SECONDS, self._begin, loop)
        await mine.noted

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        gathered, self._waiting = self._waiting, []
        for first in range(0, len(gathered), AT_ONCE):
            these = gathered[first : first + AT_ONCE]
            changes = [(each.message_id, each.change) for each in these]
            try:
                work = loop.run_in_executor(self.threads, self.notes.write_all, changes)
            except RuntimeError as error:  # no thread to be had
                _tell(these, [error] * len(these))
            else:
                work.add_done_callback(partial(_written, these))


def _written(these: list[_Waiting], work: asyncio.Future[list[BaseException | None]]) -> None:
    error = asyncio.CancelledError() if work.cancelled() else work.exception()
    _tell(these, work.result() if error is None else [error] * len(these))


def _tell(these: list[_Waiting], errors: list[BaseException | None]) -> None:
    for each, error in zip(these, errors, strict=True):
        if each.noted.done():  # whoever sent it has hung up
            continue
        if error is None:
            each.noted.set_result(None)
        elif isinstance(error, Exception) and not isinstance(error, StopIteration):
            each.noted.set_exception(error)
        else:  # which a future does not take
            each.noted.set_exception(RuntimeError(type(error).__name__))
