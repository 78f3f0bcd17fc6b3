"""Whose turn it is: how many texts a second may leave a number, and which of them first.

What can wait takes only the nearest slots. So, however much of it waits, a danger reply finds a
slot within moments and any other reply soon after, and the number still never sends faster than
its rate.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.messages import order, outbox
from directory.messages.models import OutboundMessage, SendPriority
from directory.messages.slots import Slots, next_slot

# How far ahead of its time a text may take a slot (wall time). Each may look further than what
# comes after it. The last one is longer than the pause between two looks at what waits, or the
# number would idle; and short, since what has a slot leaves whatever comes meanwhile.
HORIZON = {
    SendPriority.DANGER: timedelta(seconds=5),
    SendPriority.REPLY: timedelta(seconds=4),
    SendPriority.NOTICE: timedelta(seconds=2),
    SendPriority.CHECKIN: timedelta(seconds=1),
}
# The most that is taken up at once, however fast the number may send: whoever else wants to write
# waits for as long as that takes.
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Pace:
    """`rate` texts a second from `sender` (our number, or a messaging service)."""

    sender: str
    rate: float

    def slots(self, session: Session, *, wall: datetime) -> Slots:
        """The free slots; nobody else takes any until the transaction ends."""
        return Slots.of(session, self.sender, rate=self.rate, wall=wall)

    def reserve(
        self, session: Session, message: OutboundMessage, slots: Slots, *, now: datetime
    ) -> datetime | None:
        """When this text may leave (wall time); None, and nothing reserved, when it is not its
        turn yet. Who finds no slot stays in the queue, and is looked at again."""
        again = order.turn_at(session, message, now=now, wall=slots.wall)
        if again is not None:
            message.retry_at = again
            return None
        return slots.take(within=HORIZON[SendPriority(message.priority)])

    def next_up(
        self, session: Session, *, now: datetime, wall: datetime, replies_only: bool
    ) -> list[str]:
        """Ids of texts that may take a slot now, the most urgent first. Of each kind no more than
        find one, so that the rest of a long queue is left alone."""
        if not outbox.anything_due(session, now=now, wall=wall):
            return []
        ahead = next_slot(session, self.sender, wall=wall) - wall
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
