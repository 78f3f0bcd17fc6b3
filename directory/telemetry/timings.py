"""What this process counts and times, for Prometheus; labels are words of ours, and few.

Counts of rows would have to be read again at each scrape, and there are a million rows. So what
happens often is counted here as it happens, in each process from zero: `rate()` and `sum` in
Prometheus make one figure of them. What stands in the database is read by api/metrics.py.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_SHORT = (0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

_turns = Counter(
    "handoff_turns",
    "Texts answered by this process, by the part that decided.",
    ["answered_by"],
    registry=REGISTRY,
)
_turn_seconds = Histogram(
    "handoff_turn_seconds",
    "From the webhook to the carrier's taking the first text of the reply.",
    ["priority"],
    buckets=(*_SHORT, 120.0, 600.0),
    registry=REGISTRY,
)
_webhook_seconds = Histogram(
    "handoff_webhook_seconds",
    "From a text at the webhook to its being stored and acknowledged.",
    ["outcome"],
    buckets=_SHORT,
    registry=REGISTRY,
)
_rasa_seconds = Histogram(
    "handoff_rasa_seconds",
    "Calls to Rasa.",
    ["call", "outcome"],
    buckets=_SHORT,
    registry=REGISTRY,
)
_carrier_seconds = Histogram(
    "handoff_carrier_seconds",
    "Calls to the carrier to send a text.",
    ["outcome"],
    buckets=_SHORT,
    registry=REGISTRY,
)
_sends = Counter(
    "handoff_sends",
    "Tries to send a text, by what came of them.",
    ["outcome", "kind"],
    registry=REGISTRY,
)
_reports = Counter(
    "handoff_delivery_reports",
    "The carrier's reports that said something new, by status.",
    ["status"],
    registry=REGISTRY,
)
_refusals = Counter(
    "handoff_refusals",
    "Texts that will not arrive, by the reason.",
    ["reason"],
    registry=REGISTRY,
)
_access_refused = Counter(
    "handoff_access_refused",
    "Requests that were refused for who asked, by the reason.",
    ["reason"],
    registry=REGISTRY,
)


def show_from_the_start(
    *,
    answered_by: Iterable[str],
    sends: Iterable[tuple[str, str]],
    reports: Iterable[str],
    refusals: Iterable[str],
) -> None:
    """Show these labels at zero before the first is counted. `sends`: outcome and kind."""
    for by in answered_by:
        _turns.labels(by)
    for outcome, kind in sends:
        _sends.labels(outcome, kind)
    for status in reports:
        _reports.labels(status)
    for reason in refusals:
        _refusals.labels(reason)


def access_refused(reason: str) -> None:
    _access_refused.labels(reason).inc()


def answered(by: str) -> None:
    _turns.labels(by).inc()


def sent(outcome: str, kind: str) -> None:
    _sends.labels(outcome, kind).inc()


def reported(status: str) -> None:
    _reports.labels(status).inc()


def refused(reason: str) -> None:
    _refusals.labels(reason).inc()


class Timed:
    """An open measure; `outcome` is what it will be counted under."""

    __slots__ = ("outcome",)

    def __init__(self, outcome: str) -> None:
        self.outcome = outcome


@contextmanager
def rasa(call: str) -> Iterator[Timed]:
    """A call to Rasa; `unavailable` unless it is said to have been answered."""
    timed, began = Timed("unavailable"), time.perf_counter()
    try:
        yield timed
    finally:
        _rasa_seconds.labels(call, timed.outcome).observe(time.perf_counter() - began)


@contextmanager
def carrier() -> Iterator[Timed]:
    """A call to the carrier; `failed` unless it is said that the text was taken."""
    timed, began = Timed("failed"), time.perf_counter()
    try:
        yield timed
    finally:
        _carrier_seconds.labels(timed.outcome).observe(time.perf_counter() - began)


@contextmanager
def webhook() -> Iterator[Timed]:
    """An inbound text at our door; `stored` unless said otherwise."""
    timed, began = Timed("stored"), time.perf_counter()
    try:
        yield timed
    finally:
        _webhook_seconds.labels(timed.outcome).observe(time.perf_counter() - began)


class Turns:
    """How long residents wait, of the texts that this process took in.

    Remembers the newest; of a text that another process took in, or this one before a restart,
    `handed_over` says False once, and the caller knows from the row how long ago it came.
    """

    def __init__(self, *, remembered: int = 10_000) -> None:
        self._remembered = remembered
        self._began: OrderedDict[str, float | None] = OrderedDict()
        self._lock = Lock()

    def begin(self, inbound_id: str, *, began: float) -> None:
        """The text is stored; it came at `began` of `time.perf_counter()`."""
        self._keep(inbound_id, began)

    def handed_over(self, inbound_id: str, *, priority: str) -> bool:
        """The carrier has taken a part of the reply; the first one counts. False when it is not
        known when the text came."""
        with self._lock:
            if inbound_id not in self._began:
                return False
            began = self._began[inbound_id]
            self._began[inbound_id] = None
        if began is not None:
            _turn_seconds.labels(priority).observe(time.perf_counter() - began)
        return True

    def waited(self, inbound_id: str, *, priority: str, seconds: float) -> None:
        """The same of a text that this process did not take in."""
        self._keep(inbound_id, None)
        _turn_seconds.labels(priority).observe(max(seconds, 0.0))

    def _keep(self, inbound_id: str, began: float | None) -> None:
        with self._lock:
            self._began[inbound_id] = began
            while len(self._began) > self._remembered:
                self._began.popitem(last=False)


turns = Turns()
