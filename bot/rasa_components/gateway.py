"""The channel through which the application speaks with Rasa.

`POST /webhooks/handoff/webhook` takes `{"sender", "message_id", "text", "metadata"}` and answers
`{"messages": [...], "intent": {"name", "confidence"}, "ranking": [{"name", "confidence"}, ...]}`.
Messages are the custom payloads of responses and actions; the application turns them into words.
With `danger`: {"risk", "score", "raised"}, raised where the classifier takes the text for one, and
`checkin`:
{"answer", "score"}, what it would likeliest answer to a check-in.
`POST /webhooks/handoff/look` takes `{"text"}` and answers the same without messages; it belongs to
no conversation and leaves nothing behind.
`POST /webhooks/handoff/forget` takes `{"sender"}` and erases that conversation.

Rasa's own channels answer 200 with an empty list when something breaks; here silence is an error:
401 without the token, 422 for a body that can't be read, 503 for anything that failed inside.
"""

from __future__ import annotations

import asyncio
import gc
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa_components import action_calls, leaner_rasa
from rasa_components.conversation_store import ConversationStore
from rasa_components.intent_classifier import CHECKIN, DANGER
from rasa_components.turn import begin_turn
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)
action_calls.install()
leaner_rasa.install()

NAME = "handoff"
RANKED = 10
LONG = 10
FALLBACK = "nlu_fallback"

Handler = Callable[[UserMessage], Awaitable[Any]]


class UnreadableRequestError(ValueError):
    """The body is not what the channel takes. Says which field, not what was in it."""


@dataclass(frozen=True)
class Question:
    """One text of one person."""

    sender: str
    message_id: str
    text: str
    metadata: dict[str, Any]

    @classmethod
    def read(cls, body: Any) -> Question:
        """Check a request's JSON; raises UnreadableRequestError."""
        if not isinstance(body, dict):
            raise UnreadableRequestError("a JSON object is expected")
        for field in ("sender", "message_id", "text"):
            if not isinstance(body.get(field), str) or not body[field].strip():
                raise UnreadableRequestError(f"{field} must be a text")
        metadata = body.get("metadata") or {}
        if not isinstance(metadata, dict):
            raise UnreadableRequestError("metadata must be an object")
        return cls(body["sender"], body["message_id"], body["text"], metadata)


def kept_answer(tracker: DialogueStateTracker | None, message_id: str) -> dict[str, Any] | None:
    """The answer to a text as the conversation has it, or None when it isn't the latest there."""
    payloads: list[dict[str, Any]] = []
    for event in reversed(tracker.events if tracker else ()):
        if isinstance(event, BotUttered) and event.data.get("custom"):
            payloads.insert(0, event.data["custom"])
        if isinstance(event, UserUttered):
            if event.message_id != message_id or not payloads:
                return None
            return {"messages": payloads, **_understanding(event.parse_data)}
    return None


def is_long(tracker: DialogueStateTracker | None) -> bool:
    """True when it is time to begin anew: many texts, and no question of ours open.

    Every turn works on the whole conversation, so a long one is slow. Nothing is lost: place and
    needs come with every text.
    """
    if tracker is None or tracker.active_loop_name:
        return False
    return sum(isinstance(event, UserUttered) for event in tracker.events) >= LONG


def _understanding(parsed: dict[str, Any]) -> dict[str, Any]:
    ranking = [
        {"name": guess["name"], "confidence": guess["confidence"]}
        for guess in parsed.get("intent_ranking", [])
        if guess["name"] and guess["name"] != FALLBACK
    ]
    intent = parsed.get("intent") or {}
    return {
        "intent": {"name": intent.get("name"), "confidence": intent.get("confidence", 0.0)},
        "ranking": ranking[:RANKED],
        DANGER: parsed.get(DANGER),
        CHECKIN: parsed.get(CHECKIN),
    }


def problem(status: int, title: str) -> HTTPResponse:
    """An error as application/problem+json (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status}
    return response.json(body, status=status, content_type="application/problem+json")


class Gateway(InputChannel):
    """Rasa's only open door."""

    def __init__(self, token: str) -> None:
        self._token = token
        # One at a time for each person, in the order of arrival. Rasa has a lock of its own, but
        # looks at it once a second only, and our reading and erasing would be outside of it.
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def name(cls) -> str:
        return NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Gateway:
        token = str((credentials or {}).get("token") or "")
        if not token or token.startswith("${"):
            raise RasaException("the gateway needs a token: set HANDOFF_RASA_TOKEN")
        return cls(token)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes under /webhooks/handoff."""
        door = Blueprint("handoff_gateway")

        @door.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            ready = request.app.ctx.agent.is_ready()
            return response.json({"ready": ready}, status=200 if ready else 503)

        @door.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._admits(request):
                return problem(401, "a valid token is required")
            try:
                question = Question.read(request.json)
            except UnreadableRequestError as error:
                return problem(422, str(error))
            async with self._lane(question.sender):
                return await answer(request.app.ctx.agent, question, on_new_message)

        @door.route("/look", methods=["POST"])
        async def look(request: Request) -> HTTPResponse:
            if not self._admits(request):
                return problem(401, "a valid token is required")
            text = (request.json or {}).get("text")
            if not isinstance(text, str) or not text.strip():
                return problem(422, "text must be a text")
            parsed = await request.app.ctx.agent.parse_message(plain_message(text))
            return response.json(_understanding(parsed))

        @door.route("/forget", methods=["POST"])
        async def forget(request: Request) -> HTTPResponse:
            if not self._admits(request):
                return problem(401, "a valid token is required")
            sender = (request.json or {}).get("sender")
            if not isinstance(sender, str) or not sender:
                return problem(422, "sender must be a text")
            async with self._lane(sender):
                await store_of(request.app.ctx.agent).forget(sender)
            return response.json({"forgotten": True})

        @door.listener("after_server_start")
        async def settle(*_: Any) -> None:
            # The model and the libraries stay: whoever looks for garbage need not go through them.
            gc.collect()
            gc.freeze()

        @door.listener("after_server_stop")
        async def hang_up(*_: Any) -> None:
            await action_calls.close_connections()

        return door

    def _lane(self, sender: str) -> asyncio.Lock:
        return self._lanes.setdefault(sender, asyncio.Lock())

    def _admits(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())


async def answer(agent: Agent, question: Question, on_new_message: Handler) -> HTTPResponse:
    """Answer a text, or give the kept answer again when this very text came last.

    What is returned is what was stored, so a repeat can't differ from the first answer.
    """
    store = store_of(agent)
    try:
        conversation = store.read(question.sender)
        kept = kept_answer(conversation, question.message_id)
        if kept is None:
            if is_long(conversation):
                await store.forget(question.sender)
                conversation = None
            turn = begin_turn(question.sender, conversation)
            await on_new_message(_user_message(question))
            kept = kept_answer(turn.stored, question.message_id)
    except Exception as error:  # whatever broke, the application must hear of it
        logger.error("a turn broke: %s", type(error).__name__)  # noqa: TRY400
        kept = None
    return response.json(kept) if kept else problem(503, "the text could not be answered")


def plain_message(text: str) -> str:
    """The text without what Rasa would take for a command ("/intent"): a resident gives none."""
    return text.lstrip("/ ") or text.replace("/", "?")


def _user_message(question: Question) -> UserMessage:
    # The application may give a command.
    chosen = question.metadata.get("chosen_need")
    text = f"/{chosen}" if chosen else plain_message(question.text)
    # What was said about a chosen need still tells the rest: a place, open now.
    metadata = question.metadata | ({"said": question.text} if chosen else {})
    return UserMessage(
        text,
        CollectingOutputChannel(),
        question.sender,
        input_channel=NAME,
        message_id=question.message_id,
        metadata=metadata,
    )


def store_of(agent: Agent) -> ConversationStore:
    """Our own store inside the wrapper that Rasa puts around every tracker store."""
    store = getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
    if not isinstance(store, ConversationStore):
        raise RasaException("endpoints.yml must name ConversationStore as tracker store")
    return store
