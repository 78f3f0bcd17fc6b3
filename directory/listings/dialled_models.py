"""Table: numbers that a person has dialled."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, UtcDateTime, new_id


class DialOutcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG = "wrong"


class NumberCheck(Base):
    """That a person dialled a published number, and who answered. `number`: its digits alone.

    A check counts for the number wherever it is listed: before launch, and again each quarter.
    """

    __tablename__ = "number_checks"
    __table_args__ = (Index("ix_number_checks_number_dialled_on", "number", "dialled_on"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20))
    dialled_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(12))
    note: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
