"""Texts of one person that wait on disk because the database could not take them.

They belong to the record as much as those in the inbox: an export shows them, and nobody is erased
while one of them would come in afterwards. On several machines each has texts of its own; this
looks at those of the machine that it runs on.
"""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import database
from directory.errors import Conflict
from directory.messages.models import InboundMessage
from directory.messages.spool import FOLDER, Spool, SpooledText
from directory.people.models import Person


def spool() -> Spool:
    """Of the database that is in use."""
    opened = database.current()
    return Spool(opened.settings.data_dir / FOLDER, opened.cipher)


def number_of(person: Person) -> str:
    """The number whose texts are this person's; "" where it is somebody else's by now, or gone."""
    return "" if person.reassigned_at is not None else person.phone


def of_person(person: Person) -> list[tuple[Path, SpooledText]]:
    """What waits of theirs, in the order of arrival."""
    number = number_of(person)
    return spool().of_number(number) if number else []


def require_none(session: Session, person: Person) -> None:
    """Raise Conflict `text_waiting` where one waits that the inbox does not have."""
    for _, text in of_person(person):
        known = InboundMessage.provider_id == text.provider_id
        if session.scalar(select(InboundMessage.id).where(known)) is None:
            raise Conflict(
                "text_waiting",
                "A text of this person waits on disk: it has to be taken in first.",
            )
