"""FastAPI hands nothing of a request to a collector, whatever the environment asks of it."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.telemetry import _asgi
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.own_telemetry import NO_TELEMETRY
from tests.api.conftest import Api


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What reaches the collector that the whole process would have."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(_asgi.trace, "get_tracer_provider", lambda: provider)
    yield exporter
    provider.shutdown()


def test_an_application_that_says_nothing_of_it_would_tell(exported: InMemorySpanExporter) -> None:
    app = FastAPI()
    TestClient(app).get("/people/7")
    assert exported.get_finished_spans()


def test_ours_tells_nothing(api: Api, exported: InMemorySpanExporter) -> None:
    for path in ("/healthz", "/api/v1/people/7", "/fhir/metadata", "/nothing-here"):
        api.client.get(path)
    assert not exported.get_finished_spans()


def test_the_environment_cannot_switch_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    app = FastAPI(telemetry=NO_TELEMETRY)
    assert FastAPI()._telemetry["auto_configure"]
    assert not app._telemetry["auto_configure"]
