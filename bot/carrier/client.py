"""The phones in the hands of tests, the phone page and the command line."""

import time
from dataclasses import dataclass, fields
from types import TracebackType
from typing import Any, Self

import httpx

_PAGE = 500
_POLL_SECONDS = 0.05
_NOT_ARRIVED = frozenset({"undelivered", "failed", "canceled"})


class CarrierUnavailableError(Exception):
    """The simulated carrier doesn't answer."""


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A text that a phone sent (``inbound``, as the product sees it) or was sent (``outbound``).

    ``order`` numbers messages and never changes; ``revision`` rises with each change to any.
    ``webhook_status``: the product's last HTTP answer to an inbound one, 0 for no answer, None
    while it has not been told. ``created_at`` is ISO 8601, wall time. ``inline``: the product said
    it in its answer to the webhook.
    """

    order: int
    revision: int
    sid: str
    phone: str
    direction: str
    by_carrier: bool
    body: str
    media: list[str]
    status: str
    error_code: int | None
    segments: int
    created_at: str
    webhook_status: int | None
    redacted: bool
    inline: bool = False


_FIELDS = frozenset(each.name for each in fields(PhoneMessage))


class CarrierControl:
    """Synchronous; safe to share between threads. Raises CarrierUnavailableError when the
    carrier doesn't answer and ValueError, with its reason, when it refuses what was asked."""

    def __init__(self, base_url: str, *, timeout: float = 5.0) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=timeout, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def text(self, from_: str, body: str, *, media: tuple[str, ...] = ()) -> str:
        """A phone sends a text; returns its message SID. The webhook is called afterwards."""
        answer = self._call(
            "POST", "/_control/inbound", {"from": from_, "body": body, "media": list(media)}
        )
        return str(answer["sid"])

    def messages(
        self, phone: str | None = None, after: int = 0, *, changed_after: int = 0
    ) -> list[PhoneMessage]:
        """Both directions, oldest first: those of ``phone`` (or all) numbered above ``after``
        that are new or changed since revision ``changed_after``."""
        found: list[PhoneMessage] = []
        while True:
            query = {"after": after, "changed_after": changed_after}
            if phone is not None:
                query["phone"] = phone  # type: ignore[assignment]
            page = self._call("GET", "/_control/messages", query)["messages"]
            found.extend(_message(each) for each in page)
            if len(page) < _PAGE:
                return found
            after = found[-1].order

    def last_order(self) -> int:
        """The order of the newest message: what comes next is numbered above it."""
        return int(self.health()["last_order"])

    def wait_for_replies(
        self, phone: str, after: int, count: int = 1, timeout: float = 10.0
    ) -> list[PhoneMessage]:
        """At least ``count`` texts to ``phone`` numbered above ``after``.

        Raises TimeoutError, saying how many came, after ``timeout`` seconds.
        """
        give_up = time.monotonic() + timeout
        while True:
            replies = [
                message
                for message in self.messages(phone, after)
                if message.direction == "outbound" and message.status not in _NOT_ARRIVED
            ]
            if len(replies) >= count:
                return replies
            if time.monotonic() >= give_up:
                raise TimeoutError(f"{len(replies)} of {count} replies came in {timeout:g} s")
            time.sleep(_POLL_SECONDS)

    def faults(self, **changes: Any) -> dict[str, Any]:
        """Set the faults named (see bot.carrier.faults) and return all of them."""
        return self._call("POST", "/_control/faults", changes)

    def reset(self) -> None:
        """Forget messages, blocked numbers and faults."""
        self._call("POST", "/_control/reset", {})

    def health(self) -> dict[str, Any]:
        """``status``, ``number``, ``last_order``, ``last_revision``, ``busy`` (texts moving)."""
        return self._call("GET", "/_control/health", {})

    def _call(self, method: str, path: str, content: dict[str, Any]) -> dict[str, Any]:
        try:
            if method == "GET":
                response = self._client.get(path, params=content)
            else:
                response = self._client.post(path, json=content)
        except httpx.HTTPError as error:
            raise CarrierUnavailableError(type(error).__name__) from None
        if response.status_code == 422:
            raise ValueError(response.json()["error"])
        if response.is_error:
            raise CarrierUnavailableError(f"HTTP {response.status_code}")
        answer: dict[str, Any] = response.json()
        return answer


def _message(values: dict[str, Any]) -> PhoneMessage:
    return PhoneMessage(**{name: values[name] for name in _FIELDS})
