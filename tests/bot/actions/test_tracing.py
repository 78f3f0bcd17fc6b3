"""An action goes on with the trace that came with the text."""

import asyncio
from uuid import UUID

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.find import AskPlace
from directory.database import new_id
from directory.telemetry import traces
from directory.telemetry.recorder import SpanRecorder


def run(metadata: dict[str, str]) -> None:
    message = {"text": "Maria needs food", "metadata": metadata}
    tracker = Tracker("a person", {}, message, [], False, None, {}, "action_listen")
    asyncio.run(AskPlace().run(CollectingDispatcher(), tracker, {}))


@pytest.mark.parametrize("wanted", [True, False])
def test_the_trace_comes_with_the_text(wanted: bool) -> None:
    kept, text_id = InMemorySpanExporter(), new_id()
    traces.use(SpanRecorder(SimpleSpanProcessor(kept), part="actions"))
    try:
        run({"traceparent": f"00-{UUID(text_id).hex}-00000000000000aa-01"} if wanted else {})
    finally:
        traces.stop()
    spans = kept.get_finished_spans()
    if not wanted:
        assert spans == ()
        return
    [span] = spans
    assert span.context is not None and span.context.trace_id == UUID(text_id).int
    assert span.parent is not None and span.parent.span_id == 0xAA
    assert span.attributes == {"handoff.action": "action_ask_find_form_place"}
