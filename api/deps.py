"""What endpoints ask for: services, a session for the request, who is calling."""

from collections.abc import Callable, Iterator
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.orm import Session

from api.services import Services
from directory.clock import wall_now
from directory.errors import Forbidden, Unauthenticated
from directory.staff import service as staff
from directory.staff.models import Role, StaffMember

_bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", auto_error=False)


def get_services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


def get_session(services: Annotated[Services, Depends(get_services)]) -> Iterator[Session]:
    """One transaction a request; it commits before the response leaves (scope="function")."""
    with services.database.session_scope() as session:
        yield session


def get_reading_session(
    services: Annotated[Services, Depends(get_services)],
) -> Iterator[Session]:
    with services.database.read_scope() as session:
        yield session


# scope="function": with the default a commit that fails would still answer 200.
WritingSession = Annotated[Session, Depends(get_session, scope="function")]
ReadingSession = Annotated[Session, Depends(get_reading_session, scope="function")]
TheServices = Annotated[Services, Depends(get_services)]


def get_staff_member(
    services: TheServices, token: Annotated[str | None, Depends(_bearer)]
) -> StaffMember:
    """Who is calling. Checked in a session of its own, before the request is validated."""
    if not token:
        raise Unauthenticated("token_missing", "Log in: send a bearer token.")
    with services.database.read_scope() as session:
        return staff.authenticate(session, token, wall=wall_now())


TheStaffMember = Annotated[StaffMember, Depends(get_staff_member)]


def require(*roles: Role) -> Callable[[StaffMember], StaffMember]:
    """A dependency: the caller has one of these roles. Default deny: every router names its own."""

    def check(member: TheStaffMember) -> StaffMember:
        if member.role not in roles:
            raise Forbidden("role_missing", "Your role may not do this.")
        return member

    return check
