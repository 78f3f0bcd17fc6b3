"""A form that is sent twice is carried out once: a double tap, a lost connection, "back"."""

from collections.abc import Callable
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy.orm import Session

from api.partners.pages.access import Visitor
from directory import repeats
from directory.errors import Conflict, Invalid

# The field `once` of a form: each drawing of it has an id of its own.
Once = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,40}$")]


def once(
    session: Session, visitor: Visitor, key: str, body: str, carry_out: Callable[[], None]
) -> None:
    """Do it, unless this very form was sent before.

    `body`: what was asked for. Raises Conflict where the form was sent before with something else.
    """

    def make() -> str:
        carry_out()
        return "done"

    try:
        repeats.once(session, make, owner=visitor.by, key=key, body=body)
    except Invalid as error:
        if error.code != repeats.REUSED:
            raise
        raise Conflict(
            "sent_before", "This form was sent before. Load the page again, then send it."
        ) from error
