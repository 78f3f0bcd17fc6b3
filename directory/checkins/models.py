"""Table: checkins."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, UtcDateTime, new_id


class CheckInStatus(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    ANSWERED = "answered"
    DROPPED = "dropped"
    CANCELLED = "cancelled"
    FAILED = "failed"


class CheckIn(Base):
    """One message of a follow-up sequence. `step` counts from 1. Times are product time.

    `queued_at`: handed to the outbox; `sent_at`: taken by the carrier.
    """

    __tablename__ = "checkins"
    __table_args__ = (
        Index("ix_checkins_status_due_at", "status", "due_at"),
        Index("ix_checkins_person_id_due_at", "person_id", "due_at"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"), index=True)
    step: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(10), default=CheckInStatus.PLANNED)
    reason: Mapped[str | None] = mapped_column(String(40))
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(20))
    plan_id: Mapped[str] = mapped_column(String(40), default="standard")
    wording: Mapped[str] = mapped_column(String(40), default="checkin_first")
    asks: Mapped[bool] = mapped_column(Boolean, default=True)
    # Asked whether it is a good time, before the check-in itself goes out.
    safety_asked: Mapped[bool] = mapped_column(Boolean, default=False)
