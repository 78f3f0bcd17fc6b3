"""The outer wall: who calls too often, sends too much before the body, or too slowly.

Plain ASGI, as it stands before every request. What the wall refuses is a problem document.
"""

import asyncio
import math
from datetime import timedelta

import structlog
from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from api.limits.addresses import Addresses
from directory.clock import wall_now

log = structlog.get_logger(__name__)

LONGEST_ADDRESS = 8_000  # bytes of path and query
LARGEST_HEADERS = 32_000  # bytes of all names and values
MOST_HEADERS = 100
# Nobody honest is slower: between two pieces of a body, and for all of it.
LONGEST_PAUSE = 15.0
LONGEST_BODY = 60.0
# A spreadsheet of 50 MB over a slow line.
LONGER = {"/api/v1/directory/imports": 600.0}
_AS_IT_IS = ("", "identity")


class Wall:
    """`addresses`: who has called how often. The times are seconds."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        addresses: Addresses,
        longest_pause: float = LONGEST_PAUSE,
        longest_body: float = LONGEST_BODY,
    ) -> None:
        self._app, self._addresses = app, addresses
        self._longest_pause, self._longest_body = longest_pause, longest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _too_much(scope) or self._too_often(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, self._timed(scope, receive), send)

    def _too_often(self, scope: Scope) -> ASGIApp | None:
        client = scope.get("client")
        waiting = self._addresses.wait(
            client[0] if client else "", scope["method"], scope["path"], wall=wall_now()
        )
        if not waiting:
            return None
        log.warning("address_limited", method=scope["method"])
        return too_many(waiting, "This address has asked too often.")

    def _timed(self, scope: Scope, receive: Receive) -> Receive:
        """`receive`, as long as the body comes at an honest pace; 408 otherwise.

        Once the body is there nothing is timed: then `receive` waits for the line to be dropped.
        """
        clock = asyncio.get_running_loop().time
        last = clock() + LONGER.get(scope["path"], self._longest_body)
        over = False

        async def timed() -> Message:
            nonlocal over
            if over:
                return await receive()
            try:
                async with asyncio.timeout_at(min(last, clock() + self._longest_pause)):
                    message = await receive()
            except TimeoutError:
                over = True
                log.warning("body_too_slow")
                raise HTTPException(
                    408, "The body came too slowly.", {"Connection": "close"}
                ) from None
            over = not message.get("more_body", False)
            return message

        return timed


def too_many(waiting: timedelta, why: str) -> ASGIApp:
    """429, and after how many seconds to come again."""
    seconds = max(1, math.ceil(waiting.total_seconds()))
    return problem(
        429, "too_many_requests", f"{why} Slow down.", headers={"Retry-After": str(seconds)}
    )


def _too_much(scope: Scope) -> ASGIApp | None:
    """The refusal of a request whose head no client of ours sends; None for all others."""
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
        return problem(414, "address_too_long", "This address is too long.")
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    if len(headers) > MOST_HEADERS or size > LARGEST_HEADERS:
        return problem(431, "headers_too_large", "These headers are too large.")
    for name, value in headers:
        if name == b"content-encoding" and value.decode("latin-1").strip().lower() not in _AS_IT_IS:
            # Nothing is unpacked here, so nothing can unpack to more than it was.
            return problem(415, "encoding_unknown", "Send the body as it is, not compressed.")
    return None
