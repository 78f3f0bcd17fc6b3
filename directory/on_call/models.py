"""Tables: on-call shifts, pages, alarms and the switch that holds back what we start."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, UtcDateTime, new_id


class OnCallShift(Base):
    """A member of staff answers pages from `starts_at` until `ends_at` (product time).

    `position`: 1 is paged first, then 2, and so on.
    """

    __tablename__ = "on_call_shifts"
    __table_args__ = (Index("ix_on_call_shifts_starts_at_ends_at", "starts_at", "ends_at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    position: Mapped[int] = mapped_column(Integer, default=1)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(36))


class Page(Base):
    """One text to one on-call phone about one task; `acknowledged_at` ends the round.

    The next is paged at `next_at` (product time), though not before `next_wall_at` (wall time).
    """

    __tablename__ = "pages"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), index=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    round: Mapped[int] = mapped_column(Integer, default=1)
    paged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    next_wall_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AlarmKind(StrEnum):
    SCHEDULER_QUIET = "scheduler_quiet"
    CARRIER_QUIET = "carrier_quiet"
    NOBODY_ON_CALL = "nobody_on_call"
    STEP_FAILING = "step_failing"


class Alarm(Base):
    """Something that only a person can look after. Times are wall time.

    `standing`: its kind until it is cleared. It is unique, so that of several processes that see
    the same thing one raises it.
    """

    __tablename__ = "alarms"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    standing: Mapped[str | None] = mapped_column(String(20), unique=True)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Pause(Base):
    """While one stands (`ended_at` empty) nothing that we start goes out; replies do."""

    __tablename__ = "pauses"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[str] = mapped_column(String(80))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    ended_by: Mapped[str | None] = mapped_column(String(80))
