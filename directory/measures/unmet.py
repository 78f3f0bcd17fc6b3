"""Noting that a need was not met: one more in a count, never a word on who it was."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from directory import database
from directory.conversations import service as conversations
from directory.measures.models import Unmet, UnmetNeed
from directory.needs import taxonomy
from directory.search import place_in

LONGEST_AREA = 80


def note(
    session: Session, needs: Iterable[str], how: Unmet, *, area: str | None, now: datetime
) -> None:
    """Count each of these needs once more. `area`: as it was said; only a known place is kept."""
    month = now.astimezone(database.current().settings.zone).date().replace(day=1)
    for need in sorted(set(needs) & set(taxonomy())):
        values = {"month": month, "need": need, "area": area_of(area), "how": how.value, "count": 1}
        session.execute(_one_more(session, values))


def note_for_person(
    session: Session, person_id: str, need: str | None, how: Unmet, *, now: datetime
) -> None:
    """The same for a need of somebody whose place may be known from what they texted."""
    if need is not None:
        area = conversations.load(session, person_id).place
        note(session, (need,), how, area=area, now=now)


def area_of(said: str | None) -> str:
    """The name of a place that we know; "" for anything else, which might be an address."""
    place = place_in(said) if said else None
    return place.name[:LONGEST_AREA] if place else ""


def _one_more(session: Session, values: dict[str, Any]) -> Insert:
    """Two who count at once both count: the database adds, not we."""
    if session.get_bind().dialect.name == "postgresql":
        counting = postgresql.insert(UnmetNeed).values(values)
        return counting.on_conflict_do_update(
            index_elements=["month", "need", "area", "how"],
            set_={"count": UnmetNeed.count + 1},
        )
    kept = sqlite.insert(UnmetNeed).values(values)
    return kept.on_conflict_do_update(
        index_elements=["month", "need", "area", "how"], set_={"count": UnmetNeed.count + 1}
    )
