"""Table: mandated reports."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, Encrypted, UtcDateTime, new_id


class ReportKind(StrEnum):
    """Whom the report is about."""

    CHILD = "child"
    ELDER = "elder"
    DISABILITY = "disability"
    OTHER = "other"


class Agency(StrEnum):
    """Who took the report."""

    DCFS = "dcfs"  # Department of Children and Family Services
    ADULT_PROTECTIVE_SERVICES = "adult_protective_services"
    OTHER = "other"


class MandatedReport(Base):
    """That a report was made: of what kind, when, to whom, under which number of theirs.

    Never what it said. Nothing changes a row; a mistake is mended by another one that names it
    (`corrects_id`), so that both can be read.
    """

    __tablename__ = "mandated_reports"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    agency: Mapped[str] = mapped_column(String(30))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reference: Mapped[str | None] = mapped_column(Encrypted)
    corrects_id: Mapped[str | None] = mapped_column(String(36))
    recorded_by: Mapped[str] = mapped_column(String(36))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
