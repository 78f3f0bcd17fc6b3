"""The slots of a sending number: when each of its texts may leave, so many a second.

Shared by all processes through one row a number.
"""

from datetime import datetime, timedelta
from typing import Self

from sqlalchemy.orm import Session

from directory import database
from directory.messages.models import SendPace

# Nobody reserves nearly as far ahead (bot/sms/pace.py, bot/sms/deliver.py): a slot beyond was taken
# by a clock that ran ahead and has been set right, and would keep the number silent until then.
FURTHEST = timedelta(minutes=1)


class Slots:
    """The free slots of one number, for as long as the transaction lasts (wall time)."""

    def __init__(self, pace: SendPace, *, rate: float, wall: datetime) -> None:
        self._pace = pace
        self.wall = wall
        self._step = timedelta(seconds=1 / rate)

    @classmethod
    def of(cls, session: Session, sender: str, *, rate: float, wall: datetime) -> Self:
        """Those of `sender`, at `rate` texts a second; nobody else takes any meanwhile. Must be
        called in a writing transaction."""
        pace = session.get(SendPace, sender, with_for_update=True)
        return cls(pace or _first(session, sender, wall=wall), rate=rate, wall=wall)

    @property
    def next(self) -> datetime:
        return _free_at(self._pace, wall=self.wall)

    def take(self, *, within: timedelta | None = None) -> datetime | None:
        """The next slot, reserved; None, and nothing reserved, when it is further off than
        `within`."""
        slot = self.next
        if within is not None and slot - self.wall > within:
            return None
        self._pace.next_at = slot + self._step
        return slot


def next_slot(session: Session, sender: str, *, wall: datetime) -> datetime:
    """The next instant that nobody has reserved; only looked at."""
    pace = session.get(SendPace, sender)
    return wall if pace is None else _free_at(pace, wall=wall)


def _free_at(pace: SendPace, *, wall: datetime) -> datetime:
    return wall if pace.next_at - wall > FURTHEST else max(pace.next_at, wall)


def _first(session: Session, sender: str, *, wall: datetime) -> SendPace:
    new = database.insert_unless_there(
        session, SendPace, {"sender": sender, "next_at": wall}, unique="sender"
    )
    # None: another process was first.
    return new or session.get_one(SendPace, sender, with_for_update=True)
