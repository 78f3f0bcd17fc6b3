"""Table: members of the CIT programme."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Float, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime, new_id


class Unit(StrEnum):
    """Where somebody serves. The city's goal counts officers and designated staff."""

    PATROL = "patrol"
    DISPATCH = "dispatch"
    SOCIAL_SERVICES = "social_services"
    FIRE = "fire"
    OTHER = "other"


class CitMember(Base):
    """An officer or a member of staff in the programme. `hours`: of the 40-hour course."""

    __tablename__ = "cit_members"
    __table_args__ = (CheckConstraint("hours >= 0", name="hours"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(Encrypted)
    unit: Mapped[str] = mapped_column(String(20))
    hours: Mapped[float] = mapped_column(Float, default=0.0)
    certified_on: Mapped[date | None]
    left_on: Mapped[date | None]
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
