"""In a burst each sending thread keeps its connection to the carrier."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, Thread
from typing import Any

import pytest

from bot.sms.twilio import CONNECTIONS
from tests.bot.sms.test_twilio import gateway_to, send
from tests.threads import all_at_once

SENDERS = 30


class Carrier(ThreadingHTTPServer):
    """Answers once so many ask at the same time; counts who connects."""

    daemon_threads = True
    request_queue_size = CONNECTIONS

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.connections = 0
        self.together = Barrier(SENDERS)

    def get_request(self) -> Any:
        self.connections += 1
        return super().get_request()


class Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Carrier

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.together.wait(30)
        body = json.dumps({"sid": "SM1", "status": "queued"}).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(name="carrier")
def _carrier() -> Iterator[Carrier]:
    server = Carrier()
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_second_burst_opens_no_connection(carrier: Carrier) -> None:
    # As long as all of them may take to meet, which the usual second is not on a busy machine.
    gateway = gateway_to(f"http://127.0.0.1:{carrier.server_address[1]}", timeout=30.0)
    for _ in range(2):
        all_at_once([lambda: send(gateway)] * SENDERS)
        assert carrier.connections == SENDERS
