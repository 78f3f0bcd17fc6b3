"""A form that is sent twice is carried out once: a double click, a lost connection, "back".

Each drawing of such a form has an id of its own in the hidden field `once`.
"""

from collections.abc import Callable
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy.orm import Session

from api.console.access import Visitor
from directory import repeats
from directory.database import new_id
from directory.errors import Conflict, HandoffError, Invalid
from directory.referrals import actors

Key = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,40}$")]
SENT_BEFORE = "sent_before"


def fresh() -> str:
    """For a form that is drawn now."""
    return new_id()


def key_after(problem: HandoffError | None, key: str) -> str:
    """For a form that is drawn again: its id, or a new one where that stands for something else."""
    used = problem is not None and problem.code == SENT_BEFORE
    return fresh() if used else key


def once(session: Session, visitor: Visitor, key: str, body: str, make: Callable[[], str]) -> str:
    """The id of what `make` makes, or of what it made when this very form was sent before.

    `body`: what was asked for, with the page. Raises Conflict `sent_before` when the form was sent
    before with something else in it.
    """
    try:
        return repeats.once(
            session, make, owner=actors.staff(visitor.member.id).by, key=key, body=body
        )
    except Invalid as error:
        if error.code != repeats.REUSED:
            raise
        raise Conflict(
            SENT_BEFORE,
            "This form was sent before. Look at what came of it; to do this as well, send it now.",
        ) from error
