"""Table: freshness checks."""

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


class FreshnessCheck(Base):
    """One round of asking whether a listing is still right. All instants are product time.

    `outcome`: "confirmed", "changed", "closed" or null while nobody has answered. `by`: who, as
    in `directory.referrals.actors`.
    """

    __tablename__ = "freshness_checks"
    __table_args__ = (Index("ix_freshness_checks_open", "answered_at", "asked_at"),)
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
