"""A form that is sent twice is carried out once: a double tap, a lost connection, "back"."""

from collections.abc import Callable
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.partners.pages.access import Visitor
from directory.clock import wall_now
from directory.errors import Conflict, Invalid
from directory.referrals import repeats

# The field `once` of a form: each drawing of it has an id of its own.
Once = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,40}$")]


def once(
    session: Session, visitor: Visitor, key: str, body: str, carry_out: Callable[[], None]
) -> None:
    """Do it, unless this very form was sent before.

    `body`: what was asked for. Raises Conflict where the form was sent before with something else.
    """
    if _was_sent(session, visitor, key, body):
        return
    try:
        # Two at once: the second waits here for the first to commit, and then takes all back.
        with session.begin_nested():
            carry_out()
            repeats.remember(session, visitor.by, key, body, "done", wall=wall_now())
    except IntegrityError:
        if not _was_sent(session, visitor, key, body):
            raise


def _was_sent(session: Session, visitor: Visitor, key: str, body: str) -> bool:
    try:
        return repeats.earlier(session, visitor.by, key, body) is not None
    except Invalid as error:
        raise Conflict(
            "sent_before", "This form was sent before. Load the page again, then send it."
        ) from error
