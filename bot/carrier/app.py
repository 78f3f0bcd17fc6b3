"""The carrier as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.carrier.control import BadControlRequestError, ControlApi
from bot.carrier.faults import FaultPlan
from bot.carrier.network import Network
from bot.carrier.poster import WebhookPoster
from bot.carrier.rest import RestApi
from bot.carrier.settings import CarrierSettings
from bot.carrier.store import Store
from bot.carrier.wire import Refusal

LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"]


def build_app(settings: CarrierSettings) -> Starlette:
    """Opens the store at once; takes up unfinished texts when it is started."""
    store = Store(settings.data_directory)
    faults = FaultPlan()
    poster = WebhookPoster(timeout=settings.webhook_timeout, retry_pause=settings.retry_pause)
    network = Network(settings=settings, store=store, faults=faults, poster=poster)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with poster:
            network.resume()
            yield
            await network.stop()
        store.close()

    return Starlette(
        routes=[
            *RestApi(settings, store, faults, network).routes(),
            *ControlApi(settings, store, faults, network).routes(),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_NAMES)],
        exception_handlers={
            Refusal: _refused,
            BadControlRequestError: _misunderstood,
            ClientDisconnect: _left,
        },
        lifespan=lifespan,
    )


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refusal):
        raise error
    headers = {"Retry-After": "1"} if error.status == 429 else None
    return JSONResponse(error.as_json(), error.status, headers=headers)


async def _left(_: Request, __: Exception) -> Response:
    """The product died while it asked: nobody reads this answer, and nothing was taken over."""
    return Response(status_code=400)


async def _misunderstood(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 422)
