"""From an entry of data/partners.yml to the rows of a listing."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.database import new_id
from directory.listings import partner_schema as schema
from directory.listings.ids import stable_id
from directory.listings.models import (
    Address,
    CostOption,
    Location,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    SpokenLanguage,
)
from directory.listings.numbers import dialled
from directory.listings.schedules import schedule_rows
from directory.places import COUNTRY, STATE, PlaceKind, place_named

LANGUAGE_NAMES = {
    "ar": "Arabic",
    "ase": "American Sign Language",
    "en": "English",
    "es": "Spanish",
    "gu": "Gujarati",
    "hi": "Hindi",
    "pl": "Polish",
    "ur": "Urdu",
    "zh": "Chinese",
}


def fill_organization(row: Organization, entry: schema.Organization, *, now: datetime) -> None:
    row.name = entry.name
    row.alternate_name = entry.also_known_as[0] if entry.also_known_as else None
    row.also_known_as = list(entry.also_known_as)
    # HSDS demands a description; the file has none of organisations, only of their services.
    shown = ", ".join(service.name for service in entry.services if service.publish)
    row.description = f"Services: {shown}" if shown else ""
    url = entry.url if entry.url is not None and entry.url.attested else None
    row.website = url.value if url else None
    row.provenance = {"url": _provenance(url)} if url else {}
    row.last_modified = now


def fill_service(session: Session, row: Service, entry: schema.Service, *, now: datetime) -> None:
    """Writes the entry over the row. Facts that no source attests are left out.

    Phones are kept whatever they are: publication decides number by number.
    """
    _fill_columns(row, entry)
    row.last_modified = now
    _empty(session, row)
    row.confidential = entry.confidential
    row.phones = _phones(entry)
    row.schedules = [
        Schedule(id=_id("schedule", entry, position), position=position, **_fields(schedule))
        for position, schedule in enumerate(schedule_rows(row.opening_hours))
    ]
    row.service_areas = _areas(entry)
    row.languages = [
        SpokenLanguage(id=_id("language", entry, code), code=code, name=LANGUAGE_NAMES.get(code))
        for code in dict.fromkeys(["en", *entry.languages])
    ]
    row.cost_options = (
        [CostOption(id=_id("cost_option", entry, 0), option=row.fees_description)]
        if row.fees_description
        else []
    )
    row.required_documents = [
        RequiredDocument(id=_id("document", entry, position), document=text, position=position)
        for position, text in enumerate(entry.documents)
    ]
    if entry.address is not None and entry.address.attested and not entry.confidential:
        location = _location(session, row.organization, entry.address)
        link = ServiceAtLocation(id=stable_id("service_at_location", entry.id, location.id))
        link.location = location
        row.service_at_locations = [link]


def _fill_columns(row: Service, entry: schema.Service) -> None:
    eligibility, cost, apply = (
        fact if fact is not None and fact.attested else None
        for fact in (entry.eligibility, entry.cost, entry.apply)
    )
    row.name = entry.name
    row.alternate_name = entry.also_known_as[0] if entry.also_known_as else None
    row.needs = list(entry.needs)
    row.description, row.description_es = entry.description.en, entry.description.es
    row.eligibility_description = eligibility.en if eligibility else None
    row.eligibility_description_es = eligibility.es if eligibility else None
    row.minimum_age = entry.eligibility.minimum_age if entry.eligibility and eligibility else None
    row.maximum_age = entry.eligibility.maximum_age if entry.eligibility and eligibility else None
    row.fees_description = cost.en if cost else None
    row.fees_description_es = cost.es if cost else None
    row.application_process = apply.en if apply else None
    row.application_process_es = apply.es if apply else None
    row.url = entry.url.value if entry.url and entry.url.attested else None
    row.opening_hours = entry.hours.value if entry.hours and entry.hours.attested else None
    row.published, row.held_because = entry.publish, entry.held_because
    row.accepts_referrals, row.note = entry.accepts_referrals, entry.note
    row.provenance = {
        name: _provenance(fact)
        for name in ("url", "hours", "address", "area", "eligibility", "cost", "apply")
        if (fact := getattr(entry, name)) is not None
    }


def _empty(session: Session, row: Service) -> None:
    """Takes away the rows below, so that their ids are free for the new ones.

    Links to places go before the confidential flag changes: the database allows no other order.
    """
    for rows in (
        row.phones, row.schedules, row.service_areas, row.languages,
        row.cost_options, row.required_documents, row.service_at_locations,
    ):  # fmt: skip
        rows.clear()
    session.flush()


def _phones(entry: schema.Service) -> list[Phone]:
    rows: list[Phone] = []
    met: Counter[tuple[str, ...]] = Counter()
    for position, phone in enumerate(entry.phones):
        number = dialled(phone.number, kind=phone.type)
        key = (number, phone.type, phone.press or "", phone.text or "", phone.extension or "")
        met[key] += 1
        rows.append(
            Phone(
                id=_id("phone", entry, *key, met[key]),
                position=position,
                number=number,
                type=phone.type,
                extension=int(phone.extension) if phone.extension else None,
                description=phone.label.en if phone.label else None,
                description_es=phone.label.es if phone.label else None,
                say_label=phone.say_label,
                press=phone.press,
                text_word=phone.text,
                answered_24h=phone.answered_24h,
                intake=phone.intake,
                attested=phone.attested,
                call_first=phone.call_first,
                sources=list(phone.sources),
                as_of=phone.as_of,
                note=phone.note,
            )
        )
    return rows


def _areas(entry: schema.Service) -> list[ServiceArea]:
    if entry.area is None or not entry.area.attested:
        return []
    return [
        ServiceArea(
            id=_id("service_area", entry, name),
            name=name,
            extent_type=_extent(name),
            description=entry.area.note,
            position=position,
        )
        for position, name in enumerate(dict.fromkeys(entry.area.values))
    ]


def _extent(name: str) -> str:
    if name in (STATE, COUNTRY):
        return "state" if name == STATE else "country"
    place = place_named(name)
    kind = place.kind if place else PlaceKind.TOWN
    return {PlaceKind.ZIP: "postal code", PlaceKind.COUNTY: "county"}.get(kind, "city")


def _location(session: Session, organization: Organization, entry: schema.Address) -> Location:
    """The place of an address; services of one organisation at one address share it.

    A place that its partner has moved since keeps its id, and is not the place of this address.
    """
    for location in organization.locations:
        if _stands_at(location, entry):
            location.addresses[0].postal_code = entry.postal_code
            return location
    identity = stable_id("location", organization.slug, entry.street, entry.city, entry.state)
    if identity in {location.id for location in organization.locations}:
        identity = new_id()
    location = Location(id=identity, location_type="physical", name=organization.name)
    location.confidential = False
    location.addresses = [
        Address(
            id=stable_id("address", identity),
            address_1=entry.street,
            city=entry.city,
            state_province=entry.state,
            postal_code=entry.postal_code,
            country="US",
        )
    ]
    organization.locations.append(location)
    return location


def _stands_at(location: Location, entry: schema.Address) -> bool:
    if location.confidential or len(location.addresses) != 1:
        return False
    (address,) = location.addresses
    said = (address.address_1, address.address_2, address.city, address.state_province)
    return said == (entry.street, None, entry.city, entry.state)


def _provenance(fact: schema.Fact | None) -> dict[str, Any]:
    if fact is None:
        return {}
    known = fact.model_dump(mode="json", include={"source", "as_of", "attested"})
    note = getattr(fact, "note", None)
    return known | ({"note": note} if note else {})


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def _id(kind: str, entry: schema.Service, *names: str | int) -> str:
    return stable_id(kind, entry.id, *names)
