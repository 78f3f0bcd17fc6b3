"""Whose referrals are spoken of by a person alone, because somebody else may hold the phone."""

from sqlalchemy.orm import Session

from directory.checkins import queries as checkins
from directory.people.models import Person


def told_by_a_person(session: Session, person: Person) -> bool:
    """Whether no text may speak of what this person has asked for.

    After domestic violence, or with a word agreed on: a text cannot know who reads it, and the
    answer to "reply 1 for details" would name the place of safety to whoever has the phone.
    """
    return person.code_word is not None or checkins.after_domestic_violence(session, person.id)
