"""A confidential place has no address: the database itself refuses one."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory import database
from directory.database import Database
from directory.listings.models import Address, Location, Organization, Service, ServiceAtLocation
from tests.directory.listings.files import NOW, load


def _location(session: Session, *, confidential: bool) -> Location:
    location = Location(confidential=confidential)
    session.add(location)
    session.flush()
    return location


def _address(location: Location) -> Address:
    return Address(location=location, address_1="1 A St.", city="Lisle", state_province="IL")


def _confidential_service(session: Session) -> Service:
    organization = Organization(
        name="A", description="", slug="a", origin="test", last_modified=NOW
    )
    service = Service(
        name="A", slug="a--a", origin="test", last_modified=NOW, organization=organization
    )
    service.published, service.confidential = True, True
    session.add(organization)
    session.flush()
    return service


def _add_address_to_confidential(session: Session) -> None:
    session.add(_address(_location(session, confidential=True)))
    session.flush()


def _lie_about_the_location(session: Session) -> None:
    location = _location(session, confidential=True)
    session.execute(
        text(
            "INSERT INTO address (id, location_id, location_confidential, address_1, city,"
            " state_province, country, address_type)"
            " VALUES ('x', :id, false, '1 A St.', 'Lisle', 'IL', 'US', 'physical')"
        ),
        {"id": location.id},
    )


def _hide_a_location_that_has_an_address(session: Session) -> None:
    location = _location(session, confidential=False)
    session.add(_address(location))
    session.flush()
    session.execute(
        text("UPDATE location SET confidential = true WHERE id = :id"), {"id": location.id}
    )


def _give_a_confidential_location_coordinates(session: Session) -> None:
    location = _location(session, confidential=True)
    location.latitude, location.longitude = 41.77, -88.14
    session.flush()


def _put_a_confidential_service_at_an_open_location(session: Session) -> None:
    service = _confidential_service(session)
    location = _location(session, confidential=False)
    session.add(ServiceAtLocation(service=service, location=location))
    session.flush()


def _make_a_placed_service_confidential(session: Session) -> None:
    session.execute(
        text("UPDATE service SET confidential = true WHERE slug = 'oak-pantry--groceries'")
    )


@pytest.mark.parametrize(
    "attempt",
    [
        _add_address_to_confidential,
        _lie_about_the_location,
        _hide_a_location_that_has_an_address,
        _give_a_confidential_location_coordinates,
        _put_a_confidential_service_at_an_open_location,
        _make_a_placed_service_confidential,
    ],
)
def test_the_database_refuses(any_database: Database, attempt: Callable[[Session], None]) -> None:
    load()
    with pytest.raises(IntegrityError), database.session_scope() as session:
        attempt(session)


def test_a_confidential_service_may_stand_at_a_confidential_location(
    any_database: Database,
) -> None:
    with database.session_scope() as session:
        service = _confidential_service(session)
        location = _location(session, confidential=True)
        session.add(ServiceAtLocation(service=service, location=location))


def test_loading_a_confidential_service_makes_no_place_for_it(any_database: Database) -> None:
    load()
    with database.read_scope() as session:
        rows = session.execute(
            text(
                "SELECT count(*) FROM service_at_location l JOIN service s ON s.id = l.service_id"
                " WHERE s.confidential"
            )
        )
        assert rows.scalar() == 0
