"""Several Rasa servers asked as if they were one."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from bot.rasa_client import Look, RasaAnswer, RasaClient, RasaUnavailable
from bot.rasa_servers import SPARED_SECONDS, RasaServers, rasa_at

ANSWER = RasaAnswer(({"say": "hello"},), Look())


@dataclass
class Server(RasaClient):
    """Answers, or fails with this error."""

    error: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def ask(self, *, sender: str, **_: Any) -> RasaAnswer:
        self.asked.append(sender)
        if self.error is not None:
            raise RasaUnavailable("down") from self.error
        return ANSWER

    def ready(self) -> bool:
        return self.error is None


@pytest.fixture(name="servers")
def _servers() -> dict[str, Server]:
    return {name: Server() for name in ("http://a", "http://b", "http://c")}


def ask(servers: RasaServers, person: str) -> RasaAnswer:
    return servers.ask(sender=person, message_id="1", text="food", metadata={})


def of_person(servers: dict[str, Server], person: str) -> Server:
    (found,) = [server for server in servers.values() if person in server.asked]
    return found


def test_a_person_s_texts_go_to_one_server_and_people_to_all(servers: dict[str, Server]) -> None:
    asked = RasaServers(dict(servers))
    for turn in range(3):
        for person in range(60):
            ask(asked, f"person-{person}")
        assert sum(len(server.asked) for server in servers.values()) == 60 * (turn + 1)
    shares = [set(server.asked) for server in servers.values()]
    assert sum(len(share) for share in shares) == 60
    assert all(len(share) > 8 for share in shares)


def test_the_next_answers_for_one_that_is_down_and_it_is_spared_for_a_while(
    servers: dict[str, Server],
) -> None:
    now = 0.0
    asked = RasaServers(dict(servers), clock=lambda: now)
    ask(asked, "person")
    first = of_person(servers, "person")
    first.error = httpx.ConnectError("refused")
    assert ask(asked, "person") == ANSWER
    assert ask(asked, "person") == ANSWER
    assert len(first.asked) == 2  # not tried a third time
    first.error, now = None, SPARED_SECONDS + 1
    ask(asked, "person")
    assert len(first.asked) == 3


def test_one_that_hangs_is_waited_for_once(servers: dict[str, Server]) -> None:
    """The person has waited all that time: the directory's search answers instead."""
    asked = RasaServers(dict(servers))
    ask(asked, "person")
    first = of_person(servers, "person")
    first.error = httpx.ReadTimeout("8 s")
    with pytest.raises(RasaUnavailable):
        ask(asked, "person")
    assert ask(asked, "person") == ANSWER


def test_with_all_down_it_says_so(servers: dict[str, Server]) -> None:
    for server in servers.values():
        server.error = httpx.ConnectError("refused")
    asked = RasaServers(dict(servers))
    assert not asked.ready()
    with pytest.raises(RasaUnavailable):
        ask(asked, "person")
    assert [len(server.asked) for server in servers.values()] == [1, 1, 1]


def test_one_address_is_one_plain_client() -> None:
    assert type(rasa_at(("http://127.0.0.1:5005",), "token", timeout=1.0)) is RasaClient
    assert isinstance(rasa_at(("http://a", "http://b"), "token", timeout=1.0), RasaServers)
