"""Each object has what its row has, by the names of HSDS, and never a null."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from directory import database
from directory.database import Database
from directory.hsds import records, write
from directory.hsds.loading import whole_service
from directory.hsds.service import service_objects
from directory.hsds.writers import View, links, organizations, services
from directory.listings.models import Address, Service, Url
from tests.directory.hsds.builders import a_full_listing, a_listing, a_place
from tests.fakes import MORNING

LISTS = (
    "additional_urls", "phones", "schedules", "service_areas", "service_at_locations", "languages",
    "funding", "cost_options", "required_documents", "contacts", "capacities", "attributes",
)  # fmt: skip
OF_PLACES = (
    "languages", "addresses", "contacts", "accessibility", "phones", "schedules", "attributes",
)  # fmt: skip
OF_ORGANIZATIONS = (
    "additional_websites", "funding", "contacts", "phones", "programs", "attributes",
    "organization_identifiers",
)  # fmt: skip


def nothing_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(map(nothing_empty, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(nothing_empty, value))
    return value is not None and value != ""


@pytest.fixture
def whole(any_database: Database) -> dict[str, Any]:
    """The service that has everything."""
    with database.session_scope() as session:
        service = a_full_listing(session)
        [written] = service_objects(session, [service], now=MORNING)
    return written


def test_a_service_is_written_with_all_that_hangs_on_it(whole: dict[str, Any]) -> None:
    assert [name for name in LISTS if not whole.get(name)] == []
    assert nothing_empty(whole)
    assert whole["status"] == "active"
    assert whole["minimum_age"] == 0
    assert whole["assured_date"] == "2026-03-01"
    assert whole["last_modified"] == "2026-03-18T15:00:00Z"
    assert whole["program"]["name"] == "Winter"
    [phone] = whole["phones"]
    assert (phone["number"], phone["extension"]) == ("630-555-0140", 7)
    assert phone["languages"][0]["code"] == "es"
    assert whole["contacts"][0]["phones"][0]["number"] == "630-555-0141"
    [capacity] = whole["capacities"]
    assert (capacity["available"], capacity["unit"]["name"]) == (12, "boxes")
    [schedule] = whole["schedules"]
    assert (schedule["opens_at"], schedule["timezone"]) == ("09:00:00", -6)
    assert whole["cost_options"][0]["amount"] == 0


def test_its_organization_and_place_are_whole_too(whole: dict[str, Any]) -> None:
    organization = whole["organization"]
    assert [name for name in OF_ORGANIZATIONS if not organization.get(name)] == []
    assert organization["phones"][0]["number"] == "630-555-0142"
    [link] = whole["service_at_locations"]
    assert link["phones"][0]["number"] == "630-555-0144"
    assert {"contacts", "schedules", "service_areas", "description"} <= link.keys()
    assert [name for name in OF_PLACES if not link["location"].get(name)] == []
    assert link["location"]["addresses"][0]["postal_code"] == "60540"


def test_an_area_of_one_place_is_not_the_services_own(whole: dict[str, Any]) -> None:
    [link] = whole["service_at_locations"]
    assert [area["name"] for area in whole["service_areas"]] == ["DuPage County"]
    assert [area["name"] for area in link["service_areas"]] == ["Naperville"]


def test_attributes_hold_their_term_and_its_taxonomy(whole: dict[str, Any]) -> None:
    [attribute] = whole["attributes"]
    assert attribute["link_id"] == whole["id"]
    term = attribute["taxonomy_term"]
    assert (term["name"], term["taxonomy"]) == ("Term of service", "Examples")
    assert term["taxonomy_detail"]["id"] == term["taxonomy_id"]
    [of_phone] = whole["phones"][0]["attributes"]
    assert of_phone["link_entity"] == "phone"


def test_in_a_list_a_service_has_columns_its_organization_and_its_program(db: Database) -> None:
    with database.session_scope() as session:
        service = a_full_listing(session)
        [short] = service_objects(session, [service], now=MORNING, whole=False)
    nested = {name: value for name, value in short.items() if isinstance(value, dict | list)}
    assert set(nested) == {"organization", "program"}
    assert not any(isinstance(value, dict | list) for value in nested["organization"].values())


def test_records_are_written_as_mapped_rows_are(any_database: Database) -> None:
    with database.session_scope() as session:
        mapped = a_full_listing(session)
        expected = service_objects(session, [mapped], now=MORNING)
    with database.read_scope() as session:
        assert services(session, [mapped.id], View(MORNING, whole=True)) == expected


def test_loaded_for_writing_nothing_more_is_asked_of_the_database(db: Database) -> None:
    with database.session_scope() as session:
        service_id = a_full_listing(session).id
    with database.read_scope() as session:
        statement = select(Service).where(Service.id == service_id).options(*whole_service())
        service = session.scalars(statement).one()
        session.expunge_all()
        assert write.service_object(service)["phones"]


def test_more_rows_than_a_statement_takes_are_read_in_turn(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.session_scope() as session:
        ids = [a_full_listing(session).id for _ in range(3)]
    view = View(MORNING, whole=True)
    with database.read_scope() as session:
        at_once = services(session, ids, view)
    for most in (1, 2, 4):
        monkeypatch.setattr(records, "MOST_VALUES", most)
        with database.read_scope() as session:
            assert services(session, ids, view) == at_once


def test_an_organization_has_its_services_short_or_whole(db: Database) -> None:
    with database.session_scope() as session:
        service = a_full_listing(session)
        identity = service.organization_id
    with database.read_scope() as session:
        [short] = organizations(session, [identity], View(MORNING, whole=True))
        assert [each["name"] for each in short["services"]] == ["Example Pantry"]
        assert "phones" not in short["services"][0]
        assert short["locations"][0]["addresses"]
    with database.read_scope() as session:
        view = View(MORNING, whole=True, whole_services=True)
        [whole] = organizations(session, [identity], view)
        assert {"phones", "attributes", "service_at_locations"} <= whole["services"][0].keys()
        assert "organization" not in whole["services"][0]


def test_a_service_at_a_location_holds_the_service_but_not_itself(db: Database) -> None:
    with database.session_scope() as session:
        service = a_full_listing(session)
        [link] = service.service_at_locations
        [whole] = links(session, [link.id], View(MORNING, whole=True))
        [short] = links(session, [link.id], View(MORNING))
    assert "service_at_locations" not in whole["service"]
    assert whole["service"]["attributes"]
    assert whole["location"]["addresses"]
    assert "addresses" not in short["location"]
    assert short["service"]["organization"]["name"] == "Example Aid"


@pytest.fixture
def listing(db: Database) -> Iterator[Service]:
    with database.session_scope() as session:
        service = a_listing(session)
        a_place(session, service)
        yield service


@pytest.mark.parametrize("field", ["postal_code", "address_1", "city", "state_province", "country"])
def test_half_an_address_is_left_out_whole(field: str) -> None:
    whole = {
        "address_1": "1 Example Street", "city": "Naperville", "state_province": "IL",
        "postal_code": "60540", "country": "US", "address_type": "physical",
    }  # fmt: skip
    assert write.address_object(Address(id="1", location_id="2", **whole)) is not None
    assert write.address_object(Address(id="1", location_id="2", **whole | {field: ""})) is None


def test_urls_without_a_scheme_are_left_out(listing: Service) -> None:
    listing.url = "www.example.org"
    listing.organization.website = "example.org"
    listing.additional_urls = [Url(id="1", url="www.example.org")]
    written = write.service_object(listing)
    assert not {"url", "additional_urls"} & written.keys()
    assert "website" not in written["organization"]


def test_what_hsds_requires_is_there_though_a_source_lacks_it(listing: Service) -> None:
    listing.organization.description = ""
    assert write.service_object(listing)["organization"]["description"] == "Example Aid"


def test_objects_come_in_the_order_of_the_ids(db: Database) -> None:
    with database.session_scope() as session:
        ids = [a_listing(session, f"Pantry {n}").id for n in range(3)]
        order = [ids[2], ids[0], "nobody", ids[1]]
        written = services(session, order, View(MORNING))
    assert [each["id"] for each in written] == [ids[2], ids[0], ids[1]]
