"""One service, or one organization, taken apart into rows, with all that hangs on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from directory.hsds import objects
from directory.hsds.objects import HsdsObject
from directory.imports.areas import only_state_elsewhere, understood
from directory.imports.discreet import without_place
from directory.imports.hours import hours_of
from directory.imports.identity import row_id
from directory.imports.rows import Row, Rows, columns_of
from directory.imports.terms import WORDS, needs_of
from directory.listings.ids import stable_id
from directory.listings.partner_rows import LANGUAGE_NAMES

_FACTS = {
    "url": "url",
    "eligibility": "eligibility_description",
    "cost": "fees_description",
    "apply": "application_process",
}


@dataclass(slots=True)
class ServiceRow:
    """The columns of a service that an import writes, and remarks for whoever keeps the source.

    `needs_are_said`: by the source's terms, not guessed from its words.
    """

    id: str
    organization_id: str
    columns: Row
    needs_are_said: bool = True
    notes: list[str] = field(default_factory=list)


def service_rows(rows: Rows, service: objects.Service, *, now: datetime) -> ServiceRow:
    """Put everything that hangs on the service into `rows`; its own row is given back."""
    identity = row_id("service", service.id, source=rows.source)
    organization_id = row_id("organization", service.organization.id, source=rows.source)
    owner = ("service_id", identity)
    notes: list[str] = []
    if service.confidential:
        service, notes = without_place(service)
    _phones(rows, service.phones, owner, notes)
    _contacts(rows, service.contacts, owner, notes)
    _put_all(rows, service.schedules, owner)
    _put_all(rows, service.cost_options, owner)
    _put_all(rows, service.required_documents, owner)
    _put_all(rows, service.additional_urls, owner)
    _put_all(rows, service.funding, owner)
    _languages(rows, service.languages, owner)
    for position, capacity in enumerate(service.capacities):
        unit_id = _unit(rows, capacity.unit)
        rows.put(capacity, owner, position, unit_id=unit_id)
    names = _areas(rows, service, owner)
    _places(rows, service, identity, organization_id, notes)
    rows.apart(service, "service", identity)
    program_id = _program(rows, service, organization_id)
    needs, read_from = needs_of(service)
    hours = hours_of(service, today=now.date())
    columns = columns_of(service) | {
        "organization_id": organization_id,
        "program_id": program_id,
        "needs": needs,
        "opening_hours": hours,
        "published": service.published,
        "held_because": None if service.published else "its source does not publish it",
        "confidential": service.confidential,
        "provenance": _provenance(rows, service, hours, names, read_from),
    }
    if not needs:
        notes.append("no need of ours was found in its terms, its name and its description")
    return ServiceRow(identity, organization_id, columns, read_from != WORDS, notes)


def organization_rows(rows: Rows, organization: objects.Organization) -> Row:
    """Put everything that hangs on the organization into `rows`; its own row is given back."""
    identity = row_id("organization", organization.id, source=rows.source)
    owner = ("organization_id", identity)
    _phones(rows, organization.phones, owner, [])
    _contacts(rows, organization.contacts, owner, [])
    _put_all(rows, organization.additional_websites, owner)
    _put_all(rows, organization.funding, owner)
    _put_all(rows, organization.organization_identifiers, owner)
    for position, program in enumerate(organization.programs):
        rows.put(program, owner, position)
    rows.apart(organization, "organization", identity)
    columns = columns_of(organization) | {"id": identity}
    # Some sources name nobody: the name at least tells that much.
    columns["description"] = columns["description"] or organization.name
    return columns


def _put_all(rows: Rows, values: Sequence[HsdsObject], owner: tuple[str, str]) -> None:
    for position, value in enumerate(values):
        rows.put(value, owner, position)


def _phones(
    rows: Rows, phones: Sequence[objects.Phone], owner: tuple[str, str], notes: list[str]
) -> None:
    """Numbers of a source count as attested by it; one that cannot exist is dialled first."""
    for position, phone in enumerate(phones):
        identity = rows.put(
            phone,
            owner,
            position,
            attested=True,
            call_first=phone.doubtful,
            sources=[rows.source],
        )
        _languages(rows, phone.languages, ("phone_id", identity))
        if phone.doubtful:
            notes.append(
                "a phone has ten digits that no US number begins with: it is not shown until "
                "somebody has dialled it"
            )


def _contacts(
    rows: Rows, contacts: Sequence[objects.Contact], owner: tuple[str, str], notes: list[str]
) -> None:
    for position, contact in enumerate(contacts):
        identity = rows.put(contact, owner, position)
        _phones(rows, contact.phones, ("contact_id", identity), notes)


def _languages(rows: Rows, languages: Sequence[objects.Language], owner: tuple[str, str]) -> None:
    """With the ISO 639-1 code by which search asks, where the name alone is given."""
    for position, language in enumerate(languages):
        code = language.code or _CODES.get((language.name or "").casefold())
        rows.put(language, owner, position, code=_SHORT.get(code or "", code))


def _areas(rows: Rows, service: objects.Service, owner: tuple[str, str]) -> list[str]:
    """The names as given, where search needs another spelling."""
    states = {
        address.state_province
        for link in service.service_at_locations
        for address in link.location.addresses
    }
    elsewhere = only_state_elsewhere(states)
    given: list[str] = []
    for position, area in enumerate(service.service_areas):
        name = understood(area.name, elsewhere) if area.name else None
        if name != area.name and area.name:
            given.append(area.name)
        rows.put(area, owner, position, name=name)
    return given


def _unit(rows: Rows, unit: objects.Unit) -> str:
    identity = (
        row_id("unit", unit.id, source=rows.source) if unit.id else stable_id("unit", unit.name)
    )
    rows.put_row("unit", columns_of(unit) | {"id": identity})
    return identity


def _program(rows: Rows, service: objects.Service, organization_id: str) -> str | None:
    if service.program is not None:
        return rows.put(service.program, ("organization_id", organization_id))
    known = {
        row_id("program", each.id, source=rows.source)
        for each in service.organization.programs
        if each.id
    }
    given = service.program_id
    identity = row_id("program", given, source=rows.source) if given else None
    return identity if identity in known else None


def _places(
    rows: Rows,
    service: objects.Service,
    service_id: str,
    organization_id: str,
    notes: list[str],
) -> None:
    met: set[str] = set()
    for position, link in enumerate(service.service_at_locations):
        location_id = _location(rows, link, service, service_id, organization_id, notes)
        if location_id in met:
            notes.append("one place is named twice: the first is used")
            continue
        met.add(location_id)
        identity = rows.put(
            link,
            ("service_id", service_id),
            position,
            location_id=location_id,
            service_confidential=service.confidential,
            location_confidential=service.confidential,
        )
        if service.confidential:
            continue
        owner = ("service_at_location_id", identity)
        _phones(rows, link.phones, owner, notes)
        _contacts(rows, link.contacts, owner, notes)
        _put_all(rows, link.schedules, owner)
        for place, area in enumerate(link.service_areas):
            # One row is either the service's or its place's: the same id in both is two rows.
            free = area.model_copy(update={"id": None}) if _in_both(area, service) else area
            area_id = rows.put(free, owner, place)
            rows.tables["service_area"][area_id]["service_id"] = service_id


def _in_both(area: objects.ServiceArea, service: objects.Service) -> bool:
    return area.id is not None and any(each.id == area.id for each in service.service_areas)


def _location(
    rows: Rows,
    link: objects.ServiceAtLocation,
    service: objects.Service,
    service_id: str,
    organization_id: str,
    notes: list[str],
) -> str:
    """The id of the place. Of a confidential service nothing is kept but that there is one."""
    location = link.location
    given = location.id or link.location_id
    if service.confidential:
        identity = stable_id("location", service_id, given or "confidential")
        bare: Row = {"location_type": location.location_type, "organization_id": organization_id}
        rows.put_row("location", {**_EMPTY_LOCATION, **bare, "id": identity, "confidential": True})
        return identity
    identity = (
        row_id("location", given, source=rows.source) if given else stable_id(
            "location", service_id, location.model_dump_json(exclude_defaults=True))
    )  # fmt: skip
    if identity in rows.tables.get("location", {}):
        return identity
    maintained = location.organization_id
    row: Row = columns_of(location) | {"id": identity, "confidential": False}
    row["organization_id"] = (
        organization_id
        if maintained is None
        or row_id("organization", maintained, source=rows.source) == organization_id
        else None
    )
    rows.put_row("location", row)
    owner = ("location_id", identity)
    for position, address in enumerate(location.addresses):
        rows.put(address, owner, position, location_confidential=False)
    _put_all(rows, location.accessibility, owner)
    _put_all(rows, location.schedules, owner)
    _phones(rows, location.phones, owner, notes)
    _contacts(rows, location.contacts, owner, notes)
    _languages(rows, location.languages, owner)
    rows.apart(location, "location", identity)
    if location.misplaced:
        notes.append("coordinates that are nowhere on Earth were left out")
    return identity


def _provenance(
    rows: Rows,
    service: objects.Service,
    hours: str | None,
    names: list[str],
    read_from: str,
) -> dict[str, Any]:
    said = {"source": rows.source, "as_of": rows.day.isoformat(), "attested": True}
    found: dict[str, Any] = {
        name: said for name, column in _FACTS.items() if getattr(service, column)
    }
    if hours:
        found["hours"] = said
    if service.service_areas:
        found["area"] = said | ({"given": names} if names else {})
    if service.service_at_locations:
        found["address"] = said
    found["needs"] = {"source": rows.source, "read_from": read_from}
    return found


_EMPTY_LOCATION: Row = columns_of(objects.Location())
_CODES = {name.casefold(): code for code, name in LANGUAGE_NAMES.items()} | {
    "español": "es", "espanol": "es", "asl": "ase", "mandarin": "zh", "cantonese": "zh",
}  # fmt: skip
# ISO 639-3, which many sources use.
_SHORT = {
    "eng": "en", "spa": "es", "pol": "pl", "ara": "ar", "zho": "zh", "hin": "hi", "urd": "ur",
    "guj": "gu",
}  # fmt: skip
