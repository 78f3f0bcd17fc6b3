"""Table: backups and restores of this database, as it knows of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, UtcDateTime, new_id


class BackupKind(StrEnum):
    MADE = "made"
    RESTORED = "restored"


class BackupRun(Base):
    """A backup that was made of this database, or the one that it was restored from.

    `at`: wall time; of a restore, when the backup was made that it came from. `keys`: the
    names of the encryption keys in use then, the newest first, so that a lost one has a name.
    """

    __tablename__ = "backup_runs"
    __table_args__ = (Index("ix_backup_runs_kind_at", "kind", "at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revision: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(BigInteger)
    keys: Mapped[str] = mapped_column(String(400))
