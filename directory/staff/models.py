"""Tables: staff, their tokens and sessions, failed log-ins."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime, new_id


class Role(StrEnum):
    CLINICIAN = "clinician"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class StaffMember(Base):
    """`phone` is the registered number from which a clinician may text."""

    __tablename__ = "staff"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    # The first name that check-ins may be signed with.
    name: Mapped[str | None] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(12))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    # Until when it opens, where somebody else has given it; null: its owner has chosen it.
    password_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # SHA-256 of the code with which the owner chooses a password, and its end. Wall time, both.
    first_code_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    first_code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    phone: Mapped[str | None] = mapped_column(Encrypted)
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of the console. Null: as the browser asks.
    language: Mapped[str | None] = mapped_column(String(2))
    # The second step (RFC 6238). It counts from `totp_since` on; before, it is being set up.
    # `totp_last_step`: the time step of the last code that was taken, so that none is taken twice.
    totp_secret: Mapped[str | None] = mapped_column(Encrypted)
    totp_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_last_step: Mapped[int | None]
    # `iss` and `sub` of the identity provider, joined by a space.
    oidc_subject: Mapped[str | None] = mapped_column(String(400), index=True)


class RecoveryCode(Base):
    """Stands in for the second step once, when the phone is lost; kept as a keyed hash."""

    __tablename__ = "staff_recovery_codes"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """A browser that is signed in to the console. The cookie's SHA-256 only; times are wall time.

    `agent`: what the browser calls itself, shortened, so that its owner knows it again.
    """

    __tablename__ = "staff_sessions"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    agent: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class StaffToken(Base):
    """A bearer token, kept as its SHA-256 only. Times are wall time.

    `agent`: as of a session, what the program calls itself.
    """

    __tablename__ = "staff_tokens"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    agent: Mapped[str | None] = mapped_column(String(120))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FailedLogin(Base):
    """One wrong password or code. The name is a blind index: it may be a typed-in password."""

    __tablename__ = "failed_logins"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name_index: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
