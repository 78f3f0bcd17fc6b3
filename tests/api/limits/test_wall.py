"""What is too long, too large, compressed or too slow never reaches an endpoint."""

import anyio
import pytest
from fastapi import FastAPI, Request
from starlette.types import Message, Scope

from api.body_limit import BodyLimit
from api.errors import describe_errors
from api.limits.addresses import Addresses
from api.limits.wall import Wall
from tests.api.conftest import Api, problem


def test_an_address_longer_than_any_of_ours_is_refused(api: Api) -> None:
    assert api.client.get("/api/v1/services?" + "q" * 7_000).status_code == 200
    problem(api.client.get("/api/v1/services?" + "q" * 8_001), 414, "address_too_long")


def test_headers_larger_or_more_than_any_browser_s_are_refused(api: Api) -> None:
    large = {"X-Padding": "x" * 32_001}
    problem(api.client.get("/healthz", headers=large), 431, "headers_too_large")
    many = {f"X-{number}": "x" for number in range(101)}
    problem(api.client.get("/healthz", headers=many), 431, "headers_too_large")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "GZIP", "gzip, gzip"])
def test_nothing_is_unpacked_so_nothing_can_explode(api: Api, encoding: str) -> None:
    headers = {"Content-Encoding": encoding}
    answer = api.client.post("/api/v1/visits", content=b"\x1f\x8b", headers=headers)
    problem(answer, 415, "encoding_unknown")


def slow_site() -> FastAPI:
    site = FastAPI()

    @site.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    describe_errors(site)
    site.add_middleware(BodyLimit)
    site.add_middleware(Wall, addresses=Addresses(None), longest_pause=0.05, longest_body=0.15)
    return site


async def send_slowly(site: FastAPI, pieces: int, pause: float) -> list[Message]:
    """The answer to a body that comes in pieces, with a pause before each."""
    left = pieces
    answer: list[Message] = []

    async def receive() -> Message:
        nonlocal left
        await anyio.sleep(pause)
        left -= 1
        return {"type": "http.request", "body": b"x", "more_body": left > 0}

    async def send(message: Message) -> None:
        answer.append(message)

    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/echo",
        "raw_path": b"/echo",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "client": ("203.0.113.7", 1),
        "server": ("localhost", 80),
        "scheme": "http",
        "root_path": "",
    }
    await site(scope, receive, send)
    return answer


@pytest.mark.parametrize(
    ("pieces", "pause", "status"), [(3, 0.0, 200), (2, 0.1, 408), (30, 0.02, 408)]
)
def test_a_body_has_to_come_at_an_honest_pace(pieces: int, pause: float, status: int) -> None:
    """Neither one long pause nor an endless trickle keeps an endpoint waiting."""
    answer = anyio.run(send_slowly, slow_site(), pieces, pause)
    assert answer[0]["status"] == status
    if status == 408:
        headers = dict(answer[0]["headers"])
        assert headers[b"connection"] == b"close"
        assert b"too_slow" in answer[1]["body"]
