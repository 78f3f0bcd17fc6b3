"""Table: needs that were not met, as counts. No person, no text: who asked is not written here."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base


class Unmet(StrEnum):
    """How a need stayed unmet."""

    NOTHING_FOUND = "nothing_found"  # asked for, and no listing serves it
    DECLINED = "declined"  # the partner said no
    FULL = "full"  # the person came, and the service was full


class UnmetNeed(Base):
    """How often a need stayed unmet in one month and area.

    `month`: its first day, in the programme's time zone. `area`: the name of the place that was
    said, "" where none was or we do not know it.
    """

    __tablename__ = "unmet_needs"
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    need: Mapped[str] = mapped_column(String(30), primary_key=True)
    area: Mapped[str] = mapped_column(String(80), primary_key=True)
    how: Mapped[str] = mapped_column(String(15), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
