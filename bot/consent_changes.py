"""What becomes of a person whose text was a word for good: STOP, START, or that it is not them."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.turn import ConsentChange
from directory import follow_up
from directory.checkins import service as checkins
from directory.people import service as people
from directory.people.models import Person

SILENCING = (ConsentChange.STOP, ConsentChange.WRONG_PERSON)


def apply(session: Session, person: Person, change: ConsentChange | None, *, now: datetime) -> None:
    """Note it, and end what it ends."""
    if change is ConsentChange.START:
        people.opt_in(session, person, now=now)
    elif change is ConsentChange.NO_CHECKINS:
        checkins.cancel_planned(session, person.id, reason="answer_to_be_read")
    elif change in SILENCING:
        people.opt_out(session, person, now=now)
        if change is ConsentChange.WRONG_PERSON:
            person.safe_to_text = False
        follow_up.end_texting(session, person, reason="opted_out", now=now)
