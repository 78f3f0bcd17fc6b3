"""The phones' side of the carrier, for tests, the phone page and the command line.

It has no password: it listens on loopback, refuses other host names (so that no web page can
reach it by rebinding its name) and takes JSON only (so that no form on one can post to it).
"""

import json
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.carrier.faults import FaultPlan
from bot.carrier.network import Network
from bot.carrier.settings import E164, CarrierSettings
from bot.carrier.store import Store
from bot.carrier.wire import phone_json

PAGE = 500
_LONGEST_TEXT = 20_000
_LARGEST_REQUEST = 256 * 1024
_MOST_MEDIA = 10


class BadControlRequestError(Exception):
    """Answered with 422 and its message."""


@dataclass(frozen=True, slots=True)
class ControlApi:
    settings: CarrierSettings
    store: Store
    faults: FaultPlan
    network: Network

    def routes(self) -> list[Route]:
        return [
            Route("/_control/inbound", self.inbound, methods=["POST"]),
            Route("/_control/messages", self.messages, methods=["GET"]),
            Route("/_control/faults", self.show_faults, methods=["GET"]),
            Route("/_control/faults", self.change_faults, methods=["POST"]),
            Route("/_control/reset", self.reset, methods=["POST"]),
            Route("/_control/health", self.health, methods=["GET"]),
        ]

    async def inbound(self, request: Request) -> Response:
        """``{"from", "body", "media"?: [content type, …]}``: a phone sends a text."""
        wanted = await _json_object(request)
        sender, body, media = wanted.get("from"), wanted.get("body", ""), wanted.get("media", [])
        if not isinstance(sender, str) or not E164.fullmatch(sender):
            raise BadControlRequestError("from must be a number like +16305550100")
        if sender == self.settings.number:
            raise BadControlRequestError("from must not be the carrier's own number")
        if not isinstance(body, str) or len(body) > _LONGEST_TEXT:
            raise BadControlRequestError(f"body must be at most {_LONGEST_TEXT} characters")
        if (
            not isinstance(media, list)
            or len(media) > _MOST_MEDIA
            or not all(isinstance(each, str) for each in media)
        ):
            raise BadControlRequestError("media must be at most ten content types")
        message = self.network.receive(
            sender=sender, body=_encodable(body), media=tuple(map(_encodable, media))
        )
        return JSONResponse({"sid": message.sid, "order": message.number}, 201)

    async def messages(self, request: Request) -> Response:
        """Both directions, oldest first: those numbered above ``after`` that changed after
        revision ``changed_after``; at most PAGE of them."""
        query = request.query_params
        found = self.store.for_phones(
            phone=query.get("phone") or None,
            after=_whole(query.get("after")),
            changed_after=_whole(query.get("changed_after")),
            limit=PAGE,
        )
        return JSONResponse({"messages": [phone_json(message) for message in found]})

    async def show_faults(self, request: Request) -> Response:
        return JSONResponse(self.faults.as_json())

    async def change_faults(self, request: Request) -> Response:
        """Sets the faults that are named and leaves the others."""
        try:
            self.faults.update(await _json_object(request))
        except ValueError as error:
            raise BadControlRequestError(str(error)) from error
        return JSONResponse(self.faults.as_json())

    async def reset(self, request: Request) -> Response:
        await _json_object(request)
        await self.network.stop()
        self.store.clear()
        self.faults.clear()
        return await self.health(request)

    async def health(self, request: Request) -> Response:
        order, revision = self.store.position()
        return JSONResponse(
            {
                "status": "ok",
                "number": self.settings.number,
                "last_order": order,
                "last_revision": revision,
                "busy": self.network.busy(),
            }
        )


async def _json_object(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadControlRequestError("send application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_REQUEST:
            raise BadControlRequestError("the request is too large")
    try:
        value = json.loads(bytes(body) or b"{}")
    except (ValueError, RecursionError):
        raise BadControlRequestError("the body is not JSON") from None
    if not isinstance(value, dict):
        raise BadControlRequestError("the body must be a JSON object")
    return value


def _whole(text: str | None) -> int:
    if text is None:
        return 0
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise BadControlRequestError("after must be a whole number")
    return int(text)


def _encodable(text: str) -> str:
    """Half a surrogate pair, which JSON can carry and UTF-8 can't, becomes a question mark."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
