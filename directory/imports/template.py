"""The spreadsheet for partners without systems: its columns, and a row of it as a service. Pure.

One row is one service at one place. Only the organization, the service's name and what it is for
are needed; every column may be left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from directory.hours import HoursError, check_opening_hours
from directory.hsds.read import Problem
from directory.imports.clock_times import ClockError, week
from directory.languages import Language
from directory.listings.ids import stable_id
from directory.listings.mistakes import nearest
from directory.listings.partner_rows import LANGUAGE_NAMES
from directory.listings.schedules import schedule_rows
from directory.needs import taxonomy

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STATUSES = ("active", "inactive", "defunct", "temporarily closed")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column. `hint`: what to write in it, and an example that is nobody's."""

    name: str
    hint: str
    example: str = ""
    needed: bool = False

    @property
    def key(self) -> str:
        return "_".join(self.name.casefold().split())


HEADINGS = (
    Heading("Organization", "The organization's public name", "Example Neighbors", needed=True),
    Heading("Organization website", "With https://", "https://example.org"),
    Heading("Service", "What the service is called", "Saturday Pantry", needed=True),
    Heading("Number in your list", "Yours, if any: keeps a row the same when it is renamed"),
    Heading("Needs", "From the list of needs, the main one first, with commas", "food"),
    Heading("Description", "One or two sentences", "Free groceries once a week."),
    Heading("Description in Spanish", "The same, if you have it", "Despensa gratis cada semana."),
    Heading("Status", "active, temporarily closed, inactive or defunct", "active"),
    Heading("Phone", "With its area code", "630-555-0100"),
    Heading("Extension", "Digits only"),
    Heading("Second phone", "With its area code"),
    Heading("Text number", "If people may text you"),
    Heading("Email", "One address", "intake@example.org"),
    Heading("Website", "With https://", "https://example.org/pantry"),
    Heading("Address", "Street and number; empty if nobody may know it", "1 Example Street"),
    Heading("Suite", "Apartment, floor, door"),
    Heading("City", "", "Naperville"),
    Heading("State", "Two letters", "IL"),
    Heading("ZIP", "Five digits", "60540"),
    Heading("Serves", "Towns, ZIPs, counties, Illinois or United States, with semicolons",
            "Naperville; Will County"),
    Heading("Languages", "Codes or names, with commas", "English, Spanish"),
    *(Heading(day.capitalize(), "Such as 9:00 AM - 5:00 PM, or closed") for day in DAYS),
    Heading("Who it is for", "Who may come", "Anyone in need."),
    Heading("Minimum age", "Years"),
    Heading("Maximum age", "Years"),
    Heading("Cost", "free, or what it costs", "Free."),
    Heading("How to apply", "What to do first", "Just come."),
    Heading("What to bring", "Papers, with semicolons", "Proof of address"),
    Heading("Confidential", "yes: no address is kept or shown", "no"),
)  # fmt: skip
COLUMNS = frozenset(heading.key for heading in HEADINGS)
_YES = frozenset({"yes", "y", "true", "1", "x", "si", "sí"})
_NO = frozenset({"no", "n", "false", "0", ""})
_TEXTS = {
    "description": "description",
    "description_in_spanish": "description_es",
    "email": "email",
    "website": "url",
    "who_it_is_for": "eligibility_description",
    "minimum_age": "minimum_age",
    "maximum_age": "maximum_age",
    "cost": "fees_description",
    "how_to_apply": "application_process",
}
# What stands in the path of an HSDS field, and the column that a person filled in.
_FIELDS = (
    (r"organization\.name", "Organization"),
    (r"organization\.website", "Organization website"),
    (r"service_at_locations.*\.postal_code", "ZIP"),
    (r"service_at_locations.*\.state_province", "State"),
    (r"service_at_locations.*\.city", "City"),
    (r"service_at_locations.*", "Address"),
    (r"phones.*", "Phone"),
    (r"name", "Service"),
    (r"url", "Website"),
    (r"eligibility_description", "Who it is for"),
    (r"fees_description", "Cost"),
    (r"application_process", "How to apply"),
    (r"required_documents.*", "What to bring"),
    (r"service_areas.*", "Serves"),
    (r"languages.*", "Languages"),
)


def column_of(field: str) -> str:
    """The column in which an HSDS field of the service was filled in."""
    for pattern, name in _FIELDS:
        if re.fullmatch(pattern, field):
            return name
    return field.replace("_", " ").capitalize()


def service_of(cells: Mapping[str, str], *, source: str) -> tuple[dict[str, Any], list[Problem]]:
    """The HSDS service object of a row, and what is wrong with the row. Ids: see `_ids`."""
    problems = [
        Problem(heading.name, "is empty", "fill it in")
        for heading in HEADINGS
        if heading.needed and not cells.get(heading.key)
    ]
    service_id, organization_id = _ids(cells, source)
    service: dict[str, Any] = {
        "id": service_id,
        "name": cells.get("service", ""),
        "status": cells.get("status") or "active",
        "organization": {
            "id": organization_id,
            "name": cells.get("organization", ""),
            "website": cells.get("organization_website"),
        },
    }
    service |= {field: cells[column] for column, field in _TEXTS.items() if cells.get(column)}
    service["phones"] = _phones(cells)
    service["needs"] = _needs(cells.get("needs", ""), problems)
    service["languages"] = _languages(cells.get("languages", ""))
    service["service_areas"] = [{"name": name} for name in _parts(cells.get("serves", ""))]
    service["required_documents"] = [
        {"document": text} for text in _parts(cells.get("what_to_bring", ""))
    ]
    service["confidential"] = _is_yes(cells.get("confidential", ""), problems)
    service["service_at_locations"] = _places(cells, service["confidential"], problems)
    service |= _hours(cells, problems)
    return service, problems


def _ids(cells: Mapping[str, str], source: str) -> tuple[str, str]:
    """By the row's own number, else by the names: a renamed service is then a new one."""
    organization = " ".join(cells.get("organization", "").casefold().split())
    service = " ".join(cells.get("service", "").casefold().split())
    own = cells.get("number_in_your_list")
    organization_id = stable_id("organization", source, organization)
    if own:
        return stable_id("service", source, organization, "number", own), organization_id
    place = " ".join(f"{cells.get('address', '')} {cells.get('city', '')}".casefold().split())
    return stable_id("service", source, organization, service, place), organization_id


def _phones(cells: Mapping[str, str]) -> list[dict[str, Any]]:
    lines = (
        ("phone", "voice", cells.get("extension")),
        ("second_phone", "voice", None),
        ("text_number", "sms", None),
    )
    return [
        {"number": cells[column], "type": kind, "extension": extension}
        for column, kind, extension in lines
        if cells.get(column)
    ]


def _needs(text: str, problems: list[Problem]) -> list[str]:
    """Codes, or labels in either language."""
    labels = {code: code for code in taxonomy()}
    for code, need in taxonomy().items():
        labels |= {need.label[language].casefold(): code for language in Language}
    found: list[str] = []
    for part in _parts(text.replace(",", ";")):
        word = part.casefold()
        code = labels.get(word, labels.get(word.replace(" ", "_"), ""))
        if not code:
            near = nearest(word, labels)
            remedy = f"did you mean {near}?" if near else f"write one of {', '.join(taxonomy())}"
            problems.append(Problem("Needs", "holds a need that we do not know", remedy))
        else:
            found.append(code)
    return list(dict.fromkeys(found))


def _languages(text: str) -> list[dict[str, str]]:
    codes = {name.casefold(): code for code, name in LANGUAGE_NAMES.items()}
    found: list[dict[str, str]] = []
    for part in _parts(text.replace(",", ";")):
        word = part.casefold()
        code = word if word in LANGUAGE_NAMES else codes.get(word, "")
        found.append({"code": code, "name": LANGUAGE_NAMES[code]} if code else {"name": part})
    return found


def _places(
    cells: Mapping[str, str], confidential: bool, problems: list[Problem]
) -> list[dict[str, Any]]:
    street = cells.get("address")
    if not street:
        return []
    if confidential:
        remedy = "empty it: of a confidential service no address is kept"
        problems.append(Problem("Address", "is filled in beside Confidential", remedy))
        return []
    zip_code = cells.get("zip", "")
    if zip_code.isdecimal() and len(zip_code) < 5:  # a spreadsheet takes it for a number
        zip_code = zip_code.zfill(5)
    address = {
        "address_1": street,
        "address_2": cells.get("suite"),
        "city": cells.get("city"),
        "state_province": cells.get("state") or "IL",
        "postal_code": zip_code,
        "country": "US",
    }
    return [{"location": {"location_type": "physical", "addresses": [address]}}]


def _hours(cells: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    said = {day: cells[day] for day in DAYS if cells.get(day)}
    if not said:
        return {}
    try:
        expression = week([said.get(day, "") for day in DAYS])
        if expression is None:
            return {}
        check_opening_hours(expression)
    except ClockError as error:
        name = DAYS[error.day].capitalize()
        remedy = "write it as 9:00 AM - 5:00 PM, 24 hours, or closed"
        problems.append(Problem(name, "is not opening hours", remedy))
        return {}
    except HoursError:
        remedy = "write each day as 9:00 AM - 5:00 PM"
        problems.append(Problem("Monday", "and the other days make no week", remedy))
        return {}
    schedules = [
        {name: getattr(row, name) for name in row.__dataclass_fields__}
        for row in schedule_rows(expression)
    ]
    return {"opening_hours": expression, "schedules": schedules}


def _is_yes(text: str, problems: list[Problem]) -> bool:
    word = text.casefold()
    if word not in _YES | _NO:
        problems.append(Problem("Confidential", "is neither yes nor no", "write yes or no"))
    return word in _YES


def _parts(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))
