"""Several Rasa servers asked as if they were one.

Each person has a server that is asked first, chosen by hashing their opaque id, so that one server
reads and writes their conversation and none of them does all the work. The conversations
themselves lie in one store that all servers share: the next in line goes on where the first was.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import structlog

from bot.rasa_client import Look, RasaAnswer, RasaClient, RasaUnavailable
from directory.fleet import in_order_for

log = structlog.get_logger(__name__)

# A server that failed is asked last for this long.
SPARED_SECONDS = 5.0
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Server:
    client: RasaClient
    spared_until: float = float("-inf")


class RasaServers(RasaClient):
    """Asks the server that a person belongs to, and the others where it does not work.

    One that takes the whole time a person may wait is not followed by another: the directory's own
    search answers then. Safe to share between threads.
    """

    def __init__(
        self, clients: dict[str, RasaClient], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._servers = {name: _Server(client) for name, client in clients.items()}
        self._clock = clock

    def ask(
        self, *, sender: str, message_id: str, text: str, metadata: dict[str, Any]
    ) -> RasaAnswer:
        return self._first_that_works(
            sender,
            lambda client: client.ask(
                sender=sender, message_id=message_id, text=text, metadata=metadata
            ),
        )

    def look(self, text: str) -> Look:
        return self._first_that_works(text, lambda client: client.look(text))

    def forget(self, sender: str) -> None:
        self._first_that_works(sender, lambda client: client.forget(sender))

    def ready(self) -> bool:
        """True when any of them can answer."""
        return any(server.client.ready() for server in self._servers.values())

    def close(self) -> None:
        for server in self._servers.values():
            server.client.close()

    def _first_that_works(self, subject: str, ask: Callable[[RasaClient], Answer]) -> Answer:
        failure: RasaUnavailable | None = None
        for name in self._order(subject):
            server = self._servers[name]
            try:
                answer = ask(server.client)
            except RasaUnavailable as error:
                failure = error
                server.spared_until = self._clock() + SPARED_SECONDS
                log.warning("rasa_server_failed", reason=str(error))
                if isinstance(error.__cause__, _TOO_LONG):
                    break
            else:
                server.spared_until = float("-inf")
                return answer
        raise failure or RasaUnavailable("there is no server")

    def _order(self, subject: str) -> list[str]:
        now = self._clock()
        return sorted(
            in_order_for(subject, self._servers),
            key=lambda name: self._servers[name].spared_until > now,
        )


_TOO_LONG = (httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout)


def rasa_at(addresses: Sequence[str], token: str, *, timeout: float) -> RasaClient:
    """A client for one server or for several."""
    clients = {address: RasaClient(address, token, timeout=timeout) for address in addresses}
    if len(clients) == 1:
        return next(iter(clients.values()))
    return RasaServers(clients)
