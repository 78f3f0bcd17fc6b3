"""Listings of made-up organizations, small or with everything that HSDS knows."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.database import new_id
from directory.listings import models as rows
from directory.listings.change_models import ServiceNotice
from directory.listings.models import Location, Organization, Service
from directory.listings.service import catalogue_changed
from tests.fakes import MORNING


def an_organization(session: Session, name: str = "Example Aid", **changes: Any) -> Organization:
    identity = changes.pop("id", None) or new_id()
    given = {"description": "Helps.", "origin": "test", "last_modified": MORNING} | changes
    organization = Organization(id=identity, slug=identity, name=name, **given)
    session.add(organization)
    session.flush()
    return organization


def a_listing(session: Session, name: str = "Example Pantry", **changes: Any) -> Service:
    """A published service; the catalogue knows of it. `organization`: else one of its own."""
    organization = changes.pop("organization", None) or an_organization(session)
    identity = changes.pop("id", None) or new_id()
    given = {
        "description": "Food for a week.",
        "published": True,
        "origin": "test",
        "last_modified": MORNING,
    } | changes
    service = Service(id=identity, slug=identity, name=name, organization=organization, **given)
    session.add(service)
    session.flush()
    catalogue_changed(session, service.id)
    return service


def a_phone(number: str = "630-555-0140", **changes: Any) -> rows.Phone:
    return rows.Phone(**({"number": number, "attested": True} | changes))


def a_place(session: Session, service: Service, **changes: Any) -> Location:
    """Where the service is: with an address, unless the place is confidential."""
    address = {
        "address_1": "1 Example Street",
        "city": "Naperville",
        "state_province": "IL",
        "postal_code": "60540",
    } | changes.pop("address", {})
    location = Location(organization=service.organization, name="The hall", **changes)
    if not location.confidential:
        location.addresses = [rows.Address(**address)]
    session.add(location)
    session.flush()
    link = rows.ServiceAtLocation(service=service, location=location)
    session.add(link)
    session.flush()
    catalogue_changed(session, service.id)
    return location


def a_notice(session: Session, service: Service, **changes: Any) -> ServiceNotice:
    given: dict[str, Any] = {"kind": "closure", "by": "staff:1", "created_at": MORNING} | changes
    notice = ServiceNotice(service_id=service.id, **given)
    session.add(notice)
    session.flush()
    return notice


def a_term(session: Session, name: str = "Food", **changes: Any) -> rows.TaxonomyTerm:
    """A term of the taxonomy "Examples"."""
    taxonomy = session.get(rows.Taxonomy, TAXONOMY_ID)
    if taxonomy is None:
        taxonomy = rows.Taxonomy(id=TAXONOMY_ID, name="Examples", description="Kinds of help.")
    term = rows.TaxonomyTerm(
        id=new_id(), taxonomy=taxonomy, name=name, description=f"All {name}.", **changes
    )
    session.add(term)
    session.flush()
    return term


def tag(session: Session, link_id: str, term: rows.TaxonomyTerm, entity: str = "service") -> None:
    session.add(rows.Attribute(link_id=link_id, link_entity=entity, taxonomy_term=term))
    session.flush()


TAXONOMY_ID = "00000000-0000-4000-8000-00000000aaaa"


def a_full_listing(session: Session) -> Service:
    """A service with at least one of everything that can hang on it."""
    service = a_listing(session, **_COLUMNS)
    organization = service.organization
    service.program = rows.Program(
        organization_id=organization.id, name="Winter", description="Help in winter."
    )
    service.phones = [a_phone(extension=7, languages=[rows.SpokenLanguage(code="es")])]
    service.schedules = [_schedule()]
    service.service_areas = [rows.ServiceArea(name="DuPage County", extent_type="county")]
    service.languages = [rows.SpokenLanguage(name="Spanish", code="es", note="Mornings")]
    service.cost_options = [rows.CostOption(option="per visit", amount=0, currency="USD")]
    service.required_documents = [rows.RequiredDocument(document="A letter with the address")]
    service.funding = [rows.Funding(source="Gifts")]
    service.additional_urls = [rows.Url(label="Form", url="https://example.org/form")]
    service.contacts = [
        rows.ListedContact(name="Front desk", phones=[a_phone("630-555-0141")]),
    ]
    unit = rows.Unit(name="boxes")
    service.capacities = [
        rows.ServiceCapacity(unit=unit, available=12.0, maximum=40.0, updated=MORNING)
    ]
    organization.phones = [a_phone("630-555-0142")]
    organization.funding = [rows.Funding(source="A grant")]
    organization.contacts = [rows.ListedContact(name="Office", email="office@example.org")]
    organization.programs.append(service.program)
    organization.additional_websites = [rows.Url(url="https://example.org/about")]
    organization.organization_identifiers = [
        rows.OrganizationIdentifier(identifier_type="EIN", identifier="00-0000000")
    ]
    place = a_place(session, service, latitude=41.77, longitude=-88.15)
    place.phones = [a_phone("630-555-0143")]
    place.schedules = [_schedule()]
    place.languages = [rows.SpokenLanguage(code="en", name="English")]
    place.accessibility = [rows.Accessibility(description="A ramp", url="https://example.org/a")]
    place.contacts = [rows.ListedContact(title="Caretaker")]
    [link] = service.service_at_locations
    link.description = "By the back door"
    link.phones = [a_phone("630-555-0144")]
    link.schedules = [_schedule()]
    link.service_areas = [rows.ServiceArea(service_id=service.id, name="Naperville")]
    link.contacts = [rows.ListedContact(department="Pantry")]
    session.flush()
    for entity, identity in [
        ("service", service.id),
        ("organization", organization.id),
        ("location", place.id),
        ("phone", service.phones[0].id),
    ]:
        tag(session, identity, a_term(session, f"Term of {entity}"), entity)
    session.expire_all()
    return session.get_one(Service, service.id)


_COLUMNS: dict[str, Any] = {
    "alternate_name": "The pantry",
    "url": "https://example.org",
    "email": "pantry@example.org",
    "interpretation_services": "By telephone",
    "application_process": "Come in.",
    "fees_description": "Free",
    "wait_time": "None",
    "fees": "0",
    "accreditations": "None",
    "eligibility_description": "Everybody",
    "minimum_age": 0,
    "maximum_age": 120,
    "assured_date": date(2026, 3, 1),
    "assurer_email": "desk@example.org",
    "licenses": "None",
    "alert": "Bring a bag.",
}


def _schedule() -> rows.Schedule:
    return rows.Schedule(
        freq="WEEKLY",
        interval=1,
        wkst="MO",
        byday="MO,WE",
        opens_at="09:00",
        closes_at="12:00",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        timezone="-6",
        description="Mornings",
    )


def at(day: int, hour: int = 12) -> datetime:
    """An instant of the month of MORNING."""
    return MORNING.replace(day=day, hour=hour, minute=0)
