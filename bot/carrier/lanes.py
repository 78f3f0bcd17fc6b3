"""Background work in lanes: within one lane things happen in order, lanes don't wait for
each other. One phone's slow webhook never delays another phone's text."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]


class Lanes:
    """Runs on the event loop it is first used from; a lane lives only while it has work."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Work]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def put(self, lane: str, work: Work) -> None:
        if lane in self._waiting:
            self._waiting[lane].append(work)
            return
        self._waiting[lane] = deque([work])
        self._tasks[lane] = asyncio.create_task(self._drain(lane))

    async def _drain(self, lane: str) -> None:
        waiting = self._waiting[lane]
        while waiting:
            try:
                await waiting.popleft()()
            except Exception as error:  # one bad piece of work must not close the lane
                logger.error("carrier work failed: %s", type(error).__name__)  # noqa: TRY400
        # No await between the last look and here, so nothing can slip in between.
        del self._waiting[lane], self._tasks[lane]

    def busy(self) -> int:
        """How many lanes have work."""
        return len(self._tasks)

    async def stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._waiting.clear()
        self._tasks.clear()
