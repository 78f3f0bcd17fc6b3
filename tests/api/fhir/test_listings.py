"""The directory as FHIR: every published service is valid, and nothing leaves that must not."""

from sqlalchemy import select

from api.fhir import listings
from directory import database
from directory.database import Database
from directory.listings import queries
from directory.listings.models import Organization
from directory.listings.publication import published_addresses, published_phones
from tests.api.fhir.conftest import Fhir, outcome
from tests.api.fhir.valid import valid


def test_every_published_service_is_valid(partners: Database) -> None:
    with database.read_scope() as session:
        services = queries.published_services(session)
        assert services
        for each in services:
            resource = valid(listings.healthcare_service(each))
            numbers = [t["value"] for t in resource.get("telecom", []) if t["system"] != "url"]
            assert len(numbers) == len(published_phones(each))
            assert len(resource.get("contained", [])) == len(published_addresses(each))


def test_a_confidential_service_has_no_place(partners: Database) -> None:
    with database.read_scope() as session:
        hidden = [each for each in queries.published_services(session) if each.confidential]
        assert hidden
        for each in hidden:
            assert not {"contained", "location"} & set(listings.healthcare_service(each))


def test_every_organisation_is_valid_and_gives_no_number(partners: Database) -> None:
    with database.read_scope() as session:
        for each in session.scalars(select(Organization)):
            resource = valid(listings.organization(each))
            assert {t["system"] for t in resource.get("telecom", [])} <= {"url"}


def test_a_system_looks_up_where_it_refers_to(fhir: Fhir) -> None:
    service = fhir.get(f"/HealthcareService/{fhir.service_id}", key=fhir.hospital).json()
    assert valid(service)["referralMethod"][0]["coding"][0]["code"] == "elec"
    owner = fhir.get(f"/{service['providedBy']['reference']}", key=fhir.hospital).json()
    assert valid(owner)["name"] == service["providedBy"]["display"]


def test_what_is_not_published_is_not_there(fhir: Fhir) -> None:
    with database.session_scope() as session:
        service = queries.service_by_id(session, fhir.service_id)
        assert service is not None
        service.published, service.held_because = False, "a call first"
    outcome(
        fhir.get(f"/HealthcareService/{fhir.service_id}", key=fhir.hospital), 404, "service_unknown"
    )
