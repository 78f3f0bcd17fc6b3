"""One webhook request as Twilio makes it: signed, given up after 15 s, tried once more."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import aiohttp
from yarl import URL

NO_ANSWER = 0
_LONGEST_ANSWER = 64 * 1024
_CONNECTION_PAUSE = 0.25
# What is posted at the same time; the others wait, and their 15 seconds have not begun.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``status`` is NO_ANSWER when nothing did."""

    status: int
    body: bytes = b""

    @property
    def calls_for_another_try(self) -> bool:
        return self.status == NO_ANSWER or self.status >= 500


class WebhookPoster:
    """Use it as a context, on the event loop that it posts from.

    The client is aiohttp's: reports come by the hundred a second, and with many at once httpx
    spends more time on its pool than a whole carrier may.
    """

    def __init__(self, *, timeout: float, retry_pause: float) -> None:
        self._timeout = timeout
        self._retry_pause = retry_pause
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def __aenter__(self) -> Self:
        # No proxy from the environment: nothing it posts may leave this machine.
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.close()

    async def post(
        self,
        url: str,
        fields: list[tuple[str, str]],
        *,
        signature: str | None,
        patience: float = 0.0,
    ) -> Answer:
        """The last answer; tried again once on no answer or a server error.

        ``patience``: seconds to go on knocking while nothing listens there at all. Twilio has
        none; a phone on the same machine may be quicker than the product's own start.
        """
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            # The same for both tries, so that a receiver can tell a repeat.
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
        }
        if signature is not None:
            headers["X-Twilio-Signature"] = signature
        content = urlencode(fields).encode()
        answer = await self._try(url, content, headers, patience)
        if answer.calls_for_another_try:
            await asyncio.sleep(self._retry_pause)
            answer = await self._try(url, content, headers, patience)
        return answer

    async def _try(
        self, url: str, content: bytes, headers: dict[str, str], patience: float
    ) -> Answer:
        give_up = time.monotonic() + patience
        address = URL(url, encoded=True)  # as it was signed, to the letter
        while True:
            try:
                async with (
                    self._free,
                    self._client.post(
                        address, data=content, headers=headers, allow_redirects=False
                    ) as response,
                ):
                    return Answer(response.status, (await response.read())[:_LONGEST_ANSWER])
            except aiohttp.ClientConnectorError:
                if time.monotonic() >= give_up:
                    return Answer(NO_ANSWER)
                await asyncio.sleep(_CONNECTION_PAUSE)
            except (aiohttp.ClientError, TimeoutError):
                return Answer(NO_ANSWER)
