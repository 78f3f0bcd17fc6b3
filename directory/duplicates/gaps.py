"""What one listing has and the other lacks: the columns and the rows that a merge takes over.

Rows are copied, never moved: the listing that is merged keeps its own, so that the merge can be
taken back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, get_args

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from directory.database import new_id
from directory.duplicates.likeness import address_key
from directory.listings import queries as listings
from directory.listings.edit_rules import is_hotline
from directory.listings.models import (
    Attribute,
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
from directory.listings.numbers import digits_of
from directory.listings.partner_rules import gives_place_away
from directory.listings.publication import is_published
from directory.places import folded

AddedRow = (
    Phone
    | Schedule
    | SpokenLanguage
    | ServiceArea
    | RequiredDocument
    | CostOption
    | Url
    | ServiceAtLocation
    | Attribute
)
# What a merge adds, by the name of its table.
ROW_TYPES: Mapping[str, type[AddedRow]] = {kind.__tablename__: kind for kind in get_args(AddedRow)}
# Column -> the fact of `provenance` that it belongs to.
_FACTS = {
    "url": "url",
    "opening_hours": "hours",
    "eligibility_description": "eligibility",
    "fees_description": "cost",
    "application_process": "apply",
}
_COLUMNS = (
    "alternate_name", "description", "description_es", "url", "email", "interpretation_services",
    "application_process", "application_process_es", "fees_description", "fees_description_es",
    "wait_time", "fees", "accreditations", "eligibility_description",
    "eligibility_description_es", "minimum_age", "maximum_age", "licenses", "opening_hours",
    "typical_wait_days",
)  # fmt: skip
# Spanish beside English that says something else would be wrong: these go together.
_WITH = {
    "description_es": "description",
    "eligibility_description_es": "eligibility_description",
    "minimum_age": "eligibility_description",
    "maximum_age": "eligibility_description",
    "fees_description_es": "fees_description",
    "application_process_es": "application_process",
}


def missing_columns(kept: Service, other: Service) -> dict[str, Any]:
    """Column -> value, of what the kept listing does not say and the other does."""
    if _gives_only_numbers(kept, other):
        return {}
    found: dict[str, Any] = {}
    for name in _COLUMNS:
        value = getattr(other, name)
        if value is None or getattr(kept, name) is not None:
            continue
        beside = _WITH.get(name)
        if beside is not None and beside not in found and getattr(kept, beside) is not None:
            continue
        found[name] = value
    unnamed = kept.alternate_name is None and "alternate_name" not in found
    if unnamed and folded(other.name) != folded(kept.name):
        found["alternate_name"] = other.name
    needs = [*kept.needs, *(need for need in other.needs if need not in kept.needs)]
    if needs != kept.needs:
        found["needs"] = needs
    return found


def facts_of(columns: Iterable[str]) -> list[str]:
    """The facts of `provenance` that came with these columns."""
    return [_FACTS[name] for name in columns if name in _FACTS]


def missing_rows(
    session: Session, kept: Service, other: Service, *, hours: bool
) -> Iterator[AddedRow]:
    """Copies of the rows that the kept listing lacks, hung on it. `hours`: schedules too."""
    yield from _phones(kept, other)
    if _gives_only_numbers(kept, other):
        return
    if hours:
        for schedule in other.schedules:
            yield _copy(schedule, service_id=kept.id)
    for language in _new(kept.languages, other.languages, _language_key):
        yield _copy(language, service_id=kept.id)
    for area in _new(kept.service_areas, other.service_areas, lambda row: folded(row.name or "")):
        yield _copy(area, service_id=kept.id, position=len(kept.service_areas) + area.position)
    documents = _new(
        kept.required_documents, other.required_documents, lambda row: folded(row.document or "")
    )
    for document in documents:
        yield _copy(document, service_id=kept.id)
    if not kept.cost_options and not kept.fees_description:
        for cost in other.cost_options:
            yield _copy(cost, service_id=kept.id)
    for link in _new(kept.additional_urls, other.additional_urls, lambda row: row.url):
        yield _copy(link, service_id=kept.id)
    if not kept.confidential and not other.confidential:
        yield from _places(kept, other)
    yield from _attributes(session, kept, other)


def _gives_only_numbers(kept: Service, other: Service) -> bool:
    """What is held back is not published by being merged; its numbers come in held (`_phones`)."""
    return kept.published and not is_published(other)


def place_told_by(rows: Iterable[AddedRow]) -> list[str]:
    """The tables of the rows whose words seem to say where something is. A ZIP that is served
    is no such place."""
    return sorted({row.__tablename__ for row in rows if _tells_place(row)} - {"service_area"})


def _tells_place(row: Any) -> bool:
    values = (getattr(row, each.key) for each in inspect(type(row)).column_attrs)
    return any(isinstance(value, str) and gives_place_away(value) for value in values)


def _phones(kept: Service, other: Service) -> Iterator[Phone]:
    """The numbers that the kept one lacks.

    Nobody is given those of a listing that is not shown, nor a hotline's, until a person has
    dialled them: a merge must not say what was held back, nor pass by a hotline's approval.
    """
    new = _new(kept.phones, other.phones, _phone_key)
    held = not is_published(other) or is_hotline(kept.phones) or is_hotline(new)
    last = max((phone.position for phone in kept.phones), default=-1)
    for position, phone in enumerate(new, last + 1):
        copied = _copy_phone(phone, kept.id, position)
        copied.call_first = phone.call_first or held
        yield copied


def _places(kept: Service, other: Service) -> Iterator[AddedRow]:
    """The other's places at addresses where the kept one is not yet; the place itself is one."""
    there = {key for link in kept.service_at_locations for key in _place_keys(link.location)}
    for link in other.service_at_locations:
        if not there & _place_keys(link.location):
            yield ServiceAtLocation(
                id=new_id(),
                service_id=kept.id,
                location_id=link.location_id,
                service_confidential=False,
                location_confidential=link.location_confidential,
                description=link.description,
            )


def _place_keys(location: Location) -> set[str]:
    keys = {address_key(each.address_1, each.city, each.postal_code) for each in location.addresses}
    return (keys - {""}) | {location.id}


def _attributes(session: Session, kept: Service, other: Service) -> Iterator[AddedRow]:
    there = {row.taxonomy_term_id for row in listings.attributes_of(session, kept.id)}
    for row in listings.attributes_of(session, other.id):
        if row.taxonomy_term_id not in there:
            yield Attribute(
                id=new_id(),
                link_id=kept.id,
                link_entity="service",
                link_type=row.link_type,
                taxonomy_term_id=row.taxonomy_term_id,
                value=row.value,
                label=row.label,
            )


def _new(have: Iterable[Any], more: Iterable[Any], key: Callable[[Any], Any]) -> list[Any]:
    there = {key(row) for row in have}
    found = []
    for row in more:
        if key(row) not in there:
            there.add(key(row))
            found.append(row)
    return found


def _phone_key(phone: Phone) -> tuple[str, int | None, str | None]:
    return digits_of(phone.number), phone.extension, phone.text_word


def _language_key(language: SpokenLanguage) -> str:
    return language.code or folded(language.name or "")


def _copy_phone(phone: Phone, service_id: str, position: int) -> Phone:
    copied: Phone = _copy(phone, service_id=service_id, position=position)
    copied.languages = [_copy(each, phone_id=copied.id) for each in phone.languages]
    return copied


def _copy(row: Any, **changes: Any) -> Any:
    """A new row that says the same, and hangs on nothing but what `changes` names."""
    columns = inspect(type(row)).column_attrs
    owners = {"organization_id", "location_id", "contact_id", "service_at_location_id", "phone_id"}
    values = {each.key: getattr(row, each.key) for each in columns if each.key not in owners}
    return type(row)(**(values | {"service_id": None} | changes | {"id": new_id()}))
