"""One webhook request as Twilio makes it: signed, given up after 15 s, tried once more."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

NO_ANSWER = 0
_LONGEST_ANSWER = 64 * 1024
_CONNECTION_PAUSE = 0.25


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``status`` is NO_ANSWER when nothing did."""

    status: int
    body: bytes = b""

    @property
    def calls_for_another_try(self) -> bool:
        return self.status == NO_ANSWER or self.status >= 500


class WebhookPoster:
    def __init__(self, *, client: httpx.AsyncClient, timeout: float, retry_pause: float) -> None:
        self._client = client
        self._timeout = timeout
        self._retry_pause = retry_pause

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
        while True:
            try:
                async with asyncio.timeout(self._timeout):  # for the answer as a whole
                    response = await self._client.post(url, content=content, headers=headers)
            except httpx.ConnectError:
                if time.monotonic() >= give_up:
                    return Answer(NO_ANSWER)
                await asyncio.sleep(_CONNECTION_PAUSE)
            except (httpx.HTTPError, TimeoutError):
                return Answer(NO_ANSWER)
            else:
                return Answer(response.status_code, response.content[:_LONGEST_ANSWER])
