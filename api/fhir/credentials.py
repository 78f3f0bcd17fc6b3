"""Who calls: staff by bearer token, a system of an organisation by its key."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer

from api import refusals
from api.deps import TheServices, require_second_step
from api.fhir import access
from api.fhir.access import Caller
from api.limits import keys
from api.partners.access import refuse_keys_in_url
from api.services import Services
from directory.callers import service as callers
from directory.clock import wall_now
from directory.errors import Unauthenticated
from directory.partners import service as partners
from directory.partners.models import KeyScope
from directory.staff import service as staff

_token = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", auto_error=False)
_key = APIKeyHeader(name="X-API-Key", auto_error=False)


async def get_caller(
    request: Request,
    services: TheServices,
    token: Annotated[str | None, Depends(_token)],
    key: Annotated[str | None, Depends(_key)],
) -> Caller:
    """In a session of its own, before the request is read. Raises Unauthenticated, TooMany."""
    caller = await run_in_threadpool(_authenticated, request, services, token, key)
    actor = caller.actor.id
    name = callers.account(actor) if caller.is_staff else callers.key(actor)
    await keys.spend(services, name)
    return caller


def _authenticated(
    request: Request, services: Services, token: str | None, key: str | None
) -> Caller:
    refuse_keys_in_url(request.query_params)
    if not token and not key:
        raise Unauthenticated("credentials_missing", "Send a bearer token, or a key as X-API-Key.")
    with services.database.read_scope() as session:
        if key:
            found = partners.authenticate(session, key, wall=wall_now())
            refusals.remember_actor(request, found.id)
            partners.require_scope(found, KeyScope.REFERRALS)
            return access.of_key(session, found)
        member = staff.authenticate(session, token or "", wall=wall_now())
        refusals.remember_actor(request, member.id)
        require_second_step(services, member)
        return access.of_staff(member)


TheCaller = Annotated[Caller, Depends(get_caller)]
