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
    """One message of a follow-up sequence. Times are product time.

    `step`: its place in the plan, from 1. `queued_at`: handed to the outbox; `sent_at`: taken by
    the carrier. What the plan said when this was planned is copied here, so that a change of the
    plan leaves it as it was: `wording` (a key; which version is chosen when it goes out), `asks`
    (for an answer, so that silence counts), `safe_first` and `named_sender`.
    With `safe_first` the first text only asks whether it is a good time (`safety_asked`); what the
    wording says goes out as the reply to a yes (`safety_confirmed_at`).
    """

    __tablename__ = "checkins"
    __table_args__ = (
        Index("ix_checkins_status_due_at", "status", "due_at"),
        Index("ix_checkins_person_id_due_at", "person_id", "due_at"),
        # What one person has planned: without it a planner may walk through what everybody has.
        Index("ix_checkins_person_id_status_due_at", "person_id", "status", "due_at"),
        # Those of a visit; and which of them was sent first, for all visits at once.
        Index("ix_checkins_visit_id_sent_at", "visit_id", "sent_at"),
        # All that figures ask of check-ins.
        Index("ix_checkins_measured", "due_at", "status", "asks", "answer"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    step: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(10), default=CheckInStatus.PLANNED)
    reason: Mapped[str | None] = mapped_column(String(40))
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(20))
    plan_id: Mapped[str] = mapped_column(String(20), default="standard")
    wording: Mapped[str] = mapped_column(String(40), default="checkin_first")
    # The approved version that was sent; None for a sentence that is shipped, and before.
    wording_version: Mapped[int | None] = mapped_column(Integer)
    asks: Mapped[bool] = mapped_column(Boolean, default=True)
    named_sender: Mapped[bool] = mapped_column(Boolean, default=False)
    safe_first: Mapped[bool] = mapped_column(Boolean, default=False)
    safety_asked: Mapped[bool] = mapped_column(Boolean, default=False)
    safety_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    safety_refusals: Mapped[int] = mapped_column(Integer, default=0)
