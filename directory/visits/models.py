"""Table: visits."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime, new_id


class CallType(StrEnum):
    MENTAL_HEALTH = "mental_health"
    DOMESTIC_VIOLENCE = "domestic_violence"
    ELDERLY = "elderly"
    SUBSTANCE_USE = "substance_use"
    OTHER_CRISIS = "other_crisis"


class FollowUp(StrEnum):
    """The check-in plans that always exist; supervisors add others (directory.checkins.plans)."""

    STANDARD = "standard"
    NONE = "none"


def _counted(name: str, *columns: str) -> Index:
    """Of visits that count: what figures ask of them is read from it, and no row with what was
    written on scene."""
    counts = text("voided_at IS NULL")
    return Index(name, *columns, sqlite_where=counts, postgresql_where=counts)


class Visit(Base):
    """A response on scene, as the clinician logged it. `follow_up`: the check-in plan's id.

    A voided visit never was: it counts nowhere, and its check-ins are cancelled. `safe_to_text`:
    what was said then; what holds now stands with the person. `upload_index`: by which a row of a
    file is known again, where the visit came in one (directory.visits.uploads); never a content.
    `replaced`: what it said of the person in place of what (directory.visits.replaced); None: not
    kept, for a visit of an earlier version or a voided one.
    """

    __tablename__ = "visits"
    __table_args__ = (
        _counted("ix_visits_counted", "occurred_at", "call_type"),
        # Joined in the order of either, a year of a large programme needs neither sort nor hash.
        _counted("ix_visits_counted_id", "id", "occurred_at"),
        _counted("ix_visits_counted_person_id", "person_id", "occurred_at"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    call_type: Mapped[str] = mapped_column(String(30))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    disposition: Mapped[str | None] = mapped_column(Encrypted)
    follow_up: Mapped[str] = mapped_column(String(20))
    clinician_id: Mapped[str] = mapped_column(String(36))
    safe_to_text: Mapped[bool | None] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by: Mapped[str | None] = mapped_column(String(36))
    void_reason: Mapped[str | None] = mapped_column(Encrypted)
    replaced: Mapped[str | None] = mapped_column(Encrypted)
    upload_index: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
