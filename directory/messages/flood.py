"""Whether one number sends more texts than anybody writes: another machine, or a prank.

Judged by when the texts came, so that a text is judged the same whenever it is answered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.messages.models import InboundMessage

# More than so many texts within so long, for each text a minute that is allowed. The second catches
# two machines that answer each other at leisure: four minutes' worth within an hour.
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_IN_AN_HOUR = 4
Limits = tuple[tuple[int, timedelta], ...]


@dataclass(frozen=True, slots=True)
class Flood:
    """`first`: this is the text with which it began."""

    first: bool


def flood_of(
    session: Session, inbound: InboundMessage, *, a_minute: int, speed: float = 1.0
) -> Flood | None:
    """The flood that `inbound` is part of, if any. `a_minute`: texts that are none; 0: any number.

    `speed`: how much faster product time runs than the wall's, by which people (and machines) text.
    """
    number = inbound.sequence
    if not a_minute or number <= a_minute:
        return None
    limits = ((a_minute, _MINUTE * speed), (a_minute * _IN_AN_HOUR, _HOUR * speed))
    looked_at = {number - 1} | {number - most - back for most, _ in limits for back in (0, 1)}
    times = _received(session, inbound.person_id, looked_at) | {number: inbound.received_at}
    if not _is_over(times, number, limits):
        return None
    return Flood(first=not _is_over(times, number - 1, limits))


def _is_over(times: dict[int, datetime], number: int, limits: Limits) -> bool:
    return number in times and any(
        number - most in times and times[number] - times[number - most] < within
        for most, within in limits
    )


def _received(session: Session, person_id: str, numbers: set[int]) -> dict[int, datetime]:
    rows = session.execute(
        select(InboundMessage.sequence, InboundMessage.received_at).where(
            InboundMessage.person_id == person_id, InboundMessage.sequence.in_(numbers)
        )
    )
    return {row[0]: row[1] for row in rows}
