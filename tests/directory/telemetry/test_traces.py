"""Traces: one for each text, whichever process goes on with it, and nothing of anybody in it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from directory.database import new_id
from directory.telemetry import traces
from directory.telemetry.recorder import SpanRecorder, attributes
from directory.telemetry.traces import Step


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    """Tracing is on, into memory."""
    kept = InMemorySpanExporter()
    traces.use(SpanRecorder(SimpleSpanProcessor(kept), part="test"))
    yield kept
    traces.stop()


def named(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def trace_id(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.trace_id


def test_a_text_s_id_is_the_id_of_its_trace(exporter: InMemorySpanExporter) -> None:
    text_id = new_id()
    traces.received(text_id, began=time.time_ns(), repeated=False)
    with traces.span(Step.ANSWER, of=text_id, attempt=1), traces.span(Step.UNDERSTAND, call="ask"):
        pass
    spans = named(exporter)
    assert {trace_id(span) for span in spans.values()} == {UUID(text_id).int}
    root, answer, ask = (spans[step.value] for step in (Step.RECEIVE, Step.ANSWER, Step.UNDERSTAND))
    assert root.parent is None and root.context is not None and answer.context is not None
    assert answer.parent is not None and answer.parent.span_id == root.context.span_id
    assert ask.parent is not None and ask.parent.span_id == answer.context.span_id


def test_another_process_goes_on_with_the_trace(exporter: InMemorySpanExporter) -> None:
    text_id = new_id()
    traces.received(text_id, began=time.time_ns())
    # What a second process has is the row, so its id and nothing else.
    elsewhere = InMemorySpanExporter()
    traces.use(SpanRecorder(SimpleSpanProcessor(elsewhere), part="another"))
    with traces.span(Step.SEND, of=text_id, attempt=2):
        pass
    [root], [sent] = exporter.get_finished_spans(), elsewhere.get_finished_spans()
    assert trace_id(sent) == trace_id(root)
    assert root.context is not None and sent.parent is not None
    assert sent.parent.span_id == root.context.span_id


def test_what_is_open_is_handed_to_another_program(exporter: InMemorySpanExporter) -> None:
    text_id = new_id()
    with traces.span(Step.ANSWER, of=text_id):
        carried = traces.carried()
    assert carried is not None and carried.startswith(f"00-{UUID(text_id).hex}-")
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(_act, carried).result()
    spans = named(exporter)
    assert trace_id(spans["run action"]) == UUID(text_id).int


def _act(carried: str) -> None:
    with traces.span(Step.ACT, carried=carried, action="validate_find_form"):
        pass


def test_a_text_that_we_start_has_a_trace_of_its_own(exporter: InMemorySpanExporter) -> None:
    message_id = new_id()
    with traces.span(Step.SEND, of=message_id, first=True, kind="checkin"):
        pass
    [span] = exporter.get_finished_spans()
    assert (trace_id(span), span.parent) == (UUID(message_id).int, None)


@pytest.mark.parametrize(
    "value",
    [
        "+16305550100",
        "630 555 0100",
        "6305550100",
        "Maria",
        "I need help",
        "sí",
        "a" * 50,
        6305550100,
    ],
)
def test_what_could_be_somebody_s_is_withheld(value: Any) -> None:
    assert attributes({"outcome": value}) == {"handoff.outcome": "withheld"}


@pytest.mark.parametrize(
    "value", ["answered", "0b9f2c1e-3f2d-4a55-9a52-6c1d8e7f9a10", 3, True, "validate_find_form"]
)
def test_words_of_ours_counts_and_ids_are_not(value: Any) -> None:
    assert attributes({"outcome": value}) == {"handoff.outcome": value}


def test_a_failure_is_told_by_its_kind_alone(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Maria"), traces.span(Step.ANSWER, of=new_id()):
        raise ValueError("Maria Example at 630-555-0100")
    [span] = exporter.get_finished_spans()
    assert span.attributes == {"error.type": "ValueError"}
    assert (span.status.is_ok, span.status.description, span.events) == (False, None, ())


def test_off_it_costs_next_to_nothing() -> None:
    started = time.perf_counter()
    for _ in range(10_000):
        with traces.span(Step.ANSWER, of="an id", attempt=1) as span:
            span.note(outcome="answered")
        traces.received("an id", began=0)
    each = (time.perf_counter() - started) / 10_000
    # About a microsecond; a busy machine gets a hundred times that.
    assert each < 100e-6
    assert traces.carried() is None


def test_off_nothing_of_it_is_read_in() -> None:
    code = (
        "import sys, directory.telemetry.traces as traces; traces.start('', part='x'); "
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://collector:4318", "http://collector:4318/v1/traces"),
        ("http://collector:4318/", "http://collector:4318/v1/traces"),
        ("https://host/otlp/v1/traces", "https://host/otlp/v1/traces"),
    ],
)
def test_a_collector_s_base_address_is_enough(given: str, address: str) -> None:
    assert traces.traces_address(given) == address
