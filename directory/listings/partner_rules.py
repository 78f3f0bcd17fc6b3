"""Rules of data/partners.yml that take more than one field to judge.

They read the plain values, not the checked ones, so that an entry with one mistake is still
searched for the others.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from directory.listings.known_lines import mistyped_line
from directory.listings.numbers import NumberError, dialled, digits_of
from directory.listings.yaml_source import Location

Found = tuple[Location, str, str]
"""Where (from the root of the file), the problem, the remedy."""

# "12 S. Main St", "PO Box 9", a ZIP: how a text gives away where something is.
_PLACE_GIVEN_AWAY = re.compile(
    r"\b\d{1,5}\s+(?:[NSEW]\.?\s+)?(?:\w+\.?\s+){1,3}"
    r"(?:st|street|ave|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|ct|court|pkwy|parkway|way|"
    r"hwy|highway|pl|place|calle|avenida)\b"
    r"|\bp\.?\s?o\.?\s+box\b|\b6[0-2]\d{3}\b",
    re.IGNORECASE,
)


def gives_place_away(text: str) -> bool:
    """Whether a text seems to say where something is: a street, a box, a ZIP."""
    return _PLACE_GIVEN_AWAY.search(text) is not None


def broken_rules(root: Any, *, today: date | None) -> Iterator[Found]:
    """Every rule that the file breaks. `today`: no page can be dated later."""
    seen: dict[str, str] = {}
    for at, organization in _entries(root, "organizations", ()):
        yield from _repeated_id(at, organization, seen)
        for service_at, service in _entries(organization, "services", at):
            yield from _repeated_id(service_at, service, seen)
            yield from _publication(service_at, service)
            yield from _confidentiality(service_at, service)
            yield from _ages(service_at, service)
            yield from _repeated_needs(service_at, service)
            for phone_at, phone in _entries(service, "phones", service_at):
                yield from _number(phone_at, phone)
    if today is not None:
        yield from _late_dates(root, (), today)


def _entries(value: Any, key: str, at: Location) -> Iterator[tuple[Location, dict[str, Any]]]:
    items = value.get(key) if isinstance(value, dict) else None
    for position, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield (*at, key, position), item


def _repeated_id(at: Location, entry: dict[str, Any], seen: dict[str, str]) -> Iterator[Found]:
    slug = entry.get("id")
    if slug is None:
        return
    kind = "an organization" if len(at) == 2 else "a service"
    if str(slug) in seen:
        yield (*at, "id"), f'"{slug}" is already the id of {seen[str(slug)]}', "give it its own id"
    seen[str(slug)] = f"{kind} above"


def _publication(at: Location, service: dict[str, Any]) -> Iterator[Found]:
    if service.get("publish") is False and not service.get("held_because"):
        yield (*at, "held_because"), "is missing", "say why it is held back, or set publish: true"
    if service.get("publish") is True and service.get("held_because"):
        remedy = "remove held_because, or set publish: false"
        yield (*at, "held_because"), "contradicts publish: true", remedy


def _confidentiality(at: Location, service: dict[str, Any]) -> Iterator[Found]:
    if service.get("confidential") is not True:
        return
    if service.get("address") is not None:
        remedy = "remove the address; a confidential place has none anywhere in the directory"
        yield (*at, "address"), "stands beside confidential: true", remedy
    for path, text in _texts(service, at):
        if path[-1] in ("source", "url", "value") or "sources" in path or "phones" in path:
            continue
        if gives_place_away(text):
            remedy = "take the street, box or ZIP out: the place is confidential"
            yield path, "seems to say where the place is", remedy


def _texts(value: Any, at: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("address", "id", "area"):
                yield from _texts(inner, (*at, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _texts(inner, (*at, position))


def _ages(at: Location, service: dict[str, Any]) -> Iterator[Found]:
    eligibility = service.get("eligibility")
    if not isinstance(eligibility, dict):
        return
    youngest, oldest = eligibility.get("minimum_age"), eligibility.get("maximum_age")
    if isinstance(youngest, int) and isinstance(oldest, int) and youngest > oldest:
        problem = f"{youngest} is above maximum_age {oldest}"
        yield (*at, "eligibility", "minimum_age"), problem, "swap them"


def _repeated_needs(at: Location, service: dict[str, Any]) -> Iterator[Found]:
    needs = service.get("needs")
    if not isinstance(needs, list):
        return
    for position, need in enumerate(needs):
        if need in needs[:position]:
            yield (*at, "needs", position), f'"{need}" is there twice', "remove one"


def _number(at: Location, phone: dict[str, Any]) -> Iterator[Found]:
    number, kind = phone.get("number"), phone.get("type", "voice")
    if isinstance(number, str | int) and not isinstance(number, bool):
        try:
            dialled(str(number), kind=str(kind))
        except NumberError as error:
            yield (*at, "number"), f'"{number}" is not a US number', str(error)
        line = mistyped_line(digits_of(str(number)))
        if line is not None:
            remedy = "copy it from the line's own page"
            yield (*at, "number"), f'"{number}" looks like a slip of {line}', remedy
    if phone.get("text") is not None and kind != "sms":
        yield (*at, "text"), "is only for type: sms", "set type: sms, or remove it"
    if phone.get("attested") is True and not phone.get("sources"):
        remedy = "name the page it was read on, or set attested: false"
        yield (*at, "sources"), "is missing though the number is attested", remedy


def _late_dates(value: Any, at: Location, today: date) -> Iterator[Found]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _late_dates(inner, (*at, key), today)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _late_dates(inner, (*at, position), today)
    elif isinstance(value, date) and value > today:
        yield at, f"{value} is in the future", "write the date of the page that was read"
