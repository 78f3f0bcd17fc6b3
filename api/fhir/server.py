"""The FHIR server: an application of its own at `/fhir`, with errors of its own kind.

It is left out of `/api/openapi.json`: FHIR's resources would be larger than all the rest of that
description, and every FHIR client reads the CapabilityStatement at `/fhir/metadata` instead.
"""

from typing import Any

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.fhir.endpoints import router
from api.fhir.outcomes import describe_outcomes
from api.own_telemetry import NO_TELEMETRY
from api.services import Services

PATH = "/fhir"


def add_fhir(app: FastAPI, services: Services) -> None:
    """Mount the FHIR server into `app`."""
    server = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    server.state.services = services
    describe_outcomes(server)
    server.include_router(router)
    app.router.routes.append(Route(PATH, _Base(server), include_in_schema=False))
    app.mount(PATH, server)


class _Base:
    """A transaction is posted to the base address itself, which a mount leaves out."""

    def __init__(self, server: ASGIApp) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside: dict[str, Any] = {
            **scope,
            "path": f"{PATH}/",
            "raw_path": f"{PATH}/".encode(),
            "root_path": f"{scope.get('root_path', '')}{PATH}",
        }
        await self._server(inside, receive, send)
