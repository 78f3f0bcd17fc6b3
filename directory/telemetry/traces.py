"""The way of one text as a trace: from the webhook to the carrier's last report.

A text's own id is the id of its trace (a UUID has as many bits), so whichever process goes on with
it, after a crash or on another machine, goes on with the same trace, and nothing besides the row
has to be kept. A text that we start has a trace of its own, by the same rule.

Off until `start` was called with an address to send to: then a span costs one look at a global, and
OpenTelemetry isn't even imported. On, nothing that a person wrote, no name and no number gets out:
the facts below are all that a span can hold, and each value must look like a word or an id of ours.
docs/operations/traces.md lists the spans.
"""

from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self, TypedDict, Unpack
from urllib.parse import urlsplit


class Step(StrEnum):
    """The spans: steps of a text's way."""

    RECEIVE = "receive text"
    ANSWER = "answer text"
    UNDERSTAND = "ask rasa"
    ACT = "run action"
    STORE = "store answer"
    SEND = "send text"
    REPORT = "delivery report"


class Facts(TypedDict, total=False):
    """All that a span can say, as attributes `handoff.<name>`; words of ours, counts and ids."""

    answered_by: str
    action: str
    attempt: int
    call: str
    inbound_id: str
    kind: str
    looked_up: bool
    message_id: str
    outcome: str
    priority: str
    reason: str
    repeated: bool
    segments: int
    spooled: bool
    status: str
    texts: int


class Span(Protocol):
    """An open span, as a context. `note` adds facts that are known later."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def note(self, **facts: Unpack[Facts]) -> None: ...


class Recorder(Protocol):
    """What makes spans while tracing is on (directory/telemetry/recorder.py)."""

    def span(
        self, step: Step, facts: Facts, *, of: str | None, first: bool, carried: str | None
    ) -> Span: ...

    def received(self, text_id: str, facts: Facts, *, began: int) -> None: ...

    def carried(self) -> str | None: ...

    def stop(self) -> None: ...


class _Nothing:
    """The span while tracing is off: one for all, as it holds nothing."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def note(self, **facts: Unpack[Facts]) -> None:
        pass


_NOTHING = _Nothing()
_recorder: Recorder | None = None


def start(endpoint: str, *, part: str) -> None:
    """Send spans by OTLP over HTTP to `endpoint`, a collector's base address; "" leaves it off.

    `part`: which of the product's programs this is.
    """
    if not endpoint:
        return
    # Only where it is wanted: reading it in takes 40 MB and a tenth of a second.
    from directory.telemetry import recorder  # noqa: PLC0415

    use(recorder.sending_to(traces_address(endpoint), part=part))


def use(recorder: Recorder | None) -> None:
    """Make `recorder` what records from now on; the one before sends what it still has."""
    global _recorder  # one for the process, like the log
    before, _recorder = _recorder, recorder
    if before is not None:
        before.stop()


def stop() -> None:
    """Send what is left, and switch off."""
    use(None)


def traces_address(endpoint: str) -> str:
    """Where a collector with this base address takes traces (OTLP: `/v1/traces`)."""
    path = urlsplit(endpoint).path
    return endpoint if path.endswith("/v1/traces") else f"{endpoint.rstrip('/')}/v1/traces"


def span(
    step: Step,
    *,
    of: str | None = None,
    first: bool = False,
    carried: str | None = None,
    **facts: Unpack[Facts],
) -> Span:
    """A span to do a step in.

    `of`: the id of the text whose trace it belongs to, and `first` where it begins that trace;
    `carried`: the span that another process goes on from, as `carried()` gave it. Without either it
    goes on from the span that is open on this thread.
    """
    if _recorder is None:
        return _NOTHING
    return _recorder.span(step, facts, of=of, first=first, carried=carried)


def received(text_id: str, *, began: int, **facts: Unpack[Facts]) -> None:
    """A text was stored: the span that its trace begins with. `began`: Unix time in nanoseconds."""
    if _recorder is not None:
        _recorder.received(text_id, facts, began=began)


def carried() -> str | None:
    """The open span as a W3C `traceparent`, to go on from elsewhere; None for none."""
    return None if _recorder is None else _recorder.carried()
