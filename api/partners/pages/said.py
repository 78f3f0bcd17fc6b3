"""How the partner pages say what tables say in codes; the words of fields are the console's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from api.console.listing_words import (  # noqa: F401  # templates read them here
    CHANGES,
    FIELDS,
    PHONE_TYPES,
    STATUSES,
    instant,
    lines_of,
)
from api.partners.pages.access import Visitor
from directory.freshness.models import Freshness
from directory.partners import queries as partners
from directory.referrals.states import Party, Status


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


FRESHNESS = {
    Freshness.FRESH: _("up to date"),
    Freshness.ASKED: _("please confirm"),
    Freshness.LOWERED: _("please confirm: shown behind others"),
    Freshness.WITHHELD: _("please confirm: not shown to anybody"),
}
REFERRALS = {
    Status.REQUESTED: _("Waiting for your answer"),
    Status.ACCEPTED: _("Accepted"),
    Status.IN_PROGRESS: _("Started"),
    Status.ON_HOLD: _("On your waiting list"),
    Status.COMPLETED: _("Done"),
    Status.FAILED: _("Could not help"),
    Status.REJECTED: _("Declined"),
    Status.CANCELLED: _("Withdrawn"),
}
REFERRALS_OVER = {
    Status.COMPLETED: _("It is done. There is nothing left to do."),
    Status.FAILED: _("You could not help. We look for another place for the person."),
    Status.REJECTED: _("You declined. We look for another place for the person."),
    Status.CANCELLED: _("It was withdrawn. There is nothing left to do."),
}
WEEKDAYS = {
    "Mo": _("Monday"),
    "Tu": _("Tuesday"),
    "We": _("Wednesday"),
    "Th": _("Thursday"),
    "Fr": _("Friday"),
    "Sa": _("Saturday"),
    "Su": _("Sunday"),
}
HOURS_WRONG = {
    "time": (_("is not a time"), _("write it as 9:00 or 5:30 pm")),
    "half": (_("is missing"), _("write from when and until when")),
    "same": (_("is when it opens"), _("write when it closes; all day is 0:00 to 24:00")),
}
_YOU, _SYSTEM, _TEAM = _("you"), _("your computer system"), _("our team")
_OTHERS = {"import": _("an import"), "resident": _("a resident"), "visitor": _("a visitor")}


def lines_said(field: str, value: Any) -> list[str]:
    """A value out of the change log as lines; a count without the moment, which stands beside."""
    if field != "capacities" or not isinstance(value, list):
        return lines_of(value)
    return [
        f"{each['unit']}: {each['available']:g}"
        + (f" / {each['maximum']:g}" if each.get("maximum") is not None else "")
        for each in value
    ]


@dataclass(frozen=True, slots=True)
class Named:
    """Who changed something. `is_name`: a person's name, which is translated into nothing."""

    text: str
    is_name: bool = False


def who(session: Session, visitor: Visitor, actors: Iterable[str | None]) -> dict[str, Named]:
    """Actor → as this contact knows them: themselves, a colleague by name, else which party."""
    return {actor: _who(session, visitor, actor) for actor in set(actors) if actor is not None}


def _who(session: Session, visitor: Visitor, actor: str) -> Named:
    if actor == visitor.by:
        return Named(_YOU)
    party, _colon, identity = actor.partition(":")
    if party != Party.PARTNER:
        return Named(_OTHERS.get(party, _TEAM))
    colleague = partners.contact_by_id(session, identity)
    if colleague is None or colleague.organization_id != visitor.contact.organization_id:
        return Named(_SYSTEM)
    return Named(colleague.name, is_name=True)
