"""A real server: who dawdles is put out, and the caller's address is believed from a proxy only."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request

from api import server
from api.connection import TimedHttp
from tests.conftest import settings_for

SOON = 0.3


class Hasty(TimedHttp):
    longest_head = SOON


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server as ours listens, with less patience and one page that says who it thinks calls."""
    site = FastAPI()

    @site.api_route("/", methods=["GET", "POST"])
    async def whose(request: Request) -> str:
        await request.body()
        return request.client.host if request.client else ""

    settings = settings_for(tmp_path_factory.mktemp("server"))
    options: dict[str, Any] = server.listening(settings) | {"http": Hasty}
    running = uvicorn.Server(uvicorn.Config(site, **(options | {"port": 0})))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not running.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    yield running.servers[0].sockets[0].getsockname()[1]
    running.should_exit = True
    thread.join(timeout=10)


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def until_closed(line: socket.socket) -> bytes:
    received = b""
    while piece := line.recv(65_536):
        received += piece
    return received


def test_who_says_nothing_is_put_out(port: int) -> None:
    with connected(port) as line:
        began = time.monotonic()
        assert until_closed(line) == b""
        assert time.monotonic() - began < 3


def test_a_head_that_trickles_in_is_not_waited_for(port: int) -> None:
    with connected(port) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        closed_after = None
        for tick in range(30):
            time.sleep(0.1)
            try:
                line.sendall(b"X-Slow: 1\r\n")
            except OSError:
                closed_after = tick
                break
        assert closed_after is not None and closed_after < 15


def test_a_head_without_end_is_cut_off(port: int) -> None:
    with connected(port) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        with pytest.raises(OSError):  # a reset or a broken pipe
            for _ in range(20_000):
                line.sendall(b"X-Padding: " + b"x" * 1_000 + b"\r\n")


def test_one_that_has_been_answered_may_ask_again_on_the_same_line(port: int) -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connected(port) as line:
        for _ in range(2):
            line.sendall(request)
            assert line.recv(65_536).startswith(b"HTTP/1.1 200")
            time.sleep(SOON * 1.5)


@pytest.mark.parametrize("said", [b"203.0.113.9", b"198.51.100.1, 203.0.113.9"])
def test_a_proxy_on_this_machine_says_who_calls(port: int, said: bytes) -> None:
    """The last address is what the proxy itself saw; what stands before it anybody can write."""
    with connected(port) as line:
        line.sendall(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: " + said + b"\r\n"
            b"Connection: close\r\n\r\n"
        )
        assert until_closed(line).endswith(b'"203.0.113.9"')


def test_only_this_machine_can_reach_it_and_only_this_machine_is_a_proxy(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    options = server.listening(settings_for(tmp_path_factory.mktemp("settings")))
    assert options["host"] == "127.0.0.1"
    assert options["forwarded_allow_ips"] == "127.0.0.1"
    assert options["server_header"] is False and options["ws"] == "none"
