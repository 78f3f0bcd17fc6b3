"""No request body is read beyond what any honest client sends, whatever its headers claim."""

from collections.abc import Mapping

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1_000_000
# Doors behind which a body goes to a file as it comes in.
LARGER: Mapping[str, int] = {"/api/v1/directory/imports": 51_000_000}


class BodyLimit:
    """Refuses larger bodies with 413: as a problem document, which Starlette's own limit is not."""

    def __init__(self, app: ASGIApp, *, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0
        largest = LARGER.get(scope["path"], self._largest)

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > largest:
                raise HTTPException(413, "The body is too large.")
            return message

        await self._app(scope, counted, send)
