"""What is sent to one person leaves in order; to different people side by side.

Whoever decides an answer does not wait for the carrier: the answer goes on a lane, and a thread of
the lanes' sends it. A lane lasts for as long as something is on it.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import structlog

log = structlog.get_logger(__name__)

# They mostly wait for the carrier.
THREADS = 16

Work = Callable[[], object]


class Lanes:
    """Of one process; every thread may put work on them."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="handoff-replies")
        self._lanes: dict[str, deque[tuple[Work, Work | None]]] = {}
        self._guard = Lock()
        self._stopping = False

    def busy(self, name: str) -> bool:
        """Whether something is on this lane that has not ended."""
        with self._guard:
            return name in self._lanes

    def put(self, name: str, work: Work, *, instead: Work | None = None) -> None:
        """Have `work` done once all that was put on this lane before has ended; `instead` is done
        where all stops before its turn has come."""
        with self._guard:
            lane = self._lanes.get(name)
            if lane is not None:
                lane.append((work, instead))
                return
            if not self._stopping:
                self._lanes[name] = deque([(work, instead)])
                self._pool.submit(self._go_along, name)
                return
        if instead is not None:
            instead()

    def stop(self) -> None:
        """Finish what has begun; what comes after that is not begun."""
        with self._guard:
            self._stopping = True
        self._pool.shutdown(wait=True)

    def _go_along(self, name: str) -> None:
        while True:
            with self._guard:
                lane = self._lanes[name]
                if not lane:
                    del self._lanes[name]
                    return
                work, instead = lane.popleft()
            do = instead if self._stopping else work
            try:
                if do is not None:
                    do()
            except Exception:  # the row stays as it is, and is looked at again
                log.exception("work_failed", work="reply")
