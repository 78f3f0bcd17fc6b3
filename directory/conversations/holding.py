"""A member of staff speaks with a person, and the bot stands aside; then it is handed back.

A hold that is forgotten would leave the person in silence, so it ends by itself: two hours after
staff's last word, or when a text of the person has waited for two hours.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.conversations import queries
from directory.conversations import service as conversations
from directory.conversations.memory import Memory
from directory.conversations.models import Conversation
from directory.errors import Conflict
from directory.messages.models import InboundMessage
from directory.partners import queries as partners
from directory.people.models import Person
from directory.staff import queries as staff
from directory.tasks import queries as task_queries
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

# Product time. Long enough for a talk with pauses, short enough to wait for.
ENDS_AFTER = timedelta(hours=2)
ANSWERED = "Answered by text."


@dataclass(frozen=True, slots=True)
class Hold:
    """`since`: product time."""

    staff_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """A hold that is over. `waiting`: the text of the person that nobody has answered, if any."""

    hold: Hold
    person_id: str
    waiting: InboundMessage | None


def standing(session: Session, person_id: str) -> Hold | None:
    """Who speaks with this person now."""
    return _hold_of(queries.by_person(session, person_id))


def take(
    session: Session,
    person: Person,
    *,
    by: str,
    now: datetime,
    instead_of: str | None = None,
) -> Hold:
    """The bot stands aside for `by`; what is held by them already stays as it is.

    `instead_of`: the colleague from whom it is knowingly taken over. Raises Conflict `held` where
    a colleague holds it, and `not_a_resident` for the phone of staff or of a partner's contact:
    what these text are commands and answers that only the bot understands.
    """
    if staff.active_by_phone(session, person.phone) or partners.contacts_by_address(
        session, person.phone
    ):
        raise Conflict(
            "not_a_resident",
            "This phone is that of a colleague or of a partner's contact: call them instead.",
        )
    conversations.begin(session, person.id)
    row = queries.by_person(session, person.id, for_update=True)
    hold = _hold_of(row)
    if hold is not None and hold.staff_id == by:
        return hold
    if hold is not None and hold.staff_id != instead_of:
        raise Conflict(
            "held",
            "A colleague speaks with this person. Talk to them, or take it over knowingly.",
            held_by=hold.staff_id,
        )
    assert row is not None  # noqa: S101  # begin has made it
    # Numbers that the bot has asked for mean nothing any more once staff has asked something.
    memory = Memory.from_text(row.memory)
    memory = replace(memory, question=None, about_referral=None, results=None, shown=0)
    row.memory = memory.as_text()
    row.held_by, row.held_since = by, now
    return Hold(by, now)


def hand_back(session: Session, person_id: str) -> bool:
    """The bot answers again; False when it did already."""
    row = queries.by_person(session, person_id, for_update=True)
    if row is None or row.held_by is None:
        return False
    row.held_by = row.held_since = None
    return True


def end_silent(session: Session, *, now: datetime) -> list[Ended]:
    """Hand back what has been silent on our side for too long."""
    ended = []
    for row in queries.held(session, since_before=now - ENDS_AFTER):
        hold = _hold_of(row)
        if hold is None:
            continue
        waiting = waiting_text(session, row.person_id, hold)
        if now >= ends_at(session, row.person_id, hold, waiting):
            row.held_by = row.held_since = None
            ended.append(Ended(hold, row.person_id, waiting))
    return ended


def ends_at(
    session: Session, person_id: str, hold: Hold, waiting: InboundMessage | None
) -> datetime:
    """When a hold ends by itself, as things stand (product time)."""
    if waiting is not None:
        return waiting.received_at + ENDS_AFTER
    return _last_word(session, person_id, hold) + ENDS_AFTER


def waiting_text(session: Session, person_id: str, hold: Hold) -> InboundMessage | None:
    """The first text that came since staff's last word, and that nobody has answered."""
    return queries.first_text_after(session, person_id, _last_word(session, person_id, hold))


def text_waits(
    session: Session, person_id: str, *, staff_id: str, now: datetime, inbound_id: str | None = None
) -> None:
    """A text for the one who holds the conversation: one task, however many texts there are."""
    if task_queries.not_done_of_kind(session, person_id, TaskKind.TEXT_WAITING):
        return
    tasks.open_task(
        session,
        TaskKind.TEXT_WAITING,
        person_id=person_id,
        inbound_id=inbound_id,
        assigned_to=staff_id,
        now=now,
    )


def answered(session: Session, person_id: str, *, by: str, now: datetime) -> None:
    """Staff has written: nothing waits for an answer any more."""
    for task in task_queries.not_done_of_kind(session, person_id, TaskKind.TEXT_WAITING):
        tasks.finish(task, by=by, now=now, note=ANSWERED)


def _last_word(session: Session, person_id: str, hold: Hold) -> datetime:
    written = queries.last_written_at(session, person_id)
    return max(written, hold.since) if written else hold.since


def _hold_of(row: Conversation | None) -> Hold | None:
    if row is None or row.held_by is None or row.held_since is None:
        return None
    return Hold(row.held_by, row.held_since)
