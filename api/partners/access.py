"""Who may use the partner API: who holds a key of an organisation, and what the key opens."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyHeader
from starlette.datastructures import QueryParams

from api import refusals
from api.deps import AuthenticatedFirst, TheServices, get_services
from api.limits import keys
from api.services import Services
from directory.callers import service as callers
from directory.clock import wall_now
from directory.errors import Unauthenticated
from directory.partners import service as partners
from directory.partners.models import KeyScope, PartnerKey

_header = APIKeyHeader(
    name="X-API-Key",
    auto_error=False,
    description="A key of the partner's organisation, made with `handoff partner key`.",
)
_NAMES_IN_URLS = frozenset({"key", "apikey", "xapikey", "partnerkey", "accesskey", "token"})


async def get_partner_key(
    request: Request, services: TheServices, key: Annotated[str | None, Depends(_header)]
) -> PartnerKey:
    """Whose key the request carries. In a session of its own, before the request is validated."""
    found = await run_in_threadpool(_authenticated, request, services, key)
    refusals.remember_actor(request, found.id)
    await keys.spend(services, callers.key(found.id))
    return found


ThePartnerKey = Annotated[PartnerKey, Depends(get_partner_key)]


def opens(scope: KeyScope) -> Callable[[PartnerKey], None]:
    """A dependency: the caller's key has this scope. Each route names its own."""

    def check(key: ThePartnerKey) -> None:
        partners.require_scope(key, scope)

    return check


def refuse_keys_in_url(query: QueryParams) -> None:
    """Raises Unauthenticated for a key in an address, where every proxy writes it down.

    Whether it is a true key is not looked up: it must be thought of as known to others.
    """
    for name, value in query.multi_items():
        plain = name.casefold().replace("-", "").replace("_", "")
        if plain in _NAMES_IN_URLS or value.startswith(partners.KEY_PREFIX):
            raise Unauthenticated(
                "key_in_url",
                "A key in an address ends up in logs. Send it in the header X-API-Key, and let "
                "the program revoke this one and give you another.",
            )


class PartnerRoute(AuthenticatedFirst):
    """For systems that have a key."""

    async def require_credentials(self, request: Request) -> None:
        key = await _header(request)
        await run_in_threadpool(_authenticated, request, get_services(request), key)


def _authenticated(request: Request, services: Services, key: str | None) -> PartnerKey:
    refuse_keys_in_url(request.query_params)
    if not key:
        raise Unauthenticated("key_missing", "Send your organisation's key as X-API-Key.")
    with services.database.read_scope() as session:
        return partners.authenticate(session, key, wall=wall_now())
