"""A carrier that only takes texts and the time: Twilio's REST protocol, in this process.

The simulated carrier of the product remembers and plays faults; its work would be measured too.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.carrier.signing import signature

NUMBER = "+16305550199"
ACCOUNT = "AC" + "0" * 32
TOKEN = "a token of the benchmark"
_REPORTS = ("sent", "delivered")


def _client() -> aiohttp.ClientSession:
    """Gives connections up before a server does, which is after five seconds usually."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=200, keepalive_timeout=2.0),
        timeout=aiohttp.ClientTimeout(total=30.0),
    )


@dataclass
class Carrier:
    """`latency`: seconds from a text's arrival to the answer. With `reports` each text is reported
    as sent and as delivered, as Twilio does."""

    port: int
    latency: float = 0.0
    reports: bool = True
    taken: int = 0
    _waiting: dict[str, asyncio.Queue[float]] = field(
        default_factory=lambda: defaultdict(asyncio.Queue)
    )
    _reporting: set[asyncio.Task[None]] = field(default_factory=set)
    # Connections of their own, or a text would wait here for those on which reports are answered.
    _texts: aiohttp.ClientSession = field(init=False)
    _reports: aiohttp.ClientSession = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def handed_over(self, phone: str, *, within: float) -> float:
        """The instant (perf_counter) at which the next text for a phone came. TimeoutError."""
        return await asyncio.wait_for(self._waiting[phone].get(), within)

    def nothing_more(self, phone: str) -> None:
        """Forget what else came for a phone."""
        self._waiting.pop(phone, None)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Carrier"]:
        account = f"/2010-04-01/Accounts/{ACCOUNT}"
        routes = [
            Route(f"{account}/Messages.json", self._take, methods=["POST"]),
            Route(f"{account}/Messages.json", self._list, methods=["GET"]),
            Route(f"{account}.json", self._account, methods=["GET"]),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes),
            host="127.0.0.1",
            port=self.port,
            log_config=None,
            access_log=False,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            async with _client() as self._texts, _client() as self._reports:
                yield self
        finally:
            server.should_exit = True
            await serving

    async def _take(self, request: Request) -> JSONResponse:
        came = time.perf_counter()
        form = await request.form()
        sid, phone = f"SM{uuid4().hex}", str(form["To"])
        if self.latency:
            await asyncio.sleep(self.latency)
        self.taken += 1
        self._waiting[phone].put_nowait(came)
        callback = form.get("StatusCallback")
        if self.reports and callback:
            task = asyncio.create_task(self._report(str(callback), sid, phone))
            self._reporting.add(task)
            task.add_done_callback(self._reporting.discard)
        text = {"sid": sid, "status": "queued", "num_segments": "1", "to": phone, "from": NUMBER}
        return JSONResponse(text, status_code=201)

    async def _list(self, _: Request) -> JSONResponse:
        return JSONResponse({"messages": [], "page": 0, "page_size": 50})

    async def _account(self, _: Request) -> JSONResponse:
        return JSONResponse({"sid": ACCOUNT, "status": "active"})

    async def _report(self, url: str, sid: str, phone: str) -> None:
        for status in _REPORTS:
            await asyncio.sleep(0.15)
            fields = {"MessageSid": sid, "MessageStatus": status, "To": phone}
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):  # it may be over
                async with self._reports.post(url, **_signed(url, fields)):
                    pass

    async def text(self, url: str, phone: str, body: str) -> float:
        """A phone's text, by the webhook at `url`; when it left (perf_counter). Returns once it is
        acknowledged; ClientResponseError where it was refused."""
        fields = {
            "MessageSid": f"SM{uuid4().hex}",
            "From": phone,
            "To": NUMBER,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
        }
        webhook = _signed(url, fields)
        left = time.perf_counter()
        async with self._texts.post(url, raise_for_status=True, **webhook):
            return left


def _signed(url: str, fields: dict[str, str]) -> dict[str, Any]:
    """A webhook as Twilio signs it: what to post."""
    fields = {"AccountSid": ACCOUNT, "From": NUMBER, **fields}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(TOKEN, url, fields.items()),
    }
    return {"data": urlencode(fields).encode(), "headers": headers}
