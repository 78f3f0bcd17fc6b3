"""The end of everything that we had planned to text to a person, in one place."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.checkins import service as checkins
from directory.messages import outbox
from directory.messages.models import OutboundStatus
from directory.notices import service as notices
from directory.people.models import Person


def end_texting(session: Session, person: Person, *, reason: str, now: datetime) -> None:
    """Cancel check-ins, notices and texts that have not left, and what a yes to "is this a good
    time?" would let out. Other replies yet to come are not meant.

    `reason`: as stored with each of them. Referrals go on, without texts to the person.
    """
    checkins.cancel_planned(session, person.id, reason=reason)
    checkins.end_question(session, person.id, reason=reason)
    notices.cancel(session, person_id=person.id, reason=reason)
    for message in outbox.queued_for(session, person.id):
        outbox.close(message, OutboundStatus.DROPPED, reason=reason)
