"""Makes the spans with OpenTelemetry and sends them by OTLP; imported only while tracing is on.

A provider of our own and not the global one: libraries that would trace by themselves (the web
framework, the job engine) put addresses and statements into their spans.
"""

import re
from threading import local
from types import TracebackType
from typing import Self, Unpack
from uuid import UUID

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags

from directory.telemetry.traces import Facts, Step

PREFIX = "handoff."
WITHHELD = "withheld"
# A word of ours, or an id. What a person writes has spaces, capitals or signs; a number has more
# digits than any count of ours.
_WORD = re.compile(r"[a-z][a-z_]{0,39}")
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_LARGEST = 1_000_000
_ERROR = re.compile(r"[A-Za-z_]{1,60}")
_PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_LEFT = TraceFlags(TraceFlags.SAMPLED)
_KINDS = {
    Step.RECEIVE: SpanKind.SERVER,
    Step.UNDERSTAND: SpanKind.CLIENT,
    Step.SEND: SpanKind.CLIENT,
    Step.REPORT: SpanKind.SERVER,
    Step.ACT: SpanKind.SERVER,
}


class _Ids(RandomIdGenerator):
    """Random ids, but for a span that begins a text's trace: those follow from the text's id."""

    def __init__(self) -> None:
        self._decided = local()

    def decide(self, first: SpanContext | None) -> None:
        """The ids of the next span that is begun on this thread."""
        self._decided.context = first

    def generate_trace_id(self) -> int:
        first: SpanContext | None = getattr(self._decided, "context", None)
        return super().generate_trace_id() if first is None else first.trace_id

    def generate_span_id(self) -> int:
        first: SpanContext | None = getattr(self._decided, "context", None)
        return super().generate_span_id() if first is None else first.span_id


def beginning_of(text_id: str) -> SpanContext | None:
    """The first span of a text's trace; None where the id is no UUID."""
    try:
        number = UUID(text_id).int
    except ValueError:
        return None
    # Both halves of a random UUID, so that it is never zero in practice and equal for equal texts.
    folded = (number >> 64) ^ (number & (2**64 - 1))
    return SpanContext(number, folded or 1, is_remote=True, trace_flags=_LEFT)


def sending_to(address: str, *, part: str) -> "SpanRecorder":
    """Spans go to this address in batches, from a thread of their own.

    The standard variables for headers, certificates and time limits (OTEL_EXPORTER_OTLP_…) hold.
    """
    return SpanRecorder(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)), part=part)


class SpanRecorder:
    """A `traces.Recorder`. `processor`: where finished spans go."""

    def __init__(self, processor: SpanProcessor, *, part: str) -> None:
        self._ids = _Ids()
        named = {"service.name": "handoff", "service.namespace": "handoff", "handoff.part": part}
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,  # a collector can choose among whole traces; here nobody can
            resource=Resource.create(named),
            id_generator=self._ids,
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("handoff")

    def span(
        self, step: Step, facts: Facts, *, of: str | None, first: bool, carried: str | None
    ) -> "_Open":
        decided = beginning_of(of) if of is not None else None
        if first and decided is not None:
            return _Open(self._begun(step, facts, decided, None))
        return _Open(self._begun(step, facts, None, _parent(decided, carried)))

    def received(self, text_id: str, facts: Facts, *, began: int) -> None:
        decided = beginning_of(text_id)
        if decided is None:
            return
        if facts.get("repeated"):  # the text is known, and its trace has begun already
            self._begun(Step.RECEIVE, facts, None, _under(decided), began).end()
        else:
            self._begun(Step.RECEIVE, facts, decided, None, began).end()

    def carried(self) -> str | None:
        open_now = trace.get_current_span().get_span_context()
        if not open_now.is_valid:
            return None
        return f"00-{open_now.trace_id:032x}-{open_now.span_id:016x}-01"

    def stop(self) -> None:
        self._provider.shutdown()

    def _begun(
        self,
        step: Step,
        facts: Facts,
        decided: SpanContext | None,
        parent: context.Context | None,
        began: int | None = None,
    ) -> trace.Span:
        self._ids.decide(decided)
        try:
            return self._tracer.start_span(
                step.value,
                # An empty context, or what is open on this thread would be the parent.
                context=context.Context() if decided is not None else parent,
                kind=_KINDS.get(step, SpanKind.INTERNAL),
                attributes=attributes(facts),
                start_time=began,
                record_exception=False,
                set_status_on_exception=False,
            )
        finally:
            self._ids.decide(None)


class _Open:
    """A span that is under way on this thread."""

    __slots__ = ("_span", "_token")

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def __enter__(self) -> Self:
        self._token = context.attach(trace.set_span_in_context(self._span))
        return self

    def note(self, **facts: Unpack[Facts]) -> None:
        self._span.set_attributes(attributes(facts))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            # The kind alone: what an exception says may quote what it was about.
            name = kind.__name__ if _ERROR.fullmatch(kind.__name__) else WITHHELD
            self._span.set_attribute("error.type", name)
            self._span.set_status(StatusCode.ERROR)
        self._span.end()
        context.detach(self._token)


def _under(parent: SpanContext) -> context.Context:
    return trace.set_span_in_context(NonRecordingSpan(parent), context.Context())


def _parent(decided: SpanContext | None, carried: str | None) -> context.Context | None:
    """What a span goes on from; None for what is open on this thread, if anything is."""
    if carried is not None:
        found = _PARENT.fullmatch(carried)
        if found is None:
            return None
        ids = int(found[1], 16), int(found[2], 16)
        return _under(SpanContext(*ids, is_remote=True, trace_flags=_LEFT))
    if decided is None:
        return None
    open_now = trace.get_current_span().get_span_context()
    return None if open_now.trace_id == decided.trace_id else _under(decided)


def attributes(facts: Facts) -> dict[str, str | bool | int]:
    """The facts as attributes; what looks like anything but ours is withheld."""
    return {PREFIX + name: _ours(value) for name, value in facts.items() if value is not None}


def _ours(value: object) -> str | bool | int:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else WITHHELD
    text = str(value)
    return text if _WORD.fullmatch(text) or _ID.fullmatch(text) else WITHHELD
