"""Tables: referrals, their history, the questions that partners ask, keys of repeated requests."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime, new_id
from directory.referrals.states import Status


class Priority(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"


def _when_made(context: DefaultExecutionContext) -> datetime | None:
    """A row that is written as one that was sent already was sent when it was made."""
    row = context.current_parameters or {}
    made: datetime | None = row.get("created_at")
    return None if row.get("status") == Status.DRAFT else made


class Referral(Base):
    """A request that a partner help one person. Times are product time.

    `requested_at`: when it was sent to the partner, which may be long after it was drafted.
    `remind_at`, `escalate_at`: when the partner's silence counts; `ask_at`: when the person is
    asked what came of it. `suggestions`: ids of the next best services, found when it was
    declined, unanswered or came to nothing. `replaces_id`: the referral that this one follows.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_person_id_created_at", "person_id", "created_at"),
        Index("ix_referrals_organization_id_created_at", "organization_id", "created_at"),
        Index("ix_referrals_status_created_at", "status", "created_at"),
        # How long a referral has been what it is, for each column of the board.
        Index("ix_referrals_status_changed_at", "status", "changed_at"),
        # All that figures ask of referrals: their rows, with what was written, are not read.
        Index(
            "ix_referrals_measured",
            *("requested_at", "status", "organization_id", "need", "outcome", "answered_at"),
        ),
        Index("ix_referrals_id_person_id_status", "id", "person_id", "status"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    service_id: Mapped[str] = mapped_column(String(36), index=True)
    organization_id: Mapped[str] = mapped_column(String(36))
    need: Mapped[str | None] = mapped_column(String(30))
    priority: Mapped[str] = mapped_column(String(10), default=Priority.ROUTINE)
    reason: Mapped[str | None] = mapped_column(Encrypted)
    status: Mapped[str] = mapped_column(String(20), default=Status.REQUESTED)
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_reason: Mapped[str | None] = mapped_column(String(20))
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(80))
    clinician_id: Mapped[str | None] = mapped_column(String(36), index=True)
    visit_id: Mapped[str | None] = mapped_column(String(36))
    replaces_id: Mapped[str | None] = mapped_column(String(36), index=True)
    external_id: Mapped[str | None] = mapped_column(String(200), index=True)
    suggestions: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=_when_made)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    escalate_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    ask_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    asked_times: Mapped[int] = mapped_column(Integer, default=0)


class ReferralEvent(Base):
    """One line of the history: what it became, when, by whom and why."""

    __tablename__ = "referral_events"
    __table_args__ = (
        UniqueConstraint("referral_id", "sequence"),
        # In the order of referrals: who was accepted when is found without a sort or a hash.
        Index("ix_referral_events_status_referral_id_at", "status", "referral_id", "at"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"), index=True)
    sequence: Mapped[int] = mapped_column(Integer)
    was: Mapped[str | None] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(Encrypted)


class ReferralRemark(Base):
    """A question or an answer between partner and staff; it moves nothing."""

    __tablename__ = "referral_remarks"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    referral_id: Mapped[str] = mapped_column(ForeignKey("referrals.id"), index=True)
    by: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Encrypted)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListingReport(Base):
    """What a resident or staff says is wrong with a listing. `note` may quote them."""

    __tablename__ = "listing_reports"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    service_id: Mapped[str] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Encrypted)
    reported_by: Mapped[str] = mapped_column(String(80))
    referral_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[str | None] = mapped_column(String(80))
