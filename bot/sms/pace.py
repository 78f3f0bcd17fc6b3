"""Whose turn it is: how many texts a second may leave a number, and which of them first.

What can wait takes only the nearest slots. So, however much of it waits, a danger reply finds a
slot within moments and any other reply soon after, and the number still never sends faster than
its rate.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.messages import outbox
from directory.messages.models import OutboundMessage, SendPriority

# How far ahead of its time a text may take a slot (wall time). Each may look further than what
# comes after it. The last one is longer than a look of the sweep, or the number would idle.
HORIZON = {
    SendPriority.DANGER: timedelta(seconds=5),
    SendPriority.REPLY: timedelta(seconds=4),
    SendPriority.NOTICE: timedelta(seconds=2.5),
    SendPriority.CHECKIN: timedelta(seconds=1.5),
}
# The most that one look hands to the senders, however fast the number may send.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """`rate` texts a second from `sender` (our number, or a messaging service)."""

    sender: str
    rate: float

    def reserve(
        self, session: Session, message: OutboundMessage, *, now: datetime, wall: datetime
    ) -> datetime | None:
        """When this text may leave (wall time); None, and nothing reserved, when it is not its
        turn yet. Who finds no slot stays in the queue; the sweep comes back to it."""
        if outbox.earlier_part_waits(session, message, now=now):
            return None
        horizon = HORIZON[SendPriority(message.priority)]
        return outbox.reserve_slot(session, self.sender, rate=self.rate, wall=wall, within=horizon)

    def next_up(
        self, session: Session, *, now: datetime, wall: datetime, replies_only: bool
    ) -> list[str]:
        """Ids of texts that may take a slot now, the most urgent first. Of each kind no more than
        find one, so that the rest of a long queue is left alone."""
        ahead = outbox.next_slot(session, self.sender, wall=wall) - wall
        found: list[str] = []
        for priority in SendPriority:
            free = min(room(ahead, HORIZON[priority], self.rate), AT_ONCE) - len(found)
            if free > 0:
                found += outbox.due(
                    session,
                    now=now,
                    wall=wall,
                    limit=free,
                    priority=priority,
                    replies_only=replies_only,
                )
        return found


def room(ahead: timedelta, horizon: timedelta, rate: float) -> int:
    """How many slots are free up to `horizon`, the next one being `ahead` from now. Pure."""
    if ahead > horizon:
        return 0
    return int((horizon - ahead).total_seconds() * rate) + 1
