"""Every SELECT on the CIT programme's members."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.training.models import CitMember


def by_id(session: Session, member_id: str) -> CitMember | None:
    return session.get(CitMember, member_id)


def members(session: Session, *, also_left: bool = False) -> list[CitMember]:
    """Who is in the programme, by unit and name; with `also_left` those who were."""
    statement = select(CitMember)
    if not also_left:
        statement = statement.where(CitMember.left_on.is_(None))
    # Names are encrypted, so the database cannot order them.
    return sorted(session.scalars(statement), key=lambda each: (each.unit, each.name.casefold()))
