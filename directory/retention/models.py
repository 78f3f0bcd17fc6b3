"""Tables: legal holds, runs of the purge, and what is to be blanked at the carrier."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime, new_id


class LegalHold(Base):
    """What counsel has ordered to be kept: one person's record, or (`person_id` null) everything.

    It stands until `released_at`; until then neither purge nor erase touches what it covers.
    """

    __tablename__ = "legal_holds"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    reason: Mapped[str] = mapped_column(Encrypted)
    placed_by: Mapped[str] = mapped_column(String(60))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_by: Mapped[str | None] = mapped_column(String(60))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RetentionRun(Base):
    """One purge: by whom, when, and how many rows of each rule it took. Counts only.

    `night`: the local day of a nightly run, so that of several processes one does it.
    """

    __tablename__ = "retention_runs"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    night: Mapped[date | None] = mapped_column(Date, unique=True)
    by: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Direction(StrEnum):
    """Which way a text went."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class CarrierCopy(Base):
    """A text whose copy at the carrier is to be blanked. `due_at`: wall time of the next try.

    `provider_id` is null while the text itself still tells it. A copy of a try that the text's own
    row does not tell is a row of its own: the text is `copy_of` then, and `due_at` null until the
    text is old enough. A copy that is blanked has no row any more; one that the carrier would not
    blank stays, with `given_up_at`.
    """

    __tablename__ = "carrier_copies"
    message_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    direction: Mapped[str] = mapped_column(String(8))
    copy_of: Mapped[str | None] = mapped_column(String(36))
    person_id: Mapped[str] = mapped_column(String(36), index=True)
    provider_id: Mapped[str | None] = mapped_column(String(64))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CarrierCopiesSeen(Base):
    """Up to which text of a direction all have been put down to be blanked (product time)."""

    __tablename__ = "carrier_copies_seen"
    direction: Mapped[str] = mapped_column(String(8), primary_key=True)
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_id: Mapped[str] = mapped_column(String(36))
