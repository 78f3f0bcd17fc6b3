"""The client for Rasa: a full answer or RasaUnavailable, nothing between."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bot.rasa_client import RasaClient, RasaUnavailable

GOOD = {
    "messages": [{"say": "greeting"}],
    "intent": {"name": "greet", "confidence": 0.9},
    "ranking": [{"name": "greet", "confidence": 0.9}, {"name": "food", "confidence": 0.1}],
}


def client(answer: Callable[[httpx.Request], httpx.Response]) -> RasaClient:
    transport = httpx.MockTransport(answer)
    return RasaClient("http://127.0.0.1:5005/", "a token", transport=transport)


def ask(rasa: RasaClient) -> Any:
    return rasa.ask(sender="p", message_id="m", text="hi", metadata={"language": "en"})


def test_a_text_is_asked_about_with_token_and_all_fields() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=GOOD)

    given = ask(client(answer))
    (request,) = seen
    assert request.url.path == "/webhooks/handoff/webhook"
    assert request.headers["authorization"] == "Bearer a token"
    assert json.loads(request.content) == {
        "sender": "p",
        "message_id": "m",
        "text": "hi",
        "metadata": {"language": "en"},
    }
    assert given.messages == ({"say": "greeting"},)
    assert given.look.intent == "greet"
    assert given.look.ranking == (("greet", 0.9), ("food", 0.1))


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(503, json={"title": "broken"}),
        httpx.Response(401, json={}),
        httpx.Response(200, text="no json"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={**GOOD, "messages": []}),
        httpx.Response(200, json={"messages": [{"say": "greeting"}]}),
    ],
)
def test_anything_but_a_full_answer_is_unavailable(response: httpx.Response) -> None:
    with pytest.raises(RasaUnavailable):
        ask(client(lambda _: response))


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.ConnectTimeout])
def test_silence_is_unavailable_at_once(error: type[httpx.TransportError]) -> None:
    calls = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        raise error("no")

    with pytest.raises(RasaUnavailable):
        ask(client(answer))
    assert calls == 1


def test_a_connection_that_was_closed_meanwhile_is_tried_once_more() -> None:
    calls = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise httpx.RemoteProtocolError("closed")
        return httpx.Response(200, json=GOOD)

    assert ask(client(answer)).look.intent == "greet"
    assert calls == 2


def test_what_was_asked_does_not_show_in_the_error() -> None:
    with pytest.raises(RasaUnavailable) as raised:
        ask(client(lambda _: httpx.Response(500, text="hi")))
    assert str(raised.value) == "status 500"


def test_readiness_is_asked_of_the_channel() -> None:
    assert client(lambda _: httpx.Response(200, json={"ready": True})).ready()
    assert not client(lambda _: httpx.Response(503, json={"ready": False})).ready()


def test_forgetting_names_the_sender() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"forgotten": True})

    client(answer).forget("p")
    assert seen[0].url.path == "/webhooks/handoff/forget"
    assert json.loads(seen[0].content) == {"sender": "p"}
