"""Log-in for staff: OAuth2 password form in, bearer token out."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel

from api.deps import WritingSession
from directory.clock import wall_now
from directory.errors import Unauthenticated
from directory.staff import service as staff

router = APIRouter(prefix="/api/v1/auth", tags=["auth"])


class Token(BaseModel):
    """A bearer token; `expires_in` is seconds of wall time."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105  # the kind, not a secret
    expires_in: int


@router.post("/token", responses={401: {}, 422: {}, 429: {}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], session: WritingSession) -> Token:
    token = staff.log_in(session, form.username, form.password, wall=wall_now())
    # The failure must be kept although the request fails: commit before saying no.
    session.commit()
    if token is None:
        raise Unauthenticated("login_failed", "E-mail address and password do not fit.")
    return Token(access_token=token, expires_in=int(staff.TOKEN_LIFETIME.total_seconds()))
