"""Table: tasks."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime, new_id


class TaskKind(StrEnum):
    DANGER = "danger"
    CALL_BACK = "call_back"
    REFERRAL_UNANSWERED = "referral_unanswered"
    REFERRAL_DECLINED = "referral_declined"
    SEND_FAILED = "send_failed"
    OPTED_OUT_DANGER = "opted_out_danger"
    LISTING_REPORT = "listing_report"
    UNANSWERED_CHECKINS = "unanswered_checkins"
    REFERRAL_QUESTION = "referral_question"
    REFERRAL_NOT_RECEIVED = "referral_not_received"
    # A text came while a member of staff held the conversation: they answer it.
    TEXT_WAITING = "text_waiting"


class TaskStatus(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"


class Task(Base):
    """`note` says what to do in a staff member's words; it may quote the resident.

    `escalated_at`: it was overdue, and the supervisor has been told.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_status_due_at", "status", "due_at"),
        Index("ix_tasks_kind_created_at", "kind", "created_at"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    referral_id: Mapped[str | None] = mapped_column(String(36))
    inbound_id: Mapped[str | None] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(30))
    status: Mapped[str] = mapped_column(String(10), default=TaskStatus.OPEN)
    note: Mapped[str | None] = mapped_column(Encrypted)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(36))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str | None] = mapped_column(String(36))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_note: Mapped[str | None] = mapped_column(Encrypted)
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    service_id: Mapped[str | None] = mapped_column(String(36))
    # Whose it is before anybody claims it: the clinician of the person or of the referral.
    assigned_to: Mapped[str | None] = mapped_column(String(36), index=True)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
