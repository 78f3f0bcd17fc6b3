"""What endpoints ask for: services, a session for the request, who is calling."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import partial
from typing import Annotated, Any, cast

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import OAuth2PasswordBearer
from pydantic import StringConstraints
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from api import refusals
from api.limits import keys
from api.services import Services
from directory.callers import service as callers
from directory.clock import wall_now
from directory.errors import Forbidden, Unauthenticated
from directory.staff import second_step
from directory.staff import service as staff
from directory.staff.models import Role, StaffMember

# An id as we make them, or near enough to look it up: what else is sent is malformed.
Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,36}$")]
bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", auto_error=False)


def get_services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


async def get_session(
    services: Annotated[Services, Depends(get_services)],
) -> AsyncIterator[Session]:
    """One transaction a request; it commits before the response leaves (scope="function").

    Whoever waits to write waits on a thread of a pool apart: were it the endpoints' own, the one
    who may write could find no thread left to go on with.
    """
    scope = services.database.session_scope()
    session = await to_thread.run_sync(scope.__enter__, limiter=services.waiting_writers)
    try:
        yield session
    except BaseException as error:
        with CancelScope(shield=True):
            await to_thread.run_sync(
                partial(scope.__exit__, type(error), error, error.__traceback__),
                limiter=CapacityLimiter(1),
            )
        raise
    await to_thread.run_sync(partial(scope.__exit__, None, None, None), limiter=CapacityLimiter(1))


def get_reading_session(
    services: Annotated[Services, Depends(get_services)],
) -> Iterator[Session]:
    with services.database.read_scope() as session:
        yield session


# scope="function": with the default a commit that fails would still answer 200.
WritingSession = Annotated[Session, Depends(get_session, scope="function")]
ReadingSession = Annotated[Session, Depends(get_reading_session, scope="function")]
TheServices = Annotated[Services, Depends(get_services)]


async def get_staff_member(
    request: Request, services: TheServices, token: Annotated[str | None, Depends(bearer)]
) -> StaffMember:
    """Who is calling. Checked in a session of its own, before the request is validated."""
    member = await run_in_threadpool(_whose, request, services, token)
    await keys.spend(services, callers.account(member.id))
    return member


def _whose(request: Request, services: Services, token: str | None) -> StaffMember:
    if not token:
        raise Unauthenticated("token_missing", "Log in: send a bearer token.")
    with services.database.read_scope() as session:
        member = staff.authenticate(session, token, wall=wall_now())
    refusals.remember_actor(request, member.id)
    require_second_step(services, member)
    return member


def require_second_step(services: Services, member: StaffMember) -> None:
    """Raises Forbidden where the setting wants a second step that this member has not set up."""
    if second_step.is_missing(member, second_step.required_of(services.settings)):
        raise second_step_missing()


def second_step_missing() -> Forbidden:
    return Forbidden(
        "second_step_missing", "Sign in to the console and set up the second step first."
    )


TheStaffMember = Annotated[StaffMember, Depends(get_staff_member)]


def require(*roles: Role) -> Callable[[StaffMember], StaffMember]:
    """A dependency: the caller has one of these roles. Default deny: every router names its own."""

    def check(member: TheStaffMember) -> StaffMember:
        if member.role not in roles:
            raise Forbidden("role_missing", "Your role may not do this.")
        return member

    return check


class AuthenticatedFirst(APIRoute):
    """A route that speaks of a body it cannot read only to those who may pass the door.

    FastAPI reads the body before it asks a dependency, so that without this an unreadable body
    without credentials would be 422 instead of 401.
    """

    async def require_credentials(self, request: Request) -> None:
        """Raises Unauthenticated where the dependency of this door would."""
        raise NotImplementedError

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def authenticated_first(request: Request) -> Response:
            try:
                return await handle(request)
            except (RequestValidationError, HTTPException):
                await self.require_credentials(request)
                raise

        return authenticated_first


class StaffRoute(AuthenticatedFirst):
    """For those who have logged in."""

    async def require_credentials(self, request: Request) -> None:
        token = await bearer(request)
        await run_in_threadpool(_whose, request, get_services(request), token)
