"""A simulated carrier on a real socket, and a product for it to call."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from bot.carrier.app import build_app
from bot.carrier.client import CarrierControl
from bot.carrier.settings import CarrierSettings

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
SERVICE_SID = "MG" + "0123456789abcdef" * 2
AUTH_TOKEN = "a-token-for-tests"
NUMBER = "+16305550199"
RESIDENT = "+16305550100"
OTHER = "+16305550103"
PUBLIC_URL = "https://handoff.example"


@dataclass(frozen=True)
class WebhookRequest:
    path: str
    fields: list[tuple[str, str]]
    signature: str | None
    idempotency_token: str | None

    @property
    def form(self) -> dict[str, str]:
        return dict(self.fields)

    @property
    def public_url(self) -> str:
        return PUBLIC_URL + self.path


@dataclass
class Product:
    """Stands for Handoff: remembers what the carrier posted and answers as told."""

    port: int = 0
    answers: list[int] = field(default_factory=list)  # the next statuses; 200 when used up
    twiml: bytes = b""
    delay: float = 0.0
    requests: list[WebhookRequest] = field(default_factory=list)

    @property
    def webhook_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/twilio/sms"

    @property
    def inbound(self) -> list[WebhookRequest]:
        return [each for each in self.requests if each.path.startswith("/webhooks/twilio/sms")]

    def reports(self, sid: str | None = None) -> list[WebhookRequest]:
        return [
            each
            for each in self.requests
            if each.path.startswith("/webhooks/twilio/status")
            and (sid is None or each.form["MessageSid"] == sid)
        ]

    def statuses(self, sid: str) -> list[str]:
        return [each.form["MessageStatus"] for each in self.reports(sid)]


def eventually(check: Any, timeout: float = 5.0) -> Any:
    """The first true answer of ``check``; its last answer when time is up."""
    give_up = time.monotonic() + timeout
    while not (answer := check()) and time.monotonic() < give_up:
        time.sleep(0.01)
    return answer


@contextmanager
def running_product(port: int = 0) -> Iterator[Product]:
    product = Product()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            product.requests.append(
                WebhookRequest(
                    path=self.path,
                    fields=parse_qsl(body, keep_blank_values=True),
                    signature=self.headers.get("X-Twilio-Signature"),
                    idempotency_token=self.headers.get("I-Twilio-Idempotency-Token"),
                )
            )
            time.sleep(product.delay)
            self.send_response(product.answers.pop(0) if product.answers else 200)
            self.send_header("Content-Length", str(len(product.twiml)))
            self.end_headers()
            self.wfile.write(product.twiml)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    product.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield product
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(frozen=True)
class RunningCarrier:
    url: str
    control: CarrierControl
    settings: CarrierSettings


def carrier_settings(webhook_url: str, directory: Path, /, **changes: Any) -> CarrierSettings:
    values: dict[str, Any] = {
        "account_sid": ACCOUNT_SID,
        "auth_token": AUTH_TOKEN,
        "number": NUMBER,
        "messaging_service_sid": SERVICE_SID,
        "webhook_url": webhook_url,
        "public_url": PUBLIC_URL,
        "data_directory": directory,
        "step_seconds": 0.01,
        "retry_pause": 0.05,
        "connection_patience": 2.0,
    }
    return CarrierSettings(**(values | changes))


def start_afresh(carrier: "RunningCarrier", product: Product) -> None:
    """As if both had just been started, once what is under way has come to its end."""
    product.answers.clear()
    product.delay, product.twiml = 0.0, b""
    eventually(lambda: carrier.control.health()["busy"] == 0, timeout=3.0)
    carrier.control.reset()
    product.requests.clear()


@contextmanager
def running_carrier(settings: CarrierSettings) -> Iterator[RunningCarrier]:
    server = uvicorn.Server(
        uvicorn.Config(
            build_app(settings),
            port=0,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert eventually(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        with CarrierControl(url) as control:
            yield RunningCarrier(url, control, settings)
    finally:
        server.should_exit = True
        thread.join()
