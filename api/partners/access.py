"""Who may use the partner API: who holds a key of an organisation."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader
from starlette.exceptions import HTTPException

from api.deps import TheServices, get_services
from directory.errors import Unauthenticated
from directory.partners import service as partners
from directory.partners.models import PartnerKey

_header = APIKeyHeader(
    name="X-API-Key",
    auto_error=False,
    description="A key of the partner's organisation, made with `handoff partner key`.",
)


def get_partner_key(
    services: TheServices, key: Annotated[str | None, Depends(_header)]
) -> PartnerKey:
    """Whose key the request carries. In a session of its own, before the request is validated."""
    if not key:
        raise Unauthenticated("key_missing", "Send your organisation's key as X-API-Key.")
    with services.database.read_scope() as session:
        return partners.authenticate(session, key)


ThePartnerKey = Annotated[PartnerKey, Depends(get_partner_key)]


class PartnerRoute(APIRoute):
    """A route that speaks of a body it cannot read only to who has a key (see StaffRoute)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def authenticated_first(request: Request) -> Response:
            try:
                return await handle(request)
            except (RequestValidationError, HTTPException):
                key = await _header(request)
                await run_in_threadpool(get_partner_key, get_services(request), key)
                raise

        return authenticated_first
