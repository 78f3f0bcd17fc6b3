"""Being told to stop."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequest:
    """True once Ctrl-C was pressed or a signal to stop has come; `urgent` from the second on.

    A plain flag that loops look at: a handler may run between any two steps of the program, so
    it takes no lock and raises nothing.
    """

    def __init__(self) -> None:
        self._times = 0

    def __bool__(self) -> bool:
        return self._times > 0

    @property
    def urgent(self) -> bool:
        return self._times > 1

    def receive(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        self._times += 1


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Signals to stop go to the request that is given, until the block is left."""
    request = StopRequest()
    before = {number: signal.signal(number, request.receive) for number in STOPPING}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
