"""The phone page, its files, and the few calls it makes to the carrier and the clock."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from bot.carrier.client import CarrierControl, CarrierUnavailableError
from directory.errors import HandoffError, Invalid, NotFound

Answer = TypeVar("Answer")

SPEEDS = (1, 60, 3600, 7200)

_STATIC = Path(__file__).parent / "static"
_FILES = {
    "phone.css": "text/css",
    "phone.js": "text/javascript",
    "conversation.js": "text/javascript",
    "clock.js": "text/javascript",
}
# Nothing inline, nothing from elsewhere: a text on a phone can never become a script.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class SpeedableClock(Protocol):
    """Product time; ``set_speed`` raises ValueError for a speed it doesn't allow."""

    def now(self) -> datetime: ...

    @property
    def speed(self) -> float: ...

    def set_speed(self, speed: float) -> None: ...


class CarrierDown(HandoffError):
    status = 503


class NewText(BaseModel):
    sender: str = Field(alias="from", pattern=r"^\+[1-9][0-9]{6,14}$")
    body: str = Field(max_length=20_000)


class NewSpeed(BaseModel):
    speed: float = Field(ge=1, le=7200, allow_inf_nan=False)


class ClockState(BaseModel):
    now: datetime
    speed: float
    speeds: tuple[int, ...] = SPEEDS
    time_zone: str


def phone_router(
    carrier: CarrierControl, clock: SpeedableClock, *, time_zone: str = "America/Chicago"
) -> APIRouter:
    """The page at ``/phone`` and its calls below it; ``time_zone`` is how times are shown."""
    router = APIRouter(prefix="/phone", include_in_schema=False)

    @router.get("")
    def page() -> FileResponse:
        return FileResponse(_STATIC / "phone.html", media_type="text/html", headers=_HEADERS)

    @router.get("/static/{name}")
    def static_file(name: str) -> FileResponse:
        if name not in _FILES:
            raise NotFound("not_found", "There is no such file.")
        return FileResponse(_STATIC / name, media_type=_FILES[name], headers=_HEADERS)

    @router.get("/api/messages")
    def changed_messages(after: Annotated[int, Query(ge=0, lt=2**53)] = 0) -> dict[str, Any]:
        """Texts new or changed since revision ``after``, oldest first, and where to go on."""
        messages = _ask(lambda: carrier.messages(changed_after=after))
        return {
            "messages": [asdict(message) for message in messages],
            "next": max((message.revision for message in messages), default=after),
        }

    @router.post("/api/messages", status_code=202)
    def send_text(text: NewText) -> dict[str, str]:
        """A phone sends a text. Its way through the product shows in the messages."""
        return {"sid": _ask(lambda: carrier.text(text.sender, text.body))}

    @router.get("/api/clock")
    def read_clock() -> ClockState:
        return ClockState(now=clock.now().astimezone(UTC), speed=clock.speed, time_zone=time_zone)

    @router.post("/api/clock")
    def set_clock(wanted: NewSpeed) -> ClockState:
        try:
            clock.set_speed(wanted.speed)
        except ValueError as error:
            raise Invalid("speed_refused", "The clock can't run at this speed.") from error
        return read_clock()

    return router


def _ask(call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except CarrierUnavailableError as error:
        raise CarrierDown("carrier_down", "The simulated carrier does not answer.") from error
    except ValueError as error:
        raise Invalid("text_refused", "A phone can't send this text.") from error
