"""Every SELECT on visits."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.visits.models import Visit


def count_of(session: Session, person_id: str) -> int:
    """How often this person was visited."""
    return (
        session.scalar(select(func.count()).select_from(Visit).where(Visit.person_id == person_id))
        or 0
    )
