"""Listings as HSDS 3.2.3 objects, as anybody may see them.

Each object comes short (`*_summary`: the columns that HSDS lists have) and whole (`*_object`: with
all that hangs on it). What may not leave the directory is not in either: numbers are asked of
`directory.listings.publication` one by one, places too. What stands in tables apart from the
listing's own (attributes, metadata, passing notices) is added by `directory.hsds.service`.
"""

from collections.abc import Sequence
from typing import Any

from directory.hsds.details import (
    accessibility_object,
    capacity_object,
    contact_object,
    cost_option_object,
    funding_object,
    identifier_object,
    language_object,
    phone_objects,
    program_object,
    required_document_object,
    schedule_object,
    service_area_object,
    url_objects,
)
from directory.hsds.notices import Passing, passing
from directory.hsds.values import day, email, instant, number, present, uri
from directory.listings.change_models import ServiceNotice
from directory.listings.models import (
    Address,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from directory.listings.publication import is_published, published_places

Object = dict[str, Any]
UNNAMED = "No longer listed"


def service_object(service: Service, *, notices: Sequence[ServiceNotice] = ()) -> Object:
    """The whole service. `notices`: those of it that count at this moment.

    A service that is not published is a stub: see `withdrawn_service`.
    """
    if not is_published(service):
        return withdrawn_service(service)
    organization = service.organization
    return _service_alone(service, notices) | present(
        service_at_locations=[_place_of(link) for link in published_places(service)],
        organization=organization_columns(organization) | organization_details(organization),
    )


def service_inside_organization(
    service: Service, *, notices: Sequence[ServiceNotice] = ()
) -> Object:
    """The whole of a published service, but for the organization that it stands in."""
    return _service_alone(service, notices) | present(
        service_at_locations=[_place_of(link) for link in published_places(service)]
    )


def _service_alone(service: Service, notices: Sequence[ServiceNotice]) -> Object:
    return service_columns(service, notices) | present(
        additional_urls=url_objects(service.additional_urls),
        phones=phone_objects(service.phones),
        schedules=[schedule_object(each) for each in service.schedules],
        service_areas=[service_area_object(each) for each in service.service_areas],
        languages=[language_object(each) for each in service.languages],
        funding=[funding_object(each) for each in service.funding],
        cost_options=[cost_option_object(each) for each in service.cost_options],
        program=program_object(service.program) if service.program else None,
        required_documents=[required_document_object(each) for each in service.required_documents],
        contacts=[contact_object(each) for each in service.contacts],
        capacities=[capacity_object(each) for each in service.capacities],
    )


def service_summary(service: Service, *, notices: Sequence[ServiceNotice] = ()) -> Object:
    """The service as lists have it: its columns, its organization's and its program's."""
    if not is_published(service):
        return withdrawn_service(service)
    return service_columns(service, notices) | present(
        organization=organization_columns(service.organization),
        program=program_object(service.program) if service.program else None,
    )


def service_columns(service: Service, notices: Sequence[ServiceNotice] = ()) -> Object:
    """The columns of a published service. A closure that counts shows in `status` and `alert`."""
    word: Passing = passing(service, notices)
    return present(
        id=service.id,
        organization_id=service.organization_id,
        program_id=service.program_id,
        name=service.name,
        alternate_name=service.alternate_name,
        description=service.description,
        url=uri(service.url),
        email=email(service.email),
        status=word.status,
        interpretation_services=service.interpretation_services,
        application_process=service.application_process,
        fees_description=service.fees_description,
        wait_time=service.wait_time,
        fees=service.fees,
        accreditations=service.accreditations,
        eligibility_description=service.eligibility_description,
        minimum_age=number(service.minimum_age),
        maximum_age=number(service.maximum_age),
        assured_date=day(service.assured_date),
        assurer_email=email(service.assurer_email),
        licenses=service.licenses,
        alert=word.alert,
        last_modified=instant(service.last_modified),
    )


def withdrawn_service(service: Service) -> Object:
    """What remains to be told of a service that is no longer shown: that it is not.

    One that is held back may never have been known: its name stays here too.
    """
    return present(
        id=service.id,
        name=service.name if service.published else UNNAMED,
        status="defunct" if service.status == "defunct" or service.merged_into_id else "inactive",
        last_modified=instant(service.last_modified),
    )


def organization_columns(organization: Organization) -> Object:
    """The organization as lists have it."""
    return present(
        id=organization.id,
        name=organization.name,
        alternate_name=organization.alternate_name,
        # Required in HSDS, and not every source has one.
        description=organization.description or organization.name,
        email=email(organization.email),
        website=uri(organization.website),
        tax_status=organization.tax_status,
        tax_id=organization.tax_id,
        year_incorporated=organization.year_incorporated,
        legal_status=organization.legal_status,
        logo=organization.logo,
        uri=uri(organization.uri),
        parent_organization_id=organization.parent_organization_id,
    )


def organization_details(organization: Organization) -> Object:
    """What hangs on an organization, apart from its places and services."""
    return present(
        additional_websites=url_objects(organization.additional_websites),
        funding=[funding_object(each) for each in organization.funding],
        contacts=[contact_object(each) for each in organization.contacts],
        phones=phone_objects(organization.phones),
        programs=[program_object(each) for each in organization.programs],
        organization_identifiers=[
            identifier_object(each) for each in organization.organization_identifiers
        ],
    )


def organization_object(organization: Organization, *, services: Sequence[Object] = ()) -> Object:
    """The whole organization, with the places where a published service of it is to be found.

    `services`: the objects of its published services, short or whole, as was asked.
    """
    places = {
        link.location_id: link.location
        for service in organization.services
        for link in published_places(service)
        if link.location.organization_id == organization.id
    }
    return (
        organization_columns(organization)
        | organization_details(organization)
        | present(
            locations=[location_object(places[key]) for key in sorted(places)],
            services=list(services),
        )
    )


def location_columns(location: Location) -> Object:
    """The place as lists have it. Never called for a confidential one: see `published_places`."""
    return present(
        id=location.id,
        location_type=location.location_type,
        url=uri(location.url),
        organization_id=location.organization_id,
        name=location.name,
        alternate_name=location.alternate_name,
        description=location.description,
        transportation=location.transportation,
        latitude=location.latitude,
        longitude=location.longitude,
        external_identifier=location.external_identifier,
        external_identifier_type=location.external_identifier_type,
    )


def location_object(location: Location) -> Object:
    """The whole place. Raises ValueError for a confidential one."""
    if location.confidential:
        raise ValueError("a confidential location never leaves the directory")
    return location_columns(location) | present(
        languages=[language_object(each) for each in location.languages],
        addresses=[found for each in location.addresses if (found := address_object(each))],
        contacts=[contact_object(each) for each in location.contacts],
        accessibility=[accessibility_object(each) for each in location.accessibility],
        phones=phone_objects(location.phones),
        schedules=[schedule_object(each) for each in location.schedules],
    )


def address_object(address: Address) -> Object | None:
    """None where a field is missing that HSDS requires: half an address would be invalid."""
    required = present(
        address_1=address.address_1,
        city=address.city,
        state_province=address.state_province,
        postal_code=address.postal_code,
        country=address.country,
        address_type=address.address_type,
    )
    if len(required) < 6:
        return None
    return present(
        id=address.id,
        location_id=address.location_id,
        attention=address.attention,
        address_2=address.address_2,
        region=address.region,
        **required,
    )


def _place_of(link: ServiceAtLocation) -> Object:
    """The place of a service inside that service."""
    return present(
        id=link.id,
        service_id=link.service_id,
        location_id=link.location_id,
        description=link.description,
        service_areas=[service_area_object(each) for each in link.service_areas],
        contacts=[contact_object(each) for each in link.contacts],
        phones=phone_objects(link.phones),
        schedules=[schedule_object(each) for each in link.schedules],
        location=location_object(link.location),
    )


def service_at_location_object(
    link: ServiceAtLocation, *, notices: Sequence[ServiceNotice] = ()
) -> Object:
    """The whole pair of a service and a place that may both be told (`published_places`).

    Its service has no places in HSDS: it would hold itself.
    """
    organization = link.service.organization
    service = _service_alone(link.service, notices) | present(
        organization=organization_columns(organization) | organization_details(organization)
    )
    return _place_of(link) | {"service": service}


def service_at_location_summary(
    link: ServiceAtLocation, *, notices: Sequence[ServiceNotice] = ()
) -> Object:
    """The pair as lists have it."""
    return present(
        id=link.id,
        service_id=link.service_id,
        location_id=link.location_id,
        description=link.description,
        location=location_columns(link.location),
        service=service_summary(link.service, notices=notices),
    )


def taxonomy_object(taxonomy: Taxonomy) -> Object:
    return present(
        id=taxonomy.id,
        name=taxonomy.name,
        description=taxonomy.description or taxonomy.name,
        uri=uri(taxonomy.uri),
        version=taxonomy.version,
    )


def taxonomy_term_object(term: TaxonomyTerm) -> Object:
    return present(
        id=term.id,
        code=term.code,
        name=term.name,
        description=term.description or term.name,
        parent_id=term.parent_id,
        taxonomy=term.taxonomy.name,
        taxonomy_detail=taxonomy_object(term.taxonomy),
        language=term.language,
        taxonomy_id=term.taxonomy_id,
        term_uri=uri(term.term_uri),
    )
