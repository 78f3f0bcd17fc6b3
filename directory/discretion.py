"""Who may have somebody else at the phone: whose referrals are spoken of by a person alone, and to
whom no answer of ours names who we are."""

from datetime import datetime

from sqlalchemy.orm import Session

from directory.checkins import queries as checkins
from directory.checkins.service import SAFETY_OPEN_FOR
from directory.people.models import Person


def told_by_a_person(session: Session, person: Person) -> bool:
    """Whether no text may speak of what this person has asked for.

    After domestic violence, or with a word agreed on: a text cannot know who reads it, and the
    answer to "reply 1 for details" would name the place of safety to whoever has the phone.
    """
    return person.code_word is not None or checkins.after_domestic_violence(session, person.id)


def read_by_others(
    session: Session, person: Person, *, after_violence: bool, now: datetime
) -> bool:
    """Whether whoever texts from this number may be somebody else than the person.

    Others read this phone, it is not safe to text, a word was agreed on, or there was a visit for
    domestic violence (`after_violence`). The last two hold until the person has let a check-in out,
    by saying that it is a good time or by the word; which is a word for that day alone.
    """
    if person.number_shared or person.safe_to_text is False:
        return True
    if not after_violence and person.code_word is None:
        return False
    newest = checkins.newest_sent(session, person.id)
    confirmed_at = newest.safety_confirmed_at if newest is not None else None
    return confirmed_at is None or now - confirmed_at > SAFETY_OPEN_FOR
