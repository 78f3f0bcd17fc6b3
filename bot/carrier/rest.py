"""Twilio's REST API, the part that a sender of texts uses.

https://www.twilio.com/docs/messaging/api/message-resource
"""

import asyncio
import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.carrier.faults import Fault, FaultPlan
from bot.carrier.network import Network
from bot.carrier.settings import E164, CarrierSettings
from bot.carrier.store import Store, StoredMessage
from bot.carrier.wire import API_VERSION, Refusal, account_json, message_json

_LONGEST_BODY = 1600
_LONGEST_REQUEST = 256 * 1024
_FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "received", "read"})


@dataclass(frozen=True, slots=True)
class SendRequest:
    """A create request that passed every check."""

    to: str
    body: str
    messaging_service_sid: str | None
    status_callback: str | None
    validity_seconds: int | None


def read_send_request(
    form: dict[str, str], settings: CarrierSettings, *, blocked: bool, error_code: int | None
) -> SendRequest:
    """Check a create request as Twilio does; raises Refusal with its error code.

    ``error_code``: what the receiving phone has been told to fail with. Codes below 30000
    refuse the request; the others only show once the text was sent.
    """
    to, body = form.get("To", "").strip(), form.get("Body", "")
    if not to:
        raise Refusal(400, 21604)
    service, sender = form.get("MessagingServiceSid"), form.get("From", "").strip()
    if not service and not sender:
        raise Refusal(400, 21603)
    if service and service != settings.messaging_service_sid:
        raise Refusal(400, 21701)
    if sender and sender != settings.number:
        raise Refusal(400, 21606)
    if to == settings.number:
        raise Refusal(400, 21266)
    if not E164.fullmatch(to):
        raise Refusal(400, 21211)
    if not body:
        raise Refusal(400, 21602)
    if len(body) > _LONGEST_BODY:
        raise Refusal(400, 21617)
    if blocked:
        raise Refusal(400, 21610)
    if error_code is not None and error_code < 30000:
        raise Refusal(400, error_code)
    callback = form.get("StatusCallback") or None
    if callback is not None and settings.local_url(callback) is None:
        raise Refusal(400, 21609)
    return SendRequest(to, body, service, callback, _validity(form.get("ValidityPeriod")))


def _validity(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 36_000:
        raise Refusal(400, 21624)
    return int(text)


@dataclass(frozen=True, slots=True)
class RestApi:
    settings: CarrierSettings
    store: Store
    faults: FaultPlan
    network: Network

    def routes(self) -> list[Route]:
        account = f"/{API_VERSION}/Accounts/{{account}}"
        return [
            Route(f"{account}.json", self.account, methods=["GET"]),
            Route(f"{account}/Messages.json", self.create, methods=["POST"]),
            Route(f"{account}/Messages.json", self.list_messages, methods=["GET"]),
            Route(f"{account}/Messages/{{sid}}.json", self.fetch, methods=["GET"]),
            Route(f"{account}/Messages/{{sid}}.json", self.update, methods=["POST"]),
            Route(f"{account}/Messages/{{sid}}.json", self.delete, methods=["DELETE"]),
        ]

    async def account(self, request: Request) -> Response:
        self._authenticate(request)
        return JSONResponse(account_json(self.settings))

    async def create(self, request: Request) -> Response:
        self._authenticate(request)
        if self.faults.strikes(Fault.SEND_429):
            raise Refusal(429, 20429)
        if self.faults.strikes(Fault.SEND_5XX):
            raise Refusal(503, 20500)
        form = await _form(request)
        if self.faults.strikes(Fault.SEND_SLOW):
            await asyncio.sleep(self.faults.slow_seconds)
        phone = form.get("To", "").strip()
        wanted = read_send_request(
            form,
            self.settings,
            blocked=self.store.is_blocked(phone),
            error_code=self.faults.undeliverable.get(phone),
        )
        message = self.network.send(
            to=wanted.to,
            body=wanted.body,
            messaging_service_sid=wanted.messaging_service_sid,
            status_callback=wanted.status_callback,
            validity_seconds=wanted.validity_seconds,
        )
        if self.faults.strikes(Fault.SEND_TIMEOUT_AFTER_ACCEPT):
            await asyncio.sleep(self.faults.hold_seconds)
        return JSONResponse(message_json(message, self.settings), 201)

    async def list_messages(self, request: Request) -> Response:
        self._authenticate(request)
        query = request.query_params
        size, page = _page(query.get("PageSize"), 50, 1000), _page(query.get("Page"), 0, 10**6)
        earliest, latest = _sent_between(dict(query))
        found = [
            message
            for message in self.store.account_messages(
                to=query.get("To") or None, sender=query.get("From") or None
            )
            if earliest <= (message.sent_at or message.created_at) < latest
        ]
        shown = found[page * size : (page + 1) * size]
        more = len(found) > (page + 1) * size
        return JSONResponse(
            {
                "messages": [message_json(message, self.settings) for message in shown],
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": max(0, page * size + len(shown) - 1),
                "uri": _page_uri(request, page),
                "first_page_uri": _page_uri(request, 0),
                "previous_page_uri": _page_uri(request, page - 1) if page else None,
                "next_page_uri": _page_uri(request, page + 1) if more else None,
            }
        )

    async def fetch(self, request: Request) -> Response:
        return JSONResponse(message_json(self._message(request), self.settings))

    async def update(self, request: Request) -> Response:
        """Redaction: Twilio allows one change of the body, to nothing, after the flight."""
        message = self._message(request)
        form = await _form(request)
        if form.get("Body") != "":
            raise Refusal(400, 20001)
        if message.status not in _FINAL:
            raise Refusal(409, 20009)
        self.store.change(message.sid, redacted=1)
        return JSONResponse(message_json(self._message(request), self.settings))

    async def delete(self, request: Request) -> Response:
        message = self._message(request)
        if message.status not in _FINAL:
            raise Refusal(409, 20009)
        self.store.change(message.sid, deleted=1)
        return Response(status_code=204)

    def _message(self, request: Request) -> StoredMessage:
        self._authenticate(request)
        message = self.store.message(request.path_params["sid"])
        if message is None:
            raise Refusal(404, 20404)
        return message

    def _authenticate(self, request: Request) -> None:
        expected = f"{self.settings.account_sid}:{self.settings.auth_token}".encode()
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            given = b""
        if scheme.casefold() != "basic" or not secrets.compare_digest(given, expected):
            raise Refusal(401, 20003)
        if request.path_params["account"] != self.settings.account_sid:
            raise Refusal(404, 20404)


async def _form(request: Request) -> dict[str, str]:
    """The form's fields; the last of a repeated one counts."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_REQUEST:
            raise Refusal(413, 20001)
    text = bytes(body).decode("utf-8", errors="replace")
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))


def _page(text: str | None, default: int, largest: int) -> int:
    return min(int(text), largest) if text and re.fullmatch(r"[0-9]{1,9}", text) else default


def _page_uri(request: Request, page: int) -> str:
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "Page"]
    return f"{request.url.path}?{urlencode([*query, ('Page', str(page))])}"


def _sent_between(query: dict[str, str]) -> tuple[datetime, datetime]:
    """From DateSent, DateSent> and DateSent< (Twilio's >= and <=): start and exclusive end."""
    earliest, latest = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    if on := query.get("DateSent"):
        earliest, latest = _span(on)
    if since := query.get("DateSent>"):
        earliest = max(earliest, _span(since)[0])
    if until := query.get("DateSent<"):
        latest = min(latest, _span(until)[1])
    return earliest, latest


def _span(text: str) -> tuple[datetime, datetime]:
    """The day or the second that a date or time names."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(400, 20001) from None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at, at + (timedelta(days=1) if len(text) <= 10 else timedelta(seconds=1))
