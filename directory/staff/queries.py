"""Every SELECT on staff accounts."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import database
from directory.staff.models import FailedLogin, StaffMember, StaffToken


def active_by_email(session: Session, email: str) -> StaffMember | None:
    return session.scalar(
        select(StaffMember).where(
            StaffMember.email == email.strip().lower(), StaffMember.removed_at.is_(None)
        )
    )


def any_by_email(session: Session, email: str) -> StaffMember | None:
    return session.scalar(select(StaffMember).where(StaffMember.email == email.strip().lower()))


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


def failures_since(session: Session, name_index: str, *, since: datetime) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(FailedLogin)
            .where(FailedLogin.name_index == name_index, FailedLogin.at > since)
        )
        or 0
    )


def everyone(session: Session) -> list[StaffMember]:
    return list(
        session.scalars(
            select(StaffMember).where(StaffMember.removed_at.is_(None)).order_by(StaffMember.email)
        )
    )
