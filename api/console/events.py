"""What happens while a page is open, told to it by server-sent events: danger, and new tasks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from api.console.access import EVERYONE, TheVisitor, console_router, find_visitor
from api.deps import TheServices
from directory import database
from directory.tasks import queries

router = console_router("", *EVERYONE)
EVERY = 2.0  # seconds between looks
# A proxy that hears nothing for a minute closes the line.
WORD_AFTER = 7  # looks without a change


@dataclass(frozen=True, slots=True)
class Seen:
    dangers: int
    tasks: str


def look() -> Seen:
    with database.read_scope() as session:
        return Seen(queries.open_dangers(session), queries.fingerprint(session))


def drawn_now(session: Session) -> str:
    """A name for the tasks as they are, to be drawn with the list of them."""
    return queries.fingerprint(session)


@router.get("/events")
async def events(
    request: Request, visitor: TheVisitor, services: TheServices, drawn: str = ""
) -> StreamingResponse:
    """An endless answer; it ends with the browser's line, or with the session.

    `drawn`: the tasks that the page shows, as of `drawn_now`.
    """

    async def still_there() -> bool:
        if await request.is_disconnected():
            return False
        return await run_in_threadpool(find_visitor, request, services) is not None

    return StreamingResponse(
        stream(still_there, wait=lambda: asyncio.sleep(EVERY), drawn=drawn),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def stream(
    still_there: Callable[[], Awaitable[bool]],
    *,
    wait: Callable[[], Awaitable[None]],
    drawn: str = "",
) -> AsyncIterator[str]:
    """Events as they come about: `danger` (how many wait for somebody), `tasks`, and `over`.

    What changed between the drawing of the list and the first look is told at that look.
    `over` is the last one: who sits before the page must learn that it tells nothing any more.
    """
    before: Seen | None = None
    quiet = 0
    while await still_there():
        seen = await run_in_threadpool(look)
        said = False
        if before is None or seen.dangers != before.dangers:
            yield f"event: danger\ndata: {seen.dangers}\n\n"
            said = True
        shown = drawn if before is None else before.tasks
        if shown and seen.tasks != shown:
            yield "event: tasks\ndata: changed\n\n"
            said = True
        quiet = 0 if said else quiet + 1
        if quiet >= WORD_AFTER:
            yield ": still here\n\n"
            quiet = 0
        before = seen
        await wait()
    yield "event: over\ndata: signed out\n\n"
