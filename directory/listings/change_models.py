"""Tables that tell how listings came to be as they are: changes, notices, doubles, imports."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, UtcDateTime, new_id


class ChangeStatus(StrEnum):
    """`applied` at once, or `pending` until staff approve or decline it."""

    APPLIED = "applied"
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ListingChange(Base):
    """One field of one listing, before and after. What was sent together shares `change_set`.

    `field`: the HSDS field of the service ("phones", "status", "eligibility_description"…) or
    "confirmed". `before`, `after`: its HSDS value, null where there was none. `by`: who, as in
    `directory.referrals.actors` ("partner:<key or contact id>", "staff:<id>", "import:<run>").
    No foreign key: the log outlives what it tells of.
    """

    __tablename__ = "listing_changes"
    __table_args__ = (
        Index("ix_listing_changes_service_id_at", "service_id", "at"),
        Index("ix_listing_changes_status", "status"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    change_set: Mapped[str] = mapped_column(String(36), index=True)
    organization_id: Mapped[str] = mapped_column(String(36), index=True)
    service_id: Mapped[str] = mapped_column(String(36))
    field: Mapped[str] = mapped_column(String(60))
    before: Mapped[Any] = mapped_column(JSON, nullable=True)
    after: Mapped[Any] = mapped_column(JSON, nullable=True)
    status: Mapped[str] = mapped_column(String(10), default=ChangeStatus.APPLIED)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
    # What waits is somebody's task; the changes that were sent together share it.
    task_id: Mapped[str | None] = mapped_column(String(36))


class ListingEvent(Base):
    """That a listing changed, in the order of commits: what every search index follows.

    `sequence` is drawn from the one row of `catalogue_version`, whose lock is held until the
    commit, so that no event appears behind one already read. `version` is the random value that
    the row had then: a sequence that was rolled back and drawn again is told apart by it.
    `service_id` null: anything may have changed.
    """

    __tablename__ = "listing_events"
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(String(36))
    service_id: Mapped[str | None] = mapped_column(String(36))


class Tombstone(Base):
    """A listing that is no longer there, so that who asks for changes learns of its end.

    `entity`: the HSDS object ("service", "organization", "service_at_location"). `successor_id`:
    what it was merged into.
    """

    __tablename__ = "tombstones"
    __table_args__ = (
        UniqueConstraint("entity", "entity_id"),
        Index("ix_tombstones_deleted_at", "deleted_at"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str] = mapped_column(String(36))
    name: Mapped[str | None] = mapped_column(Text)
    successor_id: Mapped[str | None] = mapped_column(String(36))
    deleted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ServiceNotice(Base):
    """A passing word on a listing: closed for a time (`closure`), or good to know (`notice`).

    It counts from `starts_at` until `ends_at` (product time) and then ends by itself.
    """

    __tablename__ = "service_notices"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    service_id: Mapped[str] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str | None] = mapped_column(Text)
    text_es: Mapped[str | None] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # That it has begun, and ended, has been told to every index.
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DuplicateStatus(StrEnum):
    OPEN = "open"
    MERGED = "merged"
    DISTINCT = "distinct"  # a person looked: these are two


class DuplicatePair(Base):
    """Two listings that are probably one, and what a person decided.

    `entity`: "service" or "organization"; `first_id` < `second_id`. `score`: 0 to 1. `reasons`:
    what is alike ("name", "phone", "address") with its own score. `kept_id` and `undo` tell after
    a merge which one stayed and everything that is needed to take the merge back.
    """

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        UniqueConstraint("entity", "first_id", "second_id"),
        Index("ix_duplicate_pairs_status_score", "status", "score"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    entity: Mapped[str] = mapped_column(String(20))
    first_id: Mapped[str] = mapped_column(String(36), index=True)
    second_id: Mapped[str] = mapped_column(String(36), index=True)
    score: Mapped[float] = mapped_column(Float)
    reasons: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    status: Mapped[str] = mapped_column(String(10), default=DuplicateStatus.OPEN)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept_id: Mapped[str | None] = mapped_column(String(36))
    undo: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ImportRun(Base):
    """One import: from where, by whom, and what became of its rows."""

    __tablename__ = "import_runs"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    source: Mapped[str] = mapped_column(String(120))
    format: Mapped[str] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    mistakes: Mapped[list[Any]] = mapped_column(JSON, default=list)
