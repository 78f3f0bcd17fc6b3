"""How the console says what the tables of listings say in codes: fields, states, who, values."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.freshness.models import Freshness, Reported
from directory.listings.change_models import ChangeStatus
from directory.listings.dialled_models import DialOutcome
from directory.listings.dialling import State
from directory.listings.known_lines import mistyped_line
from directory.listings.models import Phone
from directory.listings.numbers import digits_of
from directory.listings.staff_queries import Standing
from directory.staff import queries as staff


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


FIELDS = {
    "name": _("Name"),
    "alternate_name": _("Other name"),
    "description": _("Description"),
    "description_es": _("Description in Spanish"),
    "url": _("Web page"),
    "email": _("E-mail address"),
    "status": _("Open or closed"),
    "interpretation_services": _("Interpreters"),
    "application_process": _("How to apply"),
    "application_process_es": _("How to apply, in Spanish"),
    "fees_description": _("Cost"),
    "fees_description_es": _("Cost, in Spanish"),
    "fees": _("Fees"),
    "wait_time": _("Waiting time"),
    "accreditations": _("Accreditations"),
    "licenses": _("Licenses"),
    "eligibility_description": _("Who may come"),
    "eligibility_description_es": _("Who may come, in Spanish"),
    "minimum_age": _("Youngest age"),
    "maximum_age": _("Oldest age"),
    "alert": _("Alert"),
    "opening_hours": _("Opening hours"),
    "schedules": _("Schedules"),
    "accepts_referrals": _("Takes referrals"),
    "confidential": _("The place is confidential"),
    "needs": _("Needs"),
    "phones": _("Numbers"),
    "service_areas": _("Area served"),
    "languages": _("Languages"),
    "cost_options": _("Costs, one by one"),
    "required_documents": _("What to bring"),
    "additional_urls": _("More web pages"),
    "service_at_locations": _("Places"),
    "capacities": _("Free places"),
    "notices": _("Closure or notice"),
    "confirmed": _("Confirmed"),
    "freshness": _("Freshness"),
    "merged": _("Merged with another listing"),
    "merged_into_id": _("Became part of another listing"),
    "typical_wait_days": _("Days until it begins"),
}
FRESHNESS = {
    Freshness.FRESH: _("fresh"),
    Freshness.ASKED: _("asked, no answer yet"),
    Freshness.LOWERED: _("ranks behind others"),
    Freshness.WITHHELD: _("shown to nobody"),
}
STANDINGS = {
    Standing.LISTED: _("open"),
    Standing.SHOWN: _("shown to people"),
    Standing.HELD: _("held back"),
    Standing.CLOSED: _("closed for good"),
    Standing.MERGED: _("merged into another"),
    Standing.EVERYTHING: _("all of them"),
}
STATUSES = {
    "active": _("open"),
    "temporarily closed": _("closed for the time being"),
    "inactive": _("closed"),
    "defunct": _("gone"),
}
PHONE_TYPES = {
    "voice": _("phone"),
    "hotline": _("hotline"),
    "sms": _("text"),
    "tty": _("TTY"),
    "fax": _("fax"),
}
REPORTS = {
    Reported.CLOSED: _("closed"),
    Reported.WRONG_NUMBER: _("wrong number"),
    Reported.WRONG_HOURS: _("wrong hours"),
    Reported.MOVED: _("moved"),
    Reported.NO_ANSWER: _("nobody answers"),
    Reported.FULL: _("full"),
    Reported.NOT_ELIGIBLE: _("takes other people only"),
    Reported.OTHER: _("something else"),
}
CHANGES = {
    ChangeStatus.APPLIED: _("done"),
    ChangeStatus.PENDING: _("waits for approval"),
    ChangeStatus.APPROVED: _("approved"),
    ChangeStatus.DECLINED: _("refused"),
    ChangeStatus.WITHDRAWN: _("taken back"),
}
STEPS = {
    "remind": _("a reminder"),
    "escalate": _("a call by a person"),
    "lower": _("it ranks behind others"),
    "withhold": _("it is shown to nobody"),
}
DIALLED = {
    State.NEVER: _("never dialled"),
    State.WRONG: _("wrong"),
    State.NO_ANSWER: _("nobody answered"),
    State.DUE: _("due again"),
    State.RIGHT: _("right"),
}
OUTCOMES = {
    DialOutcome.REACHED: _("right"),
    DialOutcome.WRONG: _("wrong"),
    DialOutcome.NO_ANSWER: _("nobody answered"),
}
_PARTIES = {
    "partner": _("the organization"),
    "import": _("an import"),
    "resident": _("a resident"),
    "visitor": _("a visitor of the public page"),
    "sender": _("another system"),
    "staff": _("a colleague"),
}
_SYSTEM = _("the system")
_FORMER = _("a former colleague")


def who(session: Session, actors: Iterable[str | None]) -> dict[str, str]:
    """Actor ("staff:…", "partner:…", an id of staff alone) → a name, or a party in English.

    Of residents and partners' people nobody is named.
    """
    names = {each.id: each.name or each.email for each in staff.everyone(session)}
    found = {}
    for actor in actors:
        if actor is None:
            continue
        party, _colon, identity = actor.partition(":")
        if party == "staff" or party in names:
            found[actor] = names.get(identity or party, _FORMER)
        else:
            found[actor] = _PARTIES.get(party, _SYSTEM)
    return found


def lines_of(value: Any) -> list[str]:
    """A value out of the change log as lines of plain text; none for nothing."""
    if value is None or value in ("", [], {}):
        return []
    if isinstance(value, list):
        return [line for each in value for line in [" · ".join(lines_of(each))] if line]
    if isinstance(value, dict):
        return [line for name, each in value.items() for line in _named(name, each)]
    if isinstance(value, bool):
        return [_YES if value else _NO]
    return [str(value)]


def instant(line: str) -> datetime | None:
    """The moment that a line of the change log is, if it is one."""
    try:
        moment = datetime.fromisoformat(line) if _ISO.match(line) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T")
_YES, _NO = _("yes"), _("no")
# What a flag of an entry is called, and what of an entry tells a reader nothing.
_FLAGS = {
    "say_label": _("for some people only"),
    "answered_24h": _("day and night"),
    "intake": _("first number to call"),
}
_SILENT = {"id", "country", "address_type", "location_type", "currency"}


def _named(name: str, value: Any) -> list[str]:
    if name in _SILENT:
        return []
    if isinstance(value, bool):
        said = _FLAGS.get(name, name)
        return [said if value else f"{said}: {_NO}"]
    return lines_of(value)


def kept_back(phone: Phone) -> str | None:
    """Why a number is given to nobody; None when it may be."""
    if not phone.attested:
        return _("not attested: no page gives it")
    if phone.call_first:
        return _("must be dialled first")
    if mistyped_line(digits_of(phone.number)) is not None:
        return _("looks like a slip of a known crisis line")
    return None
