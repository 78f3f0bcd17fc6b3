"""Erasing a person with what nobody has read yet: texts on disk, and texts without an answer.

A text that waits on disk is stored first, in the transaction that erases: so it counts, its copy
at the carrier is blanked, and it cannot come in afterwards as that of a stranger. What nobody has
answered is looked at before it goes: danger is no text to forget, and STOP outlives the person.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import intake
from bot.safety.screen import screen
from bot.sms.keywords import Keyword, keyword
from directory import database
from directory.errors import Conflict, NotFound
from directory.messages.models import InboundMessage
from directory.people import queries
from directory.people import service as people
from directory.people.models import Person
from directory.retention import waiting
from directory.retention.erase import Erased
from directory.retention.erase import erase as erase_person


@dataclass(frozen=True, slots=True)
class Gone:
    """`from_disk`: so many of the texts had waited there. `unreadable`: texts on disk that no key
    fits, so that nobody can tell whose they are."""

    person_id: str
    erased: Erased
    from_disk: int
    unreadable: int


def erase(*, person_id: str | None, phone: str, by: str, now: datetime) -> Gone:
    """Erase the person, or who has texted from `phone` (E.164) and is known on disk only.

    Raises NotFound, and Conflict as `directory.retention.erase`; then everything is as it was. The
    files go after the commit: should this be killed in between, they come in as a stranger's, and
    the same command by number erases them.
    """
    spool = waiting.spool()
    with spool.alone():  # or a running product would take them in meanwhile
        with database.session_scope() as session:
            found = spool.of_number(phone) if phone else []
            for _, text in found:
                intake.store(session, text, now=now)
            person = _who(session, person_id, phone)
            _heed_what_waits(session, person, now=now)
            erased = erase_person(session, person.id, by=by, now=now, thorough=True)
            gone = Gone(person.id, erased, len(found), spool.unreadable())
        for path, _ in found:
            path.unlink(missing_ok=True)
    return gone


def _who(session: Session, person_id: str | None, phone: str) -> Person:
    if person_id is not None:
        person = queries.by_id(session, person_id)
    else:
        person = queries.by_phone(session, phone) if phone else None
    if person is None:
        raise NotFound("person_unknown", "There is no such person: erased, or never known.")
    return person


def _heed_what_waits(session: Session, person: Person, *, now: datetime) -> None:
    """STOP and START count as if they had been answered. Raises Conflict `danger_open`."""
    unanswered = session.scalars(
        select(InboundMessage)
        .where(InboundMessage.person_id == person.id, InboundMessage.answered_at.is_(None))
        .order_by(InboundMessage.sequence)
    )
    for inbound in unanswered:
        danger = screen(inbound.body)
        if danger is not None and danger.immediate:
            raise Conflict(
                "danger_open",
                "Somebody may be in danger: a text of this person has no answer yet. Start the "
                "product, and finish the task that it opens.",
            )
        word = keyword(inbound.body)
        if word is Keyword.STOP:
            people.opt_out(session, person, now=now)
        elif word is Keyword.START:
            person.opted_out_at = None
    session.flush()
