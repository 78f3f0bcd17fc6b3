"""Puts each action into the trace of the text that it is about.

The application sends the span to go on from with the text (bot/rasa_client.py), and Rasa hands it
on with the rest, so Rasa itself knows nothing of traces.
"""

import os
from collections.abc import Awaitable, Callable
from functools import cache, wraps
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from directory.telemetry import traces
from directory.telemetry.traces import Step

Run = Callable[[Any, CollectingDispatcher, Tracker, DomainDict], Awaitable[list[EventType]]]


@cache
def _started() -> None:
    """Once in the process. Who starts the server has put every setting into its environment."""
    given = os.environ
    wanted = given.get("HANDOFF_OTLP_ENDPOINT") or given.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    traces.start(wanted, part="actions")


def traced(run: Run) -> Run:
    """For an action's `run`: a span of its own, where traces are wanted."""

    @wraps(run)
    async def in_a_span(
        action: Action, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        _started()
        carried = (tracker.latest_message.get("metadata") or {}).get("traceparent")
        if not isinstance(carried, str):
            return await run(action, dispatcher, tracker, domain)
        with traces.span(Step.ACT, carried=carried, action=action.name()):
            return await run(action, dispatcher, tracker, domain)

    return in_a_span
