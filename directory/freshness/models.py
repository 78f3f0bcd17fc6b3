"""Table: freshness checks. How far a listing is trusted, and what people say is wrong with it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, UtcDateTime, new_id


class Freshness(StrEnum):
    """How far the word of a listing is to be trusted; kept on the service.

    `lowered`: nobody answered, it ranks behind others. `withheld`: nobody did for long, it is no
    longer shown.
    """

    FRESH = "fresh"
    ASKED = "asked"
    LOWERED = "lowered"
    WITHHELD = "withheld"


class Outcome(StrEnum):
    """What came of asking. `changed`: something is wrong with the listing, and staff has to see."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"


class Reported(StrEnum):
    """What residents and staff say of a listing. `wrong_number`: also one that is disconnected."""

    CLOSED = "closed"
    WRONG_NUMBER = "wrong_number"
    WRONG_HOURS = "wrong_hours"
    MOVED = "moved"
    NO_ANSWER = "no_answer"
    FULL = "full"
    NOT_ELIGIBLE = "not_eligible"
    OTHER = "other"


class FreshnessCheck(Base):
    """One round of asking whether a listing is still right. All instants are product time.

    `outcome`: as of `Outcome`, null while nobody has answered. `by`: who, as in
    `directory.referrals.actors`. What was asked in one message shares `round_id`. `told`: a
    partner's contact was asked; else only staff was. `next_step`, `next_at`: what follows from
    silence (`rules.Step`), and when; null when nothing more does. `task_id`: with whom it is now.
    """

    __tablename__ = "freshness_checks"
    __table_args__ = (Index("ix_freshness_checks_open", "answered_at", "next_at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    service_id: Mapped[str] = mapped_column(String(36), index=True)
    organization_id: Mapped[str] = mapped_column(String(36), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lowered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withheld_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(12))
    by: Mapped[str | None] = mapped_column(String(80))
    round_id: Mapped[str] = mapped_column(String(36), default=new_id, index=True)
    told: Mapped[bool] = mapped_column(default=False)
    task_id: Mapped[str | None] = mapped_column(String(36))
    next_step: Mapped[str | None] = mapped_column(String(10))
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
