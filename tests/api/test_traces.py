"""The whole way of a text as one trace, received by a collector over HTTP; nobody is in it."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from sqlalchemy import select
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from api.app import create_app
from api.services import Services, build, prepare_search
from bot.rasa_client import CHANNEL, RasaClient
from directory import database
from directory.messages.models import InboundMessage, OutboundMessage
from directory.settings import Settings
from directory.telemetry import timings, traces
from tests.api.conftest import Carrier

NUMBER = "+16305550147"
WORDS = "My name is Maria Example and I need groceries in Naperville, call 630-555-0199"
PRIVATE = (b"6305550147", b"630-555-0199", b"Maria", b"Example", b"groceries", b"Naperville")
PATIENCE = 60.0


@dataclass
class Collector:
    """Takes traces by OTLP over HTTP."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Span]:
        found: list[Span] = []
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    found += scope.spans
        return found


@pytest.fixture
def collector() -> Iterator[Collector]:
    taken = Collector()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            taken.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    taken.url = f"http://127.0.0.1:{server.server_port}"
    yield taken
    server.shutdown()
    server.server_close()


def rasa(asked: list[httpx.Request]) -> RasaClient:
    """Rasa, as far as its client sees it."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        understood = {"intent": {"name": "greet", "confidence": 0.9}, "ranking": []}
        if request.url.path != f"{CHANNEL}/webhook":
            return httpx.Response(200, json=understood)
        return httpx.Response(200, json=understood | {"messages": [{"say": "greeting"}]})

    return RasaClient("http://rasa.example", "token", transport=httpx.MockTransport(answer))


def text(services: Services) -> int:
    settings = services.settings
    client = TestClient(create_app(services, work=False), base_url=settings.base_url)
    url = f"{settings.base_url}/webhooks/twilio/sms"
    form = {"MessageSid": "SM" + "1" * 32, "From": NUMBER, "To": "+16305550199", "Body": WORDS}
    signature = RequestValidator(settings.twilio_auth_token).compute_signature(url, form)
    return client.post(url, data=form, headers={"X-Twilio-Signature": signature}).status_code


def sent() -> bool:
    with database.read_scope() as session:
        return bool(session.scalars(select(OutboundMessage.sent_at)).first())


def waits_counted() -> float:
    name, labels = "handoff_turn_seconds_count", {"priority": "reply"}
    return timings.REGISTRY.get_sample_value(name, labels) or 0.0


def test_one_text_is_one_trace_and_nobody_is_in_it(
    sqlite_settings: Settings, collector: Collector
) -> None:
    asked: list[httpx.Request] = []
    counted = waits_counted()
    traces.start(collector.url, part="application")
    try:
        services = build(sqlite_settings, gateway=Carrier(), rasa=rasa(asked))
        prepare_search()  # in its own time, as at a start: it takes seconds
        assert text(services) == 200
        deadline = time.monotonic() + PATIENCE
        while not sent():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        with database.read_scope() as session:
            inbound_id = session.scalars(select(InboundMessage.id)).one()
        services.workers._answers.shutdown(wait=True)
        services.database.close()
    finally:
        traces.stop()  # hands over what it still has
    assert waits_counted() == counted + 1
    spans = collector.spans()
    assert {span.trace_id for span in spans} == {UUID(inbound_id).bytes}
    names = [span.name for span in spans]
    assert names.count("receive text") == 1
    assert {"answer text", "ask rasa", "store answer", "send text"} <= set(names)
    assert [span.name for span in spans if not span.parent_span_id] == ["receive text"]
    heard = [request.headers.get("traceparent", "") for request in asked]
    assert heard and all(each.startswith(f"00-{UUID(inbound_id).hex}-") for each in heard)
    for body in collector.bodies:
        assert [word for word in PRIVATE if word in body] == []
    values = {(each.key, each.value.string_value) for span in spans for each in span.attributes}
    assert ("handoff.answered_by", "rasa") in values
    assert ("handoff.outcome", "withheld") not in values
