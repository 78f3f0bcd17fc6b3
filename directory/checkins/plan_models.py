"""Table: checkin_plans, the sequences that supervisors edit."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, UtcDateTime


class CheckinPlan(Base):
    """A sequence of check-ins. `id` is its name in the API: `standard`, `caring_contacts`…

    `steps`: `[{"after_hours": 24, "wording": "checkin_first", "asks": true}, …]`. `asks`: it asks
    for an answer, so silence counts. `working_days_only`: none on weekends and holidays.
    `safe_first`: asks whether it is a good time before anything else. `named_sender`: says the
    clinician's first name. `default_for`: call types that take this plan unless told otherwise.
    """

    __tablename__ = "checkin_plans"
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    working_days_only: Mapped[bool] = mapped_column(Boolean, default=False)
    safe_first: Mapped[bool] = mapped_column(Boolean, default=False)
    named_sender: Mapped[bool] = mapped_column(Boolean, default=False)
    default_for: Mapped[list[str]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    changed_by: Mapped[str] = mapped_column(String(36))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
