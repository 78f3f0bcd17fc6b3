"""Table: how much of its allowance each known caller has used up."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, UtcDateTime


class CallerPace(Base):
    """One row for each key or account that has ever called; see directory.rates (wall time)."""

    __tablename__ = "caller_pace"
    caller: Mapped[str] = mapped_column(String(64), primary_key=True)
    free_at: Mapped[datetime] = mapped_column(UtcDateTime)
