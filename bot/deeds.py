"""What a text sets going in the directory: decided while no session is open, done when applied.

A conversation only says what is to be done, as data. It is carried out in the transaction that
also queues the replies, once a text, so the replies can tell what really became of it: somebody
else may have been a moment earlier.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from directory.conversations.memory import Memory
from directory.languages import Language
from directory.people.models import Person


@dataclass(frozen=True, slots=True)
class Applying:
    """A turn being applied. `person`: whose text it is. `now`: product time, `wall`: wall time."""

    session: Session
    person: Person
    memory: Memory
    language: Language
    now: datetime
    wall: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """What is said of a deed, and what is remembered from now on."""

    memory: Memory
    replies: tuple[str, ...] = ()


class Deed(Protocol):
    """Frozen data that knows how to be done. What the directory refuses becomes a reply."""

    def carry_out(self, at: Applying) -> Done: ...


def carry_out(deeds: Iterable[Deed], at: Applying) -> Done:
    """Do them in order, each with the memory that the one before has left."""
    done = Done(at.memory)
    for deed in deeds:
        next_done = deed.carry_out(replace(at, memory=done.memory))
        done = replace(next_done, replies=(*done.replies, *next_done.replies))
    return done
