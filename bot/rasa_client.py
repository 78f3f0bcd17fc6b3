"""How the application asks Rasa about a text (bot/rasa_components/gateway.py is the other end).

Only the person's id and redacted text go there. Whatever is not a full answer is RasaUnavailable:
the caller then answers with the directory's own search, so that nobody meets silence.
"""

from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from directory.telemetry import timings, traces
from directory.telemetry.traces import Step

CHANNEL = "/webhooks/handoff"


class RasaUnavailable(Exception):  # named for what the caller must deal with
    """Rasa gave no usable answer. The text names the kind of failure, never what was asked."""


OPT_OUT = "opt_out"
# What each door of the gateway is for, as it is called in measures.
_CALLS = {"/webhook": "ask", "/look": "look", "/forget": "forget"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the classifier takes a text for, of a kind that stands apart from the intents.

    `what`: a risk, or an answer to a check-in. `score`: near 1 where it is plain. `raised`: enough
    to act on it.
    """

    what: str
    score: float
    raised: bool = True

    @classmethod
    def read(cls, found: Any, key: str) -> Self | None:
        """None for none. Raises KeyError, TypeError or ValueError."""
        if found is None:
            return None
        return cls(str(found[key]), float(found["score"]), bool(found.get("raised", True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the classifier makes of a text.

    `ranking` are the likeliest intents with their confidence, best first; the name of a need is
    its code. `danger`: the likeliest, raised where the text is taken for one; `checkin`: what the
    text would likeliest answer to a check-in.
    """

    intent: str | None = None
    ranking: tuple[tuple[str, float], ...] = ()
    danger: Seen | None = None
    checkin: Seen | None = None

    @property
    def opts_out(self) -> bool:
        return self.intent == OPT_OUT

    @classmethod
    def read(cls, body: Any) -> Self:
        """Read the gateway's JSON; raises RasaUnavailable when it isn't what was agreed."""
        try:
            return cls(
                intent=body["intent"]["name"],
                ranking=tuple((str(g["name"]), float(g["confidence"])) for g in body["ranking"]),
                danger=Seen.read(body.get("danger"), "risk"),
                checkin=Seen.read(body.get("checkin"), "answer"),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RasaUnavailable("the answer is not in the agreed form") from error


@dataclass(frozen=True, slots=True)
class RasaAnswer:
    """What Rasa says to one text.

    `messages` are payloads, in order:
    {"say": key}, with "language" for language_switched and "needs" to offer for clarify;
    {"ask": "place", "needs": [...]} or {"ask": "need"};
    {"found": {"query": ..., "result": ...}}, with "more": true when more of the last list was
    asked for. `look`: how the text was understood.
    """

    messages: tuple[dict[str, Any], ...]
    look: Look = field(default_factory=Look)

    @classmethod
    def read(cls, body: Any) -> Self:
        """Read the gateway's JSON; raises RasaUnavailable when it isn't what was agreed."""
        look = Look.read(body)
        try:
            messages = tuple(dict(message) for message in body["messages"])
        except (KeyError, TypeError, ValueError) as error:
            raise RasaUnavailable("the answer is not in the agreed form") from error
        if not messages:
            raise RasaUnavailable("the answer is empty")
        return cls(messages, look)


class RasaClient:
    """A client for one Rasa server; safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        token: str,
        timeout: float = 15.0,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url.rstrip("/") + CHANNEL,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(timeout, connect=min(timeout, 2.0)),
            transport=transport,
            trust_env=False,  # Rasa is on loopback or a private network, never behind a proxy
        )

    def ask(
        self, *, sender: str, message_id: str, text: str, metadata: dict[str, Any]
    ) -> RasaAnswer:
        """Ask about one redacted text of the person `sender`.

        metadata: language ("en"/"es"), place (known so far, or None), needs (codes of the last
        need asked), now (ISO 8601). When the person picked needs that we offered: chosen_need, the
        code of the first, taken as said whatever the text, and also_chosen, those of the others;
        `text` is then the text that we had asked about, read for all but the need. Asking the
        latest `message_id` again gives the same answer. Raises RasaUnavailable.
        """
        body = {
            "sender": sender,
            "message_id": message_id,
            "text": text,
            "metadata": metadata,
        }
        return RasaAnswer.read(self._post("/webhook", body))

    def look(self, text: str) -> Look:
        """What a redacted text means, outside of any conversation. Raises RasaUnavailable."""
        return Look.read(self._post("/look", {"text": text}))

    def forget(self, sender: str) -> None:
        """Erase the conversation with `sender`. Raises RasaUnavailable."""
        self._post("/forget", {"sender": sender})

    def ready(self) -> bool:
        """True when Rasa runs with a model loaded."""
        try:
            return self._http.get("/", timeout=2.0).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        call = _CALLS[path]
        with traces.span(Step.UNDERSTAND, call=call) as span, timings.rasa(call) as timed:
            carried = traces.carried()
            if carried is not None and "metadata" in body:
                # Rasa hands it on to the actions with the rest.
                body = body | {"metadata": body["metadata"] | {"traceparent": carried}}
            answer = self._answer(path, body, {} if carried is None else {"traceparent": carried})
            timed.outcome = "answered"
            span.note(outcome="answered")
            return answer

    def _answer(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        try:
            response = self._send(path, body, headers)
        except httpx.HTTPError as error:
            raise RasaUnavailable(type(error).__name__) from error
        if response.status_code != httpx.codes.OK:
            raise RasaUnavailable(f"status {response.status_code}")
        try:
            return response.json()
        except ValueError as error:
            raise RasaUnavailable("the answer is no JSON") from error

    def _send(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        try:
            return self._http.post(path, json=body, headers=headers)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # A kept connection that the server has closed meanwhile. Asking again is safe: the
            # gateway knows the message id.
            return self._http.post(path, json=body, headers=headers)
