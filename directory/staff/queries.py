"""Every SELECT on staff accounts."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import database
from directory.people.models import AuditEntry
from directory.staff.models import (
    FailedLogin,
    RecoveryCode,
    Role,
    StaffMember,
    StaffSession,
    StaffToken,
)


def active_by_id(session: Session, staff_id: str) -> StaffMember | None:
    member = session.get(StaffMember, staff_id)
    return member if member is not None and member.removed_at is None else None


def by_id(session: Session, staff_id: str) -> StaffMember | None:
    """An account, also one that has been removed."""
    return session.get(StaffMember, staff_id)


def active_by_email(session: Session, email: str) -> StaffMember | None:
    return session.scalar(
        select(StaffMember).where(
            StaffMember.email == email.strip().lower(), StaffMember.removed_at.is_(None)
        )
    )


def any_by_email(session: Session, email: str) -> StaffMember | None:
    return session.scalar(select(StaffMember).where(StaffMember.email == email.strip().lower()))


def by_first_code(session: Session, code_hash: str, *, wall: datetime) -> StaffMember | None:
    """Whose code to a first password this is, while it lasts."""
    return session.scalar(
        select(StaffMember).where(
            StaffMember.first_code_hash == code_hash,
            StaffMember.first_code_until > wall,
            StaffMember.removed_at.is_(None),
        )
    )


def active_by_phone(session: Session, phone: str) -> StaffMember | None:
    """The clinician who texts from this E.164 number."""
    index = database.current().cipher.blind_index(phone)
    return session.scalar(
        select(StaffMember).where(
            StaffMember.phone_index == index, StaffMember.removed_at.is_(None)
        )
    )


def by_token_hash(session: Session, token_hash: str, *, wall: datetime) -> StaffMember | None:
    return session.scalar(
        select(StaffMember)
        .join(StaffToken, StaffToken.staff_id == StaffMember.id)
        .where(
            StaffToken.token_hash == token_hash,
            StaffToken.expires_at > wall,
            StaffMember.removed_at.is_(None),
        )
    )


def session_by_hash(
    session: Session, token_hash: str, *, wall: datetime, idle_since: datetime
) -> tuple[StaffSession, StaffMember] | None:
    row = session.execute(
        select(StaffSession, StaffMember)
        .join(StaffMember, StaffMember.id == StaffSession.staff_id)
        .where(
            StaffSession.token_hash == token_hash,
            StaffSession.expires_at > wall,
            StaffSession.seen_at > idle_since,
            StaffMember.removed_at.is_(None),
        )
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


def sessions_of(session: Session, staff_id: str) -> list[StaffSession]:
    """The newest first."""
    return list(
        session.scalars(
            select(StaffSession)
            .where(StaffSession.staff_id == staff_id)
            .order_by(StaffSession.seen_at.desc(), StaffSession.id)
        )
    )


def tokens_of(session: Session, staff_id: str, *, wall: datetime) -> list[StaffToken]:
    """Those that have not ended, the newest first."""
    return list(
        session.scalars(
            select(StaffToken)
            .where(StaffToken.staff_id == staff_id, StaffToken.expires_at > wall)
            .order_by(StaffToken.expires_at.desc(), StaffToken.token_hash)
        )
    )


def failures_since(session: Session, name_index: str, *, since: datetime) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(FailedLogin)
            .where(FailedLogin.name_index == name_index, FailedLogin.at > since)
        )
        or 0
    )


def recovery_codes_left(session: Session, staff_id: str) -> int:
    unused = (RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def by_oidc_subject(session: Session, subject: str) -> StaffMember | None:
    """An active account that the identity provider's `iss` and `sub` belong to."""
    return session.scalar(
        select(StaffMember).where(
            StaffMember.oidc_subject == subject, StaffMember.removed_at.is_(None)
        )
    )


def audited(session: Session, action: str, *, since: datetime, limit: int) -> list[AuditEntry]:
    """What was noted under this action, the newest first."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.action == action, AuditEntry.at > since)
            .order_by(AuditEntry.at.desc(), AuditEntry.id)
            .limit(limit)
        )
    )


def responsible(session: Session) -> list[StaffMember]:
    """Who hears of what went wrong: the supervisors, or the admins where there are none."""
    active = everyone(session)
    supervisors = [each for each in active if each.role == Role.SUPERVISOR]
    return supervisors or [each for each in active if each.role == Role.ADMIN]


def everyone(session: Session) -> list[StaffMember]:
    return list(
        session.scalars(
            select(StaffMember).where(StaffMember.removed_at.is_(None)).order_by(StaffMember.email)
        )
    )
