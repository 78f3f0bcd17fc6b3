"""A Rasa that runs is asked only when it takes our token."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from bot.evaluation.processes import free_ports
from bot.evaluation.running import running_rasa
from directory.settings import Settings

TOKEN = "a-token-for-tests"


class Door(BaseHTTPRequestHandler):
    """Answers as the gateway inside Rasa does."""

    def do_GET(self) -> None:
        self._answer(200)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._answer(200 if self.headers["authorization"] == f"Bearer {TOKEN}" else 401)

    def _answer(self, status: int) -> None:
        body = b"{}"
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Keep the test's output clean."""


@contextmanager
def running() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def settings(url: str, token: str) -> Settings:
    return Settings(rasa_url=url, rasa_token=token)


def test_a_rasa_that_takes_our_token_is_used() -> None:
    with running() as url:
        client = running_rasa(settings(url, TOKEN))
        assert client is not None
        client.close()


def test_somebody_elses_rasa_is_left_alone() -> None:
    with running() as url:
        assert running_rasa(settings(url, "another")) is None
        assert running_rasa(settings(url, "")) is None


def test_where_nothing_runs_nothing_is_used() -> None:
    [port] = free_ports(1)
    assert running_rasa(settings(f"http://127.0.0.1:{port}", TOKEN)) is None
