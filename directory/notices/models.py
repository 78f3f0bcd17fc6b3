"""Table: notices."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, UtcDateTime, new_id


class NoticeKind(StrEnum):
    """What is to be told; the words stand in bot/wording."""

    # to the resident
    REFERRAL_SENT = "referral_sent"
    REFERRAL_ACCEPTED = "referral_accepted"
    REFERRAL_ON_HOLD = "referral_on_hold"
    OUTCOME_QUESTION = "outcome_question"
    # to a contact of the partner
    REFERRAL_NEW = "referral_new"
    REFERRAL_REMINDER = "referral_reminder"
    REFERRAL_WITHDRAWN = "referral_withdrawn"
    REFERRAL_TAKEN = "referral_taken"
    REFERRAL_ANSWERED = "referral_answered"  # staff has answered the partner's question
    LISTING_CHECK = "listing_check"  # whether what we say of them is still right
    LISTING_CHECK_REMINDER = "listing_check_reminder"
    LISTING_REPORTED = "listing_reported"
    LISTING_CHANGED = "listing_changed"  # to its systems: which fields, not what they say
    LISTING_DECIDED = "listing_decided"  # staff has decided what waited for approval
    SIGN_IN_LINK = "sign_in_link"  # to the partner pages, for who has just asked for it
    SIGNED_IN = "signed_in"  # somebody has used it
    # to staff
    ON_CALL = "on_call"
    TASK_OVERDUE = "task_overdue"
    ALARM = "alarm"


class NoticeStatus(StrEnum):
    """`handed_over`: a text for it stands in the outbox, which knows the rest."""

    PLANNED = "planned"
    HANDED_OVER = "handed_over"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DROPPED = "dropped"


class Notice(Base):
    """One thing to tell one resident, contact or member of staff.

    `due_at`, `expires_at`: product time. `keep_until`, `retry_at`, `claimed_until`: wall time.
    `expires_at` does not count before `keep_until`: a clock that runs fast makes nothing stale.
    `reference` is unique: the same fact never tells the same person twice. `attempts`: tries that
    may have arrived, of an e-mail or a webhook; an outright refusal is none.
    """

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_status_due_at", "status", "due_at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[str | None] = mapped_column(String(36), index=True)
    contact_id: Mapped[str | None] = mapped_column(String(36), index=True)
    staff_id: Mapped[str | None] = mapped_column(String(36), index=True)
    referral_id: Mapped[str | None] = mapped_column(String(36), index=True)
    task_id: Mapped[str | None] = mapped_column(String(36), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reference: Mapped[str] = mapped_column(String(120), unique=True)
    status: Mapped[str] = mapped_column(String(12), default=NoticeStatus.PLANNED)
    reason: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    keep_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retry_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
