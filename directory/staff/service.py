"""Accounts, passwords (argon2id) and bearer tokens. Token lifetimes are wall time."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from directory import database
from directory.errors import Conflict, Invalid, NotFound, Unauthenticated
from directory.people.phone import to_e164
from directory.staff import attempts, hashing, passwords, queries
from directory.staff.models import (
    FailedLogin,
    RecoveryCode,
    Role,
    StaffMember,
    StaffSession,
    StaffToken,
)

LONGEST_NAME = 80
LONGEST_AGENT = 120
TOKEN_LIFETIME = timedelta(hours=12)
_UNFIT = r"@\s\x00-\x1f\ud800-\udfff"
_EMAIL = re.compile(rf"^[^{_UNFIT}]{{1,64}}@[^{_UNFIT}]+\.[^{_UNFIT}.]+$")


@dataclass(frozen=True, slots=True)
class Try:
    """A password that was held against what is kept for a name (None: nothing opens it)."""

    name: str
    kept: str | None = field(repr=False)
    fits: bool


def add(
    session: Session,
    email: str,
    role: Role,
    *,
    password: str | None,
    phone: str | None,
    now: datetime,
    name: str | None = None,
    password_until: datetime | None = None,
) -> StaffMember:
    """Create an account, or bring a removed one back with new credentials.

    `name`: the first name that check-ins may be signed with. `password_until`: when the password
    ends (wall time) where somebody else gives it; None where its owner does. Without a password
    one is chosen with a code (`first_codes`), or the identity provider says who it is.
    """
    address = email.strip().lower()
    if not _EMAIL.match(address) or len(address) > 254:
        raise Invalid("email_invalid", "This is not an e-mail address.")
    if password is not None:
        passwords.fit(password, email=address, name=name)
    member = queries.any_by_email(session, address)
    if member is not None and member.removed_at is None:
        raise Conflict("staff_exists", "There is an account with this e-mail address already.")
    if member is None:
        member = StaffMember(email=address, role=role, created_at=now)
        session.add(member)
    member.role, member.removed_at = role, None
    forget_password(member)
    if password is not None:
        member.password_hash, member.password_until = hashing.hashed(password), password_until
    member.name = _name(name)
    _register(session, member, phone)
    session.flush()
    return member


def set_role(session: Session, email: str, role: Role) -> StaffMember:
    """Give another role. The last admin stays one, or nobody could ever make another."""
    member = _active(session, email)
    admins = [each for each in queries.everyone(session) if each.role == Role.ADMIN]
    if admins == [member] and role is not Role.ADMIN:
        raise Conflict("last_admin", "This is the only administrator: make another one first.")
    member.role = role
    return member


def set_password(session: Session, email: str, password: str) -> StaffMember:
    """A new password; whoever was signed in with the old one has to sign in again."""
    member = _active(session, email)
    kept = fit_and_hashed(member, password)
    forget_password(member)
    member.password_hash = kept
    end_log_ins(session, member)
    return member


def change_password(
    session: Session, member: StaffMember, *, old: str, new: str, wall: datetime, now: datetime
) -> bool:
    """One's own: whoever else was signed in as this member has to sign in again, and so has this
    browser. False, and nothing changed, when the old one is wrong. Raises as `check_password`."""
    passwords.fit(new, email=member.email, name=member.name)
    if check_password(session, member.email, old, wall=wall, now=now) is None:
        return False
    set_password(session, member.email, new)
    return True


def must_choose_password(member: StaffMember, *, wall: datetime) -> bool:
    """Whether somebody else has given the password that opens this account now."""
    return member.password_until is not None and member.password_until > wall


def forget_password(member: StaffMember) -> None:
    """No password opens the account any more, and no code leads to one."""
    member.password_hash = member.password_until = None
    member.first_code_hash = member.first_code_until = None


def fit_and_hashed(member: StaffMember, password: str) -> str:
    """What is kept of a password that this member may have. Raises as `passwords.fit`, and
    TooMany as `hashing`."""
    return hashing.hashed(passwords.fit(password, email=member.email, name=member.name))


def set_phone(session: Session, email: str, phone: str) -> StaffMember:
    """Register the number from which a member of staff texts and is paged."""
    member = _active(session, email)
    _register(session, member, phone)
    return member


def revoke_phone(session: Session, email: str) -> StaffMember:
    """A phone is lost: no text from it is a colleague's any more, and its log-ins end at once."""
    member = _active(session, email)
    _register(session, member, None)
    end_log_ins(session, member)
    return member


def remove(session: Session, email: str, *, now: datetime) -> None:
    """End an account and every token of it at once."""
    member = _active(session, email)
    member.removed_at = now
    forget_password(member)
    member.phone = member.phone_index = None
    member.totp_secret = member.totp_since = member.totp_last_step = member.oidc_subject = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == member.id))
    end_log_ins(session, member)


def end_log_ins(session: Session, member: StaffMember) -> None:
    """Every browser and every token of this member has to sign in again."""
    for kind in (StaffToken, StaffSession):
        session.execute(delete(kind).where(kind.staff_id == member.id))


def check_password(
    session: Session, email: str, password: str, *, wall: datetime, now: datetime | None = None
) -> StaffMember | None:
    """Whose name and password these are; None when they do not fit (the failure is noted).

    Raises TooMany after ten failures for a name within 15 minutes, right password or not, and
    where no place is free to try one: a session is open, which must not wait. `now`: product time,
    where it may be another than `wall`.
    """
    kept = kept_of(session, email, wall=wall)
    tried = try_password(email, kept, password, wait=False)
    return settle(session, tried, wall=wall, now=now)


def kept_of(session: Session, email: str, *, wall: datetime) -> str | None:
    """What is kept of the password that opens this name's account now. Raises TooMany after ten
    failures; to be asked for before the work of trying a password."""
    attempts.require_few(session, attempts.Secret.PASSWORD, _name_of(email), wall=wall)
    member = _known(session, email)
    return _opening(member, wall) if member is not None else None


def try_password(email: str, kept: str | None, password: str, *, wait: bool = True) -> Try:
    """Hold a password against what is kept. It takes its time: best with no session open, and
    without `wait` where one is. Raises TooMany as `hashing`."""
    return Try(_name_of(email), kept, hashing.fits(kept, password, wait=wait))


def settle(
    session: Session, tried: Try, *, wall: datetime, now: datetime | None = None
) -> StaffMember | None:
    """What came of a try, counted one by one for a name, however many come together.

    None when it does not fit, or fitted what is kept no more. Raises TooMany as `kept_of`.
    """
    secret = attempts.Secret.PASSWORD
    attempts.one_by_one(session, secret, tried.name)
    attempts.require_few(session, secret, tried.name, wall=wall)
    member = _known(session, tried.name)
    if member is not None and tried.fits and _opening(member, wall) == tried.kept:
        return member
    staff_id = member.id if member is not None else None
    attempts.failed(session, secret, tried.name, staff_id=staff_id, now=now or wall, wall=wall)
    return None


def log_in(session: Session, email: str, password: str, *, wall: datetime) -> str | None:
    """A new bearer token; None when name and password do not fit. Raises as `check_password`."""
    member = check_password(session, email, password, wall=wall)
    return open_token(session, member, wall=wall) if member is not None else None


def open_token(
    session: Session, member: StaffMember, *, wall: datetime, agent: str | None = None
) -> str:
    """A new bearer token of a member who has said who they are."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffToken(
            token_hash=hash_of(token),
            staff_id=member.id,
            agent=readable_agent(agent),
            expires_at=wall + TOKEN_LIFETIME,
        )
    )
    return token


def readable_agent(agent: str | None) -> str | None:
    """What a browser or program calls itself, shortened, so that its owner knows it again."""
    kept = "".join(letter for letter in (agent or "") if letter.isprintable())
    return kept[:LONGEST_AGENT] or None


def authenticate(session: Session, token: str, *, wall: datetime) -> StaffMember:
    """Whose token this is. Raises Unauthenticated."""
    member = queries.by_token_hash(session, hash_of(token), wall=wall)
    if member is None:
        raise Unauthenticated("token_invalid", "Log in again: this token is unknown or has ended.")
    return member


def forget_expired(session: Session, *, wall: datetime) -> None:
    for kind in (StaffToken, StaffSession):
        session.execute(delete(kind).where(kind.expires_at <= wall))
    ended = StaffMember.first_code_until <= wall
    nothing = {"first_code_hash": None, "first_code_until": None}
    session.execute(update(StaffMember).where(ended).values(**nothing))
    session.execute(delete(FailedLogin).where(FailedLogin.at <= wall - attempts.WINDOW))


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _name_of(email: str) -> str:
    return email.strip().lower()


def _known(session: Session, email: str) -> StaffMember | None:
    # What is no address is nobody's, and need not reach the database: it may not even be text.
    return queries.active_by_email(session, email) if _EMAIL.match(email.strip()) else None


def _active(session: Session, email: str) -> StaffMember:
    member = queries.active_by_email(session, email)
    if member is None:
        raise NotFound("staff_unknown", "There is no account with this e-mail address.")
    return member


def _register(session: Session, member: StaffMember, phone: str | None) -> None:
    """A number is one colleague's: whoever texts from it acts in their name."""
    number = to_e164(phone) if phone is not None else None
    holder = queries.active_by_phone(session, number) if number else None
    if holder is not None and holder.id != member.id:
        raise Conflict("phone_taken", "A colleague has registered this phone: revoke it there.")
    member.phone = number
    member.phone_index = database.current().cipher.blind_index(number) if number else None


def _name(name: str | None) -> str | None:
    """A first name of up to 80 characters on one line, or none."""
    words = " ".join((name or "").split())
    if len(words) > LONGEST_NAME or not words.isprintable():
        raise Invalid("name_invalid", f"A name is one line of up to {LONGEST_NAME} characters.")
    return words or None


def _opening(member: StaffMember, wall: datetime) -> str | None:
    """What is kept of the password that opens this account now."""
    has_ended = member.password_until is not None and member.password_until <= wall
    return None if has_ended else member.password_hash
