"""The words of a check-in: neutral, by step, in the person's language, by first name."""

from bot.wording import say
from directory.checkins.models import CheckIn
from directory.checkins.plan import STANDARD
from directory.languages import Language
from directory.people.models import Person


def checkin_text(checkin: CheckIn, person: Person) -> str:
    """What this check-in says to this person."""
    language = Language(person.language or Language.EN)
    name = f" {person.name.split()[0]}" if person.name and person.name.strip() else ""
    key = {1: "checkin_first", len(STANDARD): "checkin_last"}.get(checkin.step, "checkin_again")
    return say(key, language, name=name)
