"""Who may use the partner API: who holds a key of an organisation."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyHeader

from api.deps import AuthenticatedFirst, TheServices, get_services
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


class PartnerRoute(AuthenticatedFirst):
    """For systems that have a key."""

    async def require_credentials(self, request: Request) -> None:
        key = await _header(request)
        await run_in_threadpool(get_partner_key, get_services(request), key)
