"""How long a connection may take to say what it wants: uvicorn itself waits for ever.

Somebody who opens a thousand connections and sends a header a minute ("slowloris") would otherwise
hold all of them. The body is timed further in (api/limits/wall.py), where it is known whose it is.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.limits.wall import LARGEST_HEADERS

# Seconds for the head of a request, and for the first byte of a new connection.
LONGEST_HEAD = 10.0


class TimedHttp(HttpToolsProtocol):
    """HTTP/1.1 whose heads have to be whole within `longest_head` seconds, and not too large."""

    longest_head = LONGEST_HEAD

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._head: int | None = None  # bytes of it so far, while one is expected

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]  # as uvicorn narrows it
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > 2 * LARGEST_HEADERS:
            self._give_up()
        elif self._timer is None and self._is_idle():
            # What is left of a body that nobody wanted, or empty lines: uvicorn has stopped its
            # own timer at the first byte of it.
            self._start_timer()

    def on_message_begin(self) -> None:
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._stop_timer()
        self._head = None
        super().on_headers_complete()

    def _expect_head(self) -> None:
        if self._head is None:
            self._head = 0
        self._start_timer()

    def _is_idle(self) -> bool:
        answered = self.cycle is None or self.cycle.response_complete
        return answered and self.timeout_keep_alive_task is None

    def _start_timer(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.longest_head, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._stop_timer()
        if not self.transport.is_closing():
            self.transport.close()
