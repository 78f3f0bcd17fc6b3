"""What is loaded along with mapped services, so that writing them asks the database nothing more.

For those who change what they read. Who only reads has `directory.hsds.records`, which is quicker.
"""

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from directory.listings.models import (
    ListedContact,
    Location,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
)

Options = tuple[Any, ...]  # SQLAlchemy has no public name for what `options()` takes


def whole_service() -> Options:
    """For a whole service."""
    places = selectinload(Service.service_at_locations)
    return (
        joinedload(Service.organization).options(*_organization()),
        joinedload(Service.program),
        _phones(Service.phones),
        selectinload(Service.schedules),
        selectinload(Service.service_areas),
        selectinload(Service.languages),
        selectinload(Service.cost_options),
        selectinload(Service.required_documents),
        selectinload(Service.funding),
        selectinload(Service.additional_urls),
        selectinload(Service.capacities).joinedload(ServiceCapacity.unit),
        _contacts(Service.contacts),
        places.options(*_link()),
        places.joinedload(ServiceAtLocation.location).options(*_place()),
    )


def _organization() -> Options:
    return (
        _phones(Organization.phones),
        _contacts(Organization.contacts),
        selectinload(Organization.additional_websites),
        selectinload(Organization.funding),
        selectinload(Organization.programs),
        selectinload(Organization.organization_identifiers),
    )


def _link() -> Options:
    return (
        _phones(ServiceAtLocation.phones),
        _contacts(ServiceAtLocation.contacts),
        selectinload(ServiceAtLocation.schedules),
        selectinload(ServiceAtLocation.service_areas),
    )


def _place() -> Options:
    return (
        _phones(Location.phones),
        _contacts(Location.contacts),
        selectinload(Location.addresses),
        selectinload(Location.languages),
        selectinload(Location.accessibility),
        selectinload(Location.schedules),
    )


def _phones(attribute: InstrumentedAttribute[list[Phone]]) -> Any:
    return selectinload(attribute).selectinload(Phone.languages)


def _contacts(attribute: InstrumentedAttribute[list[ListedContact]]) -> Any:
    return selectinload(attribute).options(_phones(ListedContact.phones))
