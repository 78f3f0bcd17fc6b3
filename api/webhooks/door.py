"""A door for the carrier's webhooks: a plain route, without what endpoints of the API are given.

FastAPI's own handling (dependencies, validation, how a response is made) takes as long as all that
a webhook asks for; it has nothing to read here but a signed form.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.services import Services

Answer = Callable[[Request, Services], Awaitable[Response]]


class Door:
    """An ASGI application around `answer`. Errors go on to the application's own handlers."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        services: Services = scope["app"].state.services
        response = await self._answer(Request(scope, receive), services)
        await response(scope, receive, send)
