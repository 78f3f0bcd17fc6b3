"""The code with which the owner of an account chooses its first password.

Whoever makes an account, or helps a colleague who has forgotten the password, hands a code over and
never knows the password (OWASP ASVS 6.4.1). It is taken once, lasts three days, and passes no
second step. Times are wall time.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.errors import NotFound
from directory.staff import queries, service
from directory.staff.models import StaffMember
from directory.staff.typed_codes import letters_of, made_up

LASTS = timedelta(days=3)
# Where it is typed, below the public address.
PAGE = "/console/sign-in/first"


@dataclass(frozen=True, slots=True)
class FirstCode:
    """What is handed over, once: it is kept as a digest only."""

    code: str = field(repr=False)
    until: datetime


def issue(session: Session, member: StaffMember, *, wall: datetime) -> FirstCode:
    """A new code; the one before, the password and every log-in of this member end."""
    made = FirstCode(made_up(), wall + LASTS)
    service.forget_password(member)
    member.first_code_hash, member.first_code_until = _hash(made.code), made.until
    service.end_log_ins(session, member)
    return made


def redeem(session: Session, typed: str, password: str, *, wall: datetime) -> StaffMember:
    """The owner of the code has chosen a password. Raises NotFound; Invalid as `passwords.fit`
    and TooMany as `hashing`: then the code still holds."""
    member = queries.by_first_code(session, _hash(typed), wall=wall)
    if member is None:
        raise _unknown()
    kept = service.fit_and_hashed(member, password)
    # Of two at once one gets it.
    taken = session.connection().execute(
        update(StaffMember)
        .where(StaffMember.id == member.id, StaffMember.first_code_hash == _hash(typed))
        .values(first_code_hash=None, first_code_until=None, password_hash=kept)
    )
    if taken.rowcount != 1:
        raise _unknown()
    session.refresh(member)
    return member


def _hash(typed: str) -> str:
    return service.hash_of(letters_of(typed))


def _unknown() -> NotFound:
    return NotFound(
        "first_code_unknown",
        "This code is wrong, was used before or has ended: ask an administrator for a new one.",
    )
