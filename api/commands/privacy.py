"""What the commands about persons' records share: whom is meant, and which days."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.orm import Session

from directory import database
from directory.errors import HandoffError, NotFound
from directory.people import queries
from directory.people.models import Person
from directory.people.phone import masked, to_e164
from directory.settings import SettingsError

BY = "command"
_DAY = ["%Y-%m-%d"]
Who = Annotated[str, typer.Argument(metavar="PHONE|ID", help="A number, or the id of a person.")]
FirstDay = Annotated[
    datetime, typer.Option("--from", formats=_DAY, help="First day, local: 2026-03-01.")
]
LastDay = Annotated[datetime, typer.Option("--to", formats=_DAY, help="Last day, local.")]


def the_person(session: Session, who: str) -> Person:
    """The person meant; a number never stands in an error. Raises NotFound."""
    person = queries.by_id(session, who)
    if person is None and (number := number_said(who)):
        person = queries.by_phone(session, number)
    if person is None or person.erased_at is not None:
        raise NotFound("person_unknown", "There is no such person: erased, or never known.")
    return person


def number_said(who: str) -> str:
    """The E.164 number that was typed; "" where it was something else, such as an id."""
    try:
        return to_e164(who)
    except HandoffError:
        return ""


def called(person: Person) -> str:
    """For the one at the terminal: enough to see that it is the right one."""
    return f"{masked(person.phone) or 'no number'} ({person.id})"


def days(first: datetime, last: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the start of the first local day to the end of the last. Raises SettingsError."""
    if last < first:
        raise SettingsError("--to lies before --from")
    since = datetime.combine(first.date(), time(), zone)
    until = datetime.combine(last.date() + timedelta(days=1), time(), zone)
    return since.astimezone(UTC), until.astimezone(UTC)


def zone() -> ZoneInfo:
    return database.current().settings.zone
