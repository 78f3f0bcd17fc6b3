"""The switch that holds back everything that we start. Replies, pages and alarms go on.

A row in the database, so that it works whether the system runs or not, and in every process at
once. What went stale while it stood is dropped as ever, never sent late.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.on_call import queries
from directory.on_call.models import Pause


def standing(session: Session) -> bool:
    """Whether nothing that we start may go out now."""
    return queries.pause_standing(session) is not None


def start(session: Session, *, by: str, now: datetime) -> Pause:
    """Hold back what we start. One that stands already is left as it is, and returned.

    `by`: who did it, for the record: `staff:` and an id, or `command`.
    """
    already = queries.pause_standing(session)
    if already is not None:
        return already
    pause = Pause(started_at=now, started_by=by)
    session.add(pause)
    session.flush()
    return pause


def end(session: Session, *, by: str, now: datetime) -> bool:
    """Let everything go on; False when nothing was held back."""
    pauses = queries.pauses_standing(session)  # two, had two people pressed at the same moment
    for pause in pauses:
        pause.ended_at, pause.ended_by = now, by
    return bool(pauses)
