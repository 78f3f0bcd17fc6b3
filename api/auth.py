"""Log-in for staff: OAuth2 password form in, bearer token out; and its end."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api import password_tries
from api.clinicians.access import EVERYONE, audit, router_for
from api.deps import TheServices, TheStaffMember, WritingSession, bearer, second_step_missing
from api.services import Services
from directory.clock import wall_now
from directory.errors import HandoffError, Unauthenticated
from directory.staff import log_ins, second_step
from directory.staff import service as staff
from directory.staff.models import StaffMember

open_to_all = APIRouter(prefix="/api/v1/auth", tags=["auth"])
own = router_for(*EVERYONE)


class Token(BaseModel):
    """A bearer token; `expires_in` is seconds of wall time."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105  # the kind, not a secret
    expires_in: int


def _try_password(
    form: Annotated[OAuth2PasswordRequestForm, Depends()], services: TheServices
) -> staff.Try:
    return password_tries.try_password(services, form.username, form.password)


@open_to_all.post("/token", responses={401: {}, 403: {}, 422: {}, 429: {}})
def log_in(
    request: Request,
    tried: Annotated[staff.Try, Depends(_try_password)],  # before the session is opened
    session: WritingSession,
    services: TheServices,
    otp: Annotated[str, Form(description="The code of the second step, where it is on.")] = "",
) -> Token:
    wall, now = wall_now(), services.clock.now()
    member = staff.settle(session, tried, wall=wall, now=now)
    refusal = _refusal(session, services, member, otp, now=now, wall=wall)
    if member is None or refusal is not None:
        # The failure must be kept although the request fails: commit before saying no.
        session.commit()
        raise refusal or _no_fit()
    token = staff.open_token(session, member, wall=wall, agent=request.headers.get("user-agent"))
    audit(session, services, member, "sign_in.token", subject_id=member.id)
    return Token(access_token=token, expires_in=int(staff.TOKEN_LIFETIME.total_seconds()))


@own.delete("/auth/token", status_code=204)
def log_out(
    member: TheStaffMember,
    session: WritingSession,
    services: TheServices,
    token: Annotated[str, Depends(bearer)],
) -> None:
    """End the token that this very request shows; from now on it opens nothing."""
    log_ins.end_token(session, token, staff_id=member.id)
    audit(session, services, member, "sign_out.token", subject_id=member.id)


def _no_fit() -> Unauthenticated:
    return Unauthenticated("login_failed", "E-mail address and password do not fit.")


def _refusal(  # what the form says, and when
    session: Session,
    services: Services,
    member: StaffMember | None,
    otp: str,
    *,
    now: datetime,
    wall: datetime,
) -> HandoffError | None:
    """Why this log-in is none. The second step is spoken of only behind the right password."""
    if member is None:
        return _no_fit()
    if second_step.is_missing(member, second_step.required_of(services.settings)):
        return second_step_missing()
    if member.totp_since is None:
        return None
    if not otp.strip():
        return Unauthenticated("otp_required", "Send the code of the second step as `otp`.")
    if second_step.check(session, member, otp, now=now, wall=wall) is None:
        return Unauthenticated("otp_wrong", "The code is wrong, was used before or is too old.")
    return None


router = APIRouter()
for each in (open_to_all, own):
    router.include_router(each)
