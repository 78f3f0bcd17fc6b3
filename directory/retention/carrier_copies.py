"""Which copies of texts at the carrier are to be blanked, and when. Who does it is in bot/sms.

A text is put down once it is old enough (product time); tries go by wall time. Putting down goes
along the texts in the order of their times, so that sending and receiving need to note nothing,
but for what is rare: a text that was tried again has left a copy that its row no longer names.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.database import new_id
from directory.messages.models import InboundMessage, OutboundMessage, OutboundStatus
from directory.retention import concerned, holds
from directory.retention.models import CarrierCopiesSeen, CarrierCopy, Direction

AT_ONCE = 500
# The carrier may need days until a text has come to its end (Twilio: up to 14 for a few).
PAUSES = (
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=7),
)
# Who has taken a copy and dies leaves it to others after this.
TAKEN_FOR = timedelta(minutes=5)
TOMORROW = timedelta(days=1)
Text = InboundMessage | OutboundMessage


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy to blank now, as the carrier names it."""

    message_id: str
    provider_id: str


def put_down_due(session: Session, *, older_than: datetime, wall: datetime) -> int:
    """Put down the next texts from before `older_than` (product time); how many."""
    found = sum(_put_down(session, each, older_than, wall=wall) for each in Direction)
    return found + _wake(session, older_than, wall=wall)


def put_down_apart(
    session: Session,
    message: OutboundMessage,
    provider_id: str,
    *,
    due_at: datetime | None = None,
) -> None:
    """Put down a copy that the text's own row does not name: of a try that was lost, or of a text
    that was on its way while its person was erased.

    `due_at`: wall time; None: once the text is old enough, or its person is erased.
    """
    mine = CarrierCopy.person_id == message.person_id
    if session.scalar(select(exists().where(mine, CarrierCopy.provider_id == provider_id))):
        return
    session.add(
        CarrierCopy(
            message_id=new_id(),
            copy_of=message.id,
            direction=Direction.OUTBOUND,
            person_id=message.person_id,
            provider_id=provider_id,
            due_at=due_at,
        )
    )


def put_down_all_of(session: Session, person_id: str, *, wall: datetime) -> None:
    """Put down every text of a person, with what the carrier calls it: their rows forget it."""
    apart = update(CarrierCopy).where(
        CarrierCopy.person_id == person_id, CarrierCopy.copy_of.is_not(None)
    )
    session.execute(apart.values(due_at=wall, given_up_at=None))
    for direction in Direction:
        model, _ = _table(direction)
        # Locked, so that an id that is being noted at this moment is not missed.
        rows = session.execute(
            select(model.id, model.provider_id)
            .where(model.person_id == person_id)
            .order_by(model.id)
            .with_for_update()
        )
        for message_id, provider_id in rows.all():
            if provider_id is None:
                continue
            copy = session.get(CarrierCopy, message_id) or CarrierCopy(
                message_id=message_id, direction=direction, person_id=person_id
            )
            copy.provider_id, copy.due_at, copy.given_up_at = provider_id, wall, None
            session.add(copy)
    session.flush()


def take(session: Session, *, wall: datetime, at_most: int) -> list[Copy]:
    """Copies to blank now; taken, so that of several processes one tries each.

    What is over and was never handed to the carrier has no copy and is forgotten here; what may
    still leave, and what a legal hold covers, is looked at again tomorrow.
    """
    due = session.scalars(
        select(CarrierCopy)
        .where(CarrierCopy.due_at <= wall, CarrierCopy.given_up_at.is_(None))
        .order_by(CarrierCopy.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    ).all()
    found: list[Copy] = []
    on_hold = {
        message_id
        for direction in Direction
        for message_id in concerned.concerning(
            session,
            _table(direction)[0].__tablename__,
            [_text_of(each) for each in due if each.direction == direction],
        )
    }
    for copy in due:
        provider_id = copy.provider_id or _provider_id(session, copy)
        if provider_id is None and _may_still_leave(session, copy):
            copy.due_at = wall + TOMORROW
        elif provider_id is None:
            session.delete(copy)
        elif _text_of(copy) in on_hold or holds.standing_on(session, copy.person_id) is not None:
            copy.due_at = wall + TOMORROW
        else:
            copy.due_at = wall + TAKEN_FOR
            found.append(Copy(copy.message_id, provider_id))
    return found


def blanked(session: Session, message_id: str) -> None:
    """The carrier has nothing of it any more."""
    copy = session.get(CarrierCopy, message_id)
    if copy is not None:
        session.delete(copy)


def try_again(session: Session, message_id: str, *, wall: datetime) -> None:
    """Not this time: again after a pause; when all have passed a person has to look."""
    copy = session.get(CarrierCopy, message_id)
    if copy is None:
        return
    if copy.attempts >= len(PAUSES):
        copy.given_up_at = wall
        return
    copy.due_at = wall + PAUSES[copy.attempts]
    copy.attempts += 1


def put_off(session: Session, message_ids: list[str], *, until: datetime) -> None:
    """The carrier does not answer at all: that is no try of any of them."""
    session.execute(
        update(CarrierCopy).where(CarrierCopy.message_id.in_(message_ids)).values(due_at=until)
    )


def counts(session: Session) -> tuple[int, int]:
    """How many wait to be blanked, and how many were given up."""
    given_up = CarrierCopy.given_up_at.is_not(None)
    rows = session.execute(select(given_up, func.count()).group_by(given_up))
    found = {bool(given): count for given, count in rows}
    return found.get(False, 0), found.get(True, 0)


def _put_down(
    session: Session, direction: Direction, older_than: datetime, *, wall: datetime
) -> int:
    model, at = _table(direction)
    seen = session.get(CarrierCopiesSeen, direction, with_for_update=True)
    if seen is None:
        seen = CarrierCopiesSeen(direction=direction, until_at=_LONG_AGO, until_id="")
        session.add(seen)
    beyond = or_(at > seen.until_at, and_(at == seen.until_at, model.id > seen.until_id))
    rows = session.execute(
        select(model.id, model.person_id, at)
        .where(at < older_than, beyond, ~exists().where(CarrierCopy.message_id == model.id))
        .order_by(at, model.id)
        .limit(AT_ONCE)
    ).all()
    for message_id, person_id, _ in rows:
        session.add(
            CarrierCopy(
                message_id=message_id, direction=direction, person_id=person_id, due_at=wall
            )
        )
    if rows:
        seen.until_id, seen.until_at = rows[-1][0], rows[-1][2]
    return len(rows)


def _wake(session: Session, older_than: datetime, *, wall: datetime) -> int:
    """Copies apart from their texts' rows are due as the texts are."""
    copies = session.scalars(
        select(CarrierCopy)
        .join(OutboundMessage, OutboundMessage.id == CarrierCopy.copy_of)
        .where(CarrierCopy.due_at.is_(None), OutboundMessage.created_at < older_than)
        .limit(AT_ONCE)
    ).all()
    for copy in copies:
        copy.due_at = wall
    return len(copies)


def _text_of(copy: CarrierCopy) -> str:
    return copy.copy_of or copy.message_id


def _provider_id(session: Session, copy: CarrierCopy) -> str | None:
    model, _ = _table(Direction(copy.direction))
    return session.scalar(select(model.provider_id).where(model.id == copy.message_id))


def _may_still_leave(session: Session, copy: CarrierCopy) -> bool:
    """Held back by a pause, or by staff who speak with the person: it has no copy yet."""
    status = select(OutboundMessage.status).where(OutboundMessage.id == copy.message_id)
    return session.scalar(status) in (OutboundStatus.QUEUED, OutboundStatus.SENDING)


def _table(
    direction: Direction,
) -> tuple[type[Any], InstrumentedAttribute[datetime]]:
    if direction is Direction.INBOUND:
        return InboundMessage, InboundMessage.received_at
    return OutboundMessage, OutboundMessage.created_at


_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
