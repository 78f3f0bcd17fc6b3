"""A listing as its own organisation sees it, field by field: what a change is compared with.

Of its numbers those that it may know to be its own: one that nobody attests, or that staff still
has to dial, is staff's note and not part of the listing.
"""

from collections.abc import Callable, Iterable
from typing import Any

from directory.listings import edit_schema as schema
from directory.listings.models import (
    Address,
    CostOption,
    Location,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    SpokenLanguage,
    Url,
)

Json = Any

_WITHOUT_ORDER = frozenset({"cost_options", "additional_urls", "languages", "service_at_locations"})
# Fields that are one value each, and their columns.
SCALARS = (
    "name", "alternate_name", "description", "url", "email", "status", "interpretation_services",
    "application_process", "fees_description", "wait_time", "fees", "accreditations", "licenses",
    "eligibility_description", "minimum_age", "maximum_age", "alert", "opening_hours",
    "accepts_referrals", "confidential", "description_es", "eligibility_description_es",
    "fees_description_es", "application_process_es",
)  # fmt: skip


def value_of(service: Service, field: str) -> Json:
    """The HSDS value of a field as plain JSON; lists without the ids of their entries."""
    if field in SCALARS:
        return getattr(service, field)
    if field == "needs":
        return list(service.needs)
    return in_order(field, [entry.content() for entry in entries_of(service, field)])


def in_order(field: str, contents: list[Json]) -> list[Json]:
    """The contents of a list as they are compared: where the order says nothing, one order."""
    return sorted(contents, key=str) if field in _WITHOUT_ORDER else contents


def entries_of(service: Service, field: str) -> list[schema.Entry]:
    """The entries of a list, with their ids. Raises KeyError for a field that is none."""
    return _ENTRIES[field](service)


def shown_phones(service: Service) -> list[Phone]:
    """The numbers that the organisation is shown, in the order of the listing."""
    return [phone for phone in service.phones if phone.attested and not phone.call_first]


def phone_value(row: Phone) -> schema.Phone:
    return schema.Phone.model_construct(
        id=row.id,
        type=row.type,
        number=row.number,
        extension=row.extension,
        description=row.description,
        languages=[language_value(each) for each in row.languages],
        description_es=row.description_es,
        press=row.press,
        text_word=row.text_word,
        say_label=row.say_label or None,
        answered_24h=row.answered_24h,
        intake=None if row.intake else False,
    )


def language_value(row: SpokenLanguage) -> schema.Language:
    return schema.Language.model_construct(id=row.id, code=row.code, name=row.name, note=row.note)


def schedule_value(row: Schedule) -> schema.Schedule:
    zone = row.timezone or ""
    return schema.Schedule.model_construct(
        timezone=float(zone) if zone.lstrip("-").replace(".", "", 1).isdecimal() else None,
        **_columns(row, schema.Schedule, leave={"timezone"}),
    )


def place_value(row: ServiceAtLocation) -> schema.ServiceAtLocation:
    return schema.ServiceAtLocation.model_construct(
        id=row.id, description=row.description, location=location_value(row.location)
    )


def location_value(row: Location) -> schema.Location:
    return schema.Location.model_construct(
        addresses=[address_value(each) for each in row.addresses],
        **_columns(row, schema.Location, leave={"addresses"}),
    )


def address_value(row: Address) -> schema.Address:
    return schema.Address.model_construct(**_columns(row, schema.Address))


def _phones(service: Service) -> list[schema.Entry]:
    return [phone_value(each) for each in shown_phones(service)]


def _places(service: Service) -> list[schema.Entry]:
    """Of a place that is confidential nothing, not even its name."""
    links = (each for each in service.service_at_locations if not each.location.confidential)
    return [place_value(each) for each in sorted(links, key=lambda link: link.id)]


def _listed(attribute: str, model: type[schema.Entry]) -> Callable[[Service], list[schema.Entry]]:
    def entries(service: Service) -> list[schema.Entry]:
        rows: Iterable[CostOption | RequiredDocument | ServiceArea | Url] = getattr(
            service, attribute
        )
        return [
            model.model_construct(**_columns(row, model))
            for row in (sorted(rows, key=_id) if attribute in _WITHOUT_ORDER else rows)
        ]

    return entries


def _id(row: CostOption | RequiredDocument | ServiceArea | Url) -> str:
    return row.id


def _columns(row: object, model: type[schema.Entry], leave: set[str] | None = None) -> Json:
    return {name: getattr(row, name) for name in model.model_fields if name not in (leave or ())}


_ENTRIES: dict[str, Callable[[Service], list[schema.Entry]]] = {
    "phones": _phones,
    "schedules": lambda service: [schedule_value(each) for each in service.schedules],
    "service_areas": _listed("service_areas", schema.ServiceArea),
    "languages": lambda service: [language_value(each) for each in service.languages],
    "cost_options": _listed("cost_options", schema.CostOption),
    "required_documents": _listed("required_documents", schema.RequiredDocument),
    "additional_urls": _listed("additional_urls", schema.Url),
    "service_at_locations": _places,
}
LISTS = tuple(_ENTRIES)
