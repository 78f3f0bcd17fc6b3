"""Signing in through the city's identity provider: there, back, and then as by password."""

import secrets
from datetime import timedelta
from hmac import compare_digest
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.clinicians.access import audit
from api.console.access import HOME, SIGN_IN
from api.console.signin import SignInRoute, first_step_passed, ours
from api.deps import TheServices
from api.identity_provider import Attempt, ProviderError, address_of_sign_in, identity_behind
from api.services import Services
from api.web.cookies import PrivateCookie
from directory.clock import wall_now
from directory.errors import Forbidden, NotFound, Unauthenticated
from directory.staff import identities
from directory.staff.identities import Unknown

router = APIRouter(prefix=f"{SIGN_IN}/provider", route_class=SignInRoute, include_in_schema=False)
COOKIE = PrivateCookie("handoff-provider", timedelta(minutes=10))


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


_REFUSED = {
    Unknown.NO_ACCOUNT: _("There is no account for you here: ask an administrator to make one."),
    Unknown.EMAIL_NOT_VERIFIED: _("Your work account does not vouch for your e-mail address."),
    Unknown.OTHER_PERSON: _(
        "This e-mail address belonged to somebody else before: ask an administrator."
    ),
}
_UNREACHABLE = _("Your work account cannot be asked now: try again, or use your password.")
_STALE = _("That took too long or began elsewhere: sign in again.")
_SAID_NO = _("Your work account did not sign you in.")


@router.get("")
def go(
    services: TheServices,
    next: str = HOME,  # noqa: A002
) -> Response:
    """To the provider. The browser keeps what only it may come back with."""
    _require_provider(services)
    seed = secrets.token_urlsafe(32)
    try:
        address = address_of_sign_in(
            services.settings, _attempt(services, seed), redirect_uri=_our_address(services)
        )
    except ProviderError as error:
        raise Unauthenticated("provider_unreachable", _UNREACHABLE) from error
    response = RedirectResponse(address, status_code=303)
    COOKIE.give(response, services, f"{seed}.{quote(ours(next), safe='')}")
    return response


@router.get("/back")
def back(
    request: Request,
    services: TheServices,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
    error: str = "",
) -> Response:
    """From the provider. No session with the database is open while it is asked."""
    _require_provider(services)
    seed, _sep, next_page = COOKIE.read(request, services).partition(".")
    attempt = _attempt(services, seed)
    if not seed or not compare_digest(state.encode(), attempt.state.encode()):
        raise Unauthenticated("provider_stale", _STALE)
    if error or not code:
        raise Unauthenticated("provider_refused", _SAID_NO)
    wall = wall_now()
    try:
        identity = identity_behind(
            services.settings, attempt, code, redirect_uri=_our_address(services), wall=wall
        )
    except ProviderError as problem:
        raise Unauthenticated("provider_unreachable", _UNREACHABLE) from problem
    with services.database.session_scope() as session:
        member = identities.find(session, identity)
        if isinstance(member, Unknown):
            raise Forbidden(member.value, _REFUSED[member])
        audit(session, services, member, "sign_in.provider", subject_id=member.id)
        response = first_step_passed(
            request,
            session,
            services,
            member,
            next_page=ours(unquote(next_page) or HOME),
            wall=wall,
        )
    COOKIE.take_back(response, services)
    return response


def _require_provider(services: Services) -> None:
    if not services.settings.oidc_issuer:
        raise NotFound("provider_none", "There is no such page.")


def _attempt(services: Services, seed: str) -> Attempt:
    return Attempt(seed, services.settings.secret_key)


def _our_address(services: Services) -> str:
    return f"{services.settings.base_url}{SIGN_IN}/provider/back"
