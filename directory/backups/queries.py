"""Every SELECT on backups."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.backups.models import BackupKind, BackupRun


def last_made_at(session: Session) -> datetime | None:
    """When (wall time) the newest backup was made; None for never."""
    made = BackupRun.kind == BackupKind.MADE
    return session.scalar(select(func.max(BackupRun.at)).where(made))


def last_restore(session: Session) -> BackupRun | None:
    """The restore that this database came from, if it did; the newest."""
    return session.scalar(
        select(BackupRun)
        .where(BackupRun.kind == BackupKind.RESTORED)
        .order_by(BackupRun.noted_at.desc())
        .limit(1)
    )


def keys_by_time(session: Session) -> list[tuple[datetime, str]]:
    """Which keys were in use when, as far as backups tell; the oldest first."""
    rows = session.execute(select(BackupRun.at, BackupRun.keys).order_by(BackupRun.at))
    return [(at, keys) for at, keys in rows]
