"""The second step of a sign-in: a code of an app (TOTP, RFC 6238), or a recovery code.

The secret is kept encrypted and counts once a code has confirmed it. A code is taken once: what
was watched or caught on its way opens nothing more (RFC 6238, 5.2). All times are wall time.
"""

import hmac
from datetime import datetime
from enum import StrEnum

import pyotp
from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from directory import database
from directory.errors import Conflict
from directory.setting_checks import is_loopback
from directory.settings import SecondStepFor, Settings
from directory.staff import attempts, queries
from directory.staff.models import RecoveryCode, Role, StaffMember
from directory.staff.service import end_log_ins
from directory.staff.typed_codes import letters_of, made_up

ISSUER = "Handoff"
PERIOD = 30  # seconds
DIGITS = 6
# Clocks of phones go wrong, and people type slowly: one step to either side.
STEPS_BESIDE = 1
RECOVERY_CODES = 10


class Passed(StrEnum):
    """What opened the second step."""

    CODE = "code"
    RECOVERY = "recovery"


def required_of(settings: Settings) -> SecondStepFor:
    """As the setting says; unset, of everyone wherever the product is live: reached by https, with
    a carrier that is not on this machine. A trial opens with the password alone."""
    if settings.require_second_step is not None:
        return settings.require_second_step
    live = settings.base_url.startswith("https://") and not is_loopback(settings.carrier_api)
    return SecondStepFor.EVERYONE if live else SecondStepFor.NOBODY


def is_missing(member: StaffMember, required: SecondStepFor) -> bool:
    """Whether this member has to set up the second step before anything else."""
    if required is SecondStepFor.NOBODY or member.totp_since is not None:
        return False
    responsible = member.role in (Role.SUPERVISOR, Role.ADMIN)
    return responsible or required is SecondStepFor.EVERYONE


def begin(member: StaffMember) -> None:
    """A new secret, which waits to be confirmed. Raises Conflict where the second step is on."""
    if member.totp_since is not None:
        raise Conflict("second_step_on", "The second step is on already.")
    member.totp_secret = pyotp.random_base32()
    member.totp_last_step = None


def address(member: StaffMember) -> str | None:
    """What the QR code says to the app (otpauth://…), while it waits to be confirmed."""
    if member.totp_secret is None or member.totp_since is not None:
        return None
    return _totp(member.totp_secret).provisioning_uri(name=member.email, issuer_name=ISSUER)


def confirm(session: Session, member: StaffMember, code: str, *, wall: datetime) -> list[str]:
    """The app shows what it should: from now on it is asked. Gives the recovery codes.

    Empty where the code is wrong. Whoever was signed in as this member is signed out. Raises
    Conflict where nothing waits to be confirmed.
    """
    if member.totp_secret is None or member.totp_since is not None:
        raise Conflict("second_step_not_begun", "Start again: nothing waits to be confirmed.")
    if not _take_code(session, member, code, wall=wall):
        return []
    member.totp_since = wall
    end_log_ins(session, member)
    return new_codes(session, member)


def check(
    session: Session, member: StaffMember, given: str, *, now: datetime, wall: datetime
) -> Passed | None:
    """What the member's second step was passed by; None when nothing fits (it is noted).

    `given`: a code of the app or a recovery code, as it was typed. `now`: product time.
    Raises TooMany after ten failures within 15 minutes.
    """
    # One at a time: guesses that come together count one after the other.
    session.refresh(member, with_for_update=True)
    attempts.require_few(session, attempts.Secret.CODE, member.id, wall=wall)
    if member.totp_since is not None:
        if _take_code(session, member, given, wall=wall):
            return Passed.CODE
        if _take_recovery(session, member, given, wall=wall):
            return Passed.RECOVERY
    attempts.failed(
        session, attempts.Secret.CODE, member.id, staff_id=member.id, now=now, wall=wall
    )
    return None


def new_codes(session: Session, member: StaffMember) -> list[str]:
    """Ten recovery codes, to be shown once; those from before open nothing any more."""
    _forget_codes(session, member)
    codes = [made_up() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(staff_id=member.id, code_hash=_hash(member, code)) for code in codes
    )
    return codes


def codes_left(session: Session, member: StaffMember) -> int:
    return queries.recovery_codes_left(session, member.id)


def turn_off(session: Session, member: StaffMember) -> None:
    """The password alone opens again, and no secret is kept."""
    member.totp_secret = member.totp_since = member.totp_last_step = None
    _forget_codes(session, member)


def reset(session: Session, member: StaffMember) -> None:
    """An admin does it for a colleague whose phone and codes are lost; its log-ins end at once."""
    turn_off(session, member)
    end_log_ins(session, member)


def step_of(secret: str, code: str, *, wall: datetime) -> int | None:
    """The time step whose code this is, among those that are near enough. Pure."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    current = int(wall.timestamp()) // PERIOD
    found = None
    for step in range(current - STEPS_BESIDE, current + STEPS_BESIDE + 1):
        # Each is compared, whichever fits, so that the time taken tells nothing.
        if hmac.compare_digest(_totp(secret).generate_otp(step), typed):
            found = step
    return found


def _take_code(session: Session, member: StaffMember, code: str, *, wall: datetime) -> bool:
    """Whether it fits and was not taken before; of two requests at once one gets it."""
    step = step_of(member.totp_secret, code, wall=wall) if member.totp_secret else None
    if step is None:
        return False
    newer = or_(StaffMember.totp_last_step.is_(None), StaffMember.totp_last_step < step)
    taken = session.connection().execute(
        update(StaffMember).where(StaffMember.id == member.id, newer).values(totp_last_step=step)
    )
    session.refresh(member, ["totp_last_step"])
    return taken.rowcount == 1


def _take_recovery(session: Session, member: StaffMember, code: str, *, wall: datetime) -> bool:
    taken = session.connection().execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == member.id,
            RecoveryCode.code_hash == _hash(member, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=wall)
    )
    return taken.rowcount == 1


def _forget_codes(session: Session, member: StaffMember) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == member.id))


def _hash(member: StaffMember, code: str) -> str:
    """Keyed, and each member's own: the table alone is no use to whoever guesses."""
    said = f"recovery code:{member.id}:{letters_of(code)}"
    return database.current().cipher.blind_index(said)


def _totp(secret: str) -> pyotp.TOTP:
    return pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD)
