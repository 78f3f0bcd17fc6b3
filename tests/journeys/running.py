"""The whole product, running for a test as it does for its users: a real carrier process, real
Rasa with its action server, and the API with its workers. What goes in is a signed webhook,
what comes out is what the carrier was given."""

import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from api.app import create_app
from api.services import Services, build
from bot.carrier.client import CarrierControl, PhoneMessage
from directory import database
from directory.clock import wall_now
from directory.messages import inbox
from directory.settings import ROOT, Settings
from directory.staff import service as staff
from directory.staff.models import Role
from directory.tasks.models import TaskKind
from tests.shared_routes import share_routes

RESIDENT = "+16305550100"
CLINICIAN = "clinician@naperville.example"
PASSWORD = "a long enough password"
PATIENCE = 60.0


def free_port() -> int:
    """A port that nothing listens on, nor the next one.

    It is none of those that systems hand out by themselves (32768 and up), since some are used
    only later, or again after a pause: no connection of another test may come upon it meanwhile.
    """
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000, 2)
        with socket.socket() as probe, socket.socket() as next_to_it:
            try:
                probe.bind(("127.0.0.1", port))
                next_to_it.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def wait_until(what: str, condition: Any, *, seconds: float = PATIENCE) -> Any:
    """Poll until `condition()` gives something true; a test that waits in vain says for what."""
    end = time.monotonic() + seconds
    while True:
        outcome = condition()
        if outcome:
            return outcome
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s in vain for: {what}")
        time.sleep(0.05)


@contextmanager
def carrier_process(folder: Path, *, port: int, settings: Settings) -> Iterator[CarrierControl]:
    """The simulated carrier as a process of its own."""
    command = [sys.executable, "-m", "bot.carrier", "--port", str(port), "--data", str(folder)]
    command += ["--webhook-url", f"{settings.base_url}/webhooks/twilio/sms"]
    command += ["--public-url", settings.base_url]
    command += ["--account-sid", settings.twilio_account_sid]
    command += ["--number", settings.twilio_from_number]
    environment = {"HANDOFF_TWILIO_AUTH_TOKEN": settings.twilio_auth_token, "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    control = CarrierControl(f"http://127.0.0.1:{port}")
    try:
        wait_until("the carrier", lambda: answers(f"http://127.0.0.1:{port}/_control/health"))
        yield control
    finally:
        control.close()
        process.terminate()
        process.wait(timeout=10)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@dataclass
class Product:
    """The product while it runs, and the phones of the people around it."""

    settings: Settings
    services: Services
    carrier: CarrierControl
    http: httpx.Client

    def text(self, body: str, *, phone: str = RESIDENT, replies: int = 1) -> list[str]:
        """A phone sends a text; the texts that come back, at least `replies` of them."""
        before = self.carrier.last_order()
        self.carrier.text(phone, body)
        came = self.carrier.wait_for_replies(phone, before, replies, timeout=PATIENCE)
        return [message.body for message in came]

    def silence_after(self, body: str, *, phone: str = RESIDENT) -> None:
        """A phone sends a text and must get nothing back."""
        before = self.carrier.last_order()
        self.carrier.text(phone, body)
        wait_until("the text to be dealt with", lambda: self._nothing_waits(before))
        assert not self.received(phone, after=before)

    def _nothing_waits(self, before: int) -> bool:
        seen = [m for m in self.carrier.messages(None, before) if m.direction == "inbound"]
        if not seen or any(message.webhook_status is None for message in seen):
            return False
        waiting = "handoff_inbound_waiting 0.0"
        return waiting in self.http.get("/metrics").text

    def received(self, phone: str = RESIDENT, *, after: int = 0) -> list[PhoneMessage]:
        """What the phone was sent."""
        return [
            message
            for message in self.carrier.messages(phone, after)
            if message.direction == "outbound" and not message.by_carrier
        ]

    def turns(self) -> dict[str, int]:
        """How many texts each part of the product has answered."""
        with database.read_scope() as session:
            return inbox.turns_by_answerer(session)

    def log_in(self, role: Role = Role.CLINICIAN) -> dict[str, str]:
        """Headers of a staff member who has logged in over HTTP."""
        email = f"{role.value}@naperville.example"
        with database.session_scope() as session:
            if staff.queries.active_by_email(session, email) is None:
                staff.add(session, email, role, password=PASSWORD, phone=None, now=wall_now())
        form = {"username": email, "password": PASSWORD}
        answer = self.http.post("/api/v1/auth/token", data=form)
        assert answer.status_code == httpx.codes.OK, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def visit_body(self, phone: str = RESIDENT) -> dict[str, Any]:
        """A visit that happened just now, as the API wants it."""
        return {
            "person": {"phone": phone, "name": "Alex Doe", "language": "en", "safe_to_text": True},
            "call_type": "mental_health",
            "occurred_at": self.services.clock.now().isoformat(),
            "consent": {"sms": True, "referral": True, "method": "verbal"},
            "disposition": "Linked to community services",
        }

    def visit(self, phone: str = RESIDENT, **changes: Any) -> httpx.Response:
        """A clinician logs a visit."""
        body = self.visit_body(phone)
        body["person"] |= changes.pop("person", {})
        return self.http.post("/api/v1/visits", json=body | changes, headers=self.log_in())

    def listed(self, path: str, **query: Any) -> list[dict[str, Any]]:
        answer = self.http.get(f"/api/v1/{path}", params=query, headers=self.log_in())
        assert answer.status_code == httpx.codes.OK, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def tasks(self) -> list[dict[str, Any]]:
        """What waits for a person because of people. The listings grow old by the day of the test:
        what they ask for is not among them."""
        return [task for task in self.listed("tasks") if task["kind"] != TaskKind.LISTING_REPORT]

    def pass_time(self, amount: timedelta) -> None:
        """Let product time jump ahead, as a sped-up clock would."""
        self.services.clock.skip(amount)


@contextmanager
def running_product(
    settings: Settings, carrier: CarrierControl, **replaced: Any
) -> Iterator[Product]:
    """Start the API in this process on its port, with an empty carrier; stop it afterwards."""
    carrier.reset()
    services = build(settings, **replaced)
    services.clock.start(speed=1)
    config = uvicorn.Config(
        share_routes(create_app(services)),
        host="127.0.0.1",
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    http = httpx.Client(base_url=settings.base_url, timeout=30.0, trust_env=False)
    try:
        wait_until("the API", lambda: server.started)
        yield Product(settings, services, carrier, http)
    finally:
        http.close()
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive(), "the API did not stop"
