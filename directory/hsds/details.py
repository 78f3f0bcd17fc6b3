"""The small HSDS objects that describe a service, an organization or a place."""

from collections.abc import Iterable
from typing import Any

from directory.hsds.values import clock, day, email, instant, number, offset, present, uri
from directory.listings.models import (
    Accessibility,
    CostOption,
    Funding,
    ListedContact,
    OrganizationIdentifier,
    Phone,
    Program,
    RequiredDocument,
    Schedule,
    ServiceArea,
    ServiceCapacity,
    SpokenLanguage,
    Unit,
    Url,
)
from directory.listings.publication import may_leave

Object = dict[str, Any]


def phone_objects(phones: Iterable[Phone]) -> list[Object]:
    """Those of the numbers that may leave the directory."""
    return [_phone(phone) for phone in phones if may_leave(phone)]


def _phone(phone: Phone) -> Object:
    return present(
        id=phone.id,
        service_id=phone.service_id,
        organization_id=phone.organization_id,
        location_id=phone.location_id,
        contact_id=phone.contact_id,
        service_at_location_id=phone.service_at_location_id,
        number=phone.number,
        extension=phone.extension,
        type=phone.type,
        description=phone.description,
        languages=[language_object(each) for each in phone.languages],
    )


def language_object(language: SpokenLanguage) -> Object:
    return present(
        id=language.id,
        service_id=language.service_id,
        location_id=language.location_id,
        phone_id=language.phone_id,
        name=language.name,
        code=language.code,
        note=language.note,
    )


def schedule_object(schedule: Schedule) -> Object:
    return present(
        id=schedule.id,
        service_id=schedule.service_id,
        location_id=schedule.location_id,
        service_at_location_id=schedule.service_at_location_id,
        valid_from=day(schedule.valid_from),
        valid_to=day(schedule.valid_to),
        dtstart=day(schedule.dtstart),
        timezone=offset(schedule.timezone),
        until=day(schedule.until),
        count=schedule.count,
        wkst=schedule.wkst,
        freq=schedule.freq,
        interval=schedule.interval,
        byday=schedule.byday,
        byweekno=schedule.byweekno,
        bymonthday=schedule.bymonthday,
        byyearday=schedule.byyearday,
        description=schedule.description,
        opens_at=clock(schedule.opens_at),
        closes_at=clock(schedule.closes_at),
        schedule_link=uri(schedule.schedule_link),
        attending_type=schedule.attending_type,
        notes=schedule.notes,
    )


def service_area_object(area: ServiceArea) -> Object:
    return present(
        id=area.id,
        service_id=area.service_id,
        service_at_location_id=area.service_at_location_id,
        name=area.name,
        description=area.description,
        extent=area.extent,
        extent_type=area.extent_type,
        uri=area.uri,
    )


def cost_option_object(cost: CostOption) -> Object:
    return present(
        id=cost.id,
        service_id=cost.service_id,
        valid_from=day(cost.valid_from),
        valid_to=day(cost.valid_to),
        option=cost.option,
        currency=cost.currency,
        amount=number(cost.amount),
        amount_description=cost.amount_description,
    )


def required_document_object(document: RequiredDocument) -> Object:
    return present(
        id=document.id,
        service_id=document.service_id,
        document=document.document,
        uri=uri(document.uri),
    )


def capacity_object(capacity: ServiceCapacity) -> Object:
    return present(
        id=capacity.id,
        service_id=capacity.service_id,
        unit=unit_object(capacity.unit),
        unit_id=capacity.unit_id,
        available=number(capacity.available),
        maximum=number(capacity.maximum),
        description=capacity.description,
        updated=instant(capacity.updated),
    )


def unit_object(unit: Unit) -> Object:
    return present(
        id=unit.id,
        name=unit.name,
        scheme=unit.scheme,
        identifier=unit.identifier,
        uri=uri(unit.uri),
    )


def url_objects(urls: Iterable[Url]) -> list[Object]:
    """Those that have a scheme: `url` is required."""
    return [
        present(
            id=each.id,
            label=each.label,
            url=each.url,
            organization_id=each.organization_id,
            service_id=each.service_id,
        )
        for each in urls
        if uri(each.url)
    ]


def contact_object(contact: ListedContact) -> Object:
    return present(
        id=contact.id,
        organization_id=contact.organization_id,
        service_id=contact.service_id,
        service_at_location_id=contact.service_at_location_id,
        location_id=contact.location_id,
        name=contact.name,
        title=contact.title,
        department=contact.department,
        email=email(contact.email),
        phones=phone_objects(contact.phones),
    )


def funding_object(funding: Funding) -> Object:
    return present(
        id=funding.id,
        organization_id=funding.organization_id,
        service_id=funding.service_id,
        source=funding.source,
    )


def program_object(program: Program) -> Object:
    return present(
        id=program.id,
        organization_id=program.organization_id,
        name=program.name,
        alternate_name=program.alternate_name,
        description=program.description or program.name,
    )


def identifier_object(identifier: OrganizationIdentifier) -> Object:
    return present(
        id=identifier.id,
        organization_id=identifier.organization_id,
        identifier_scheme=identifier.identifier_scheme,
        identifier_type=identifier.identifier_type,
        identifier=identifier.identifier,
    )


def accessibility_object(accessibility: Accessibility) -> Object:
    return present(
        id=accessibility.id,
        location_id=accessibility.location_id,
        description=accessibility.description,
        details=accessibility.details,
        url=uri(accessibility.url),
    )
