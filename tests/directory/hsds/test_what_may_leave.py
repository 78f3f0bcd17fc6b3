"""Nothing that is unattested, held or confidential is in any object, wherever it hangs."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from directory import database
from directory.database import Database
from directory.hsds.pages import (
    ORGANIZATIONS,
    SERVICE_AT_LOCATIONS,
    SERVICES,
    Collection,
    read_one,
    read_page,
)
from directory.hsds.selections import Wanted
from directory.hsds.writers import View
from directory.listings.models import ListedContact, Phone, Service
from tests.directory.hsds.builders import (
    a_full_listing,
    a_listing,
    a_notice,
    a_phone,
    a_place,
    an_organization,
)
from tests.fakes import MORNING

ALL = (SERVICES, ORGANIZATIONS, SERVICE_AT_LOCATIONS)
LONG_AGO = MORNING - timedelta(days=3650)


def everything(*, since: bool = False) -> str:
    """All that anybody can read of all three, as one text."""
    told: list[Any] = []
    wanted = Wanted(modified_after=LONG_AGO) if since else Wanted()
    for collection in ALL:
        for whole in (False, True):
            view = View(MORNING, whole=whole, whole_services=whole)
            with database.read_scope() as session:
                page = read_page(session, collection, wanted, view, skip=0, size=100)
            told += page.objects
    return json.dumps(told)


def details(collection: Collection, identity: str) -> dict[str, Any] | None:
    with database.read_scope() as session:
        return read_one(session, collection, identity, View(MORNING, whole=True))


Hang = Callable[[Service, Phone], None]
WHERE: dict[str, Hang] = {
    "service": lambda service, phone: service.phones.append(phone),
    "organization": lambda service, phone: service.organization.phones.append(phone),
    "place": lambda service, phone: service.service_at_locations[0].location.phones.append(phone),
    "link": lambda service, phone: service.service_at_locations[0].phones.append(phone),
    "contact": lambda service, phone: service.contacts.append(
        ListedContact(name="Desk", phones=[phone])
    ),
    "contact of the organization": lambda service, phone: service.organization.contacts.append(
        ListedContact(name="Office", phones=[phone])
    ),
}


@pytest.mark.parametrize(
    ("number", "how"),
    [
        ("630-555-0161", {"attested": False}),
        ("630-555-0161", {"call_first": True}),
        ("800-799-7323", {}),  # a known crisis line with two digits swapped
    ],
)
def test_a_number_that_may_not_leave_is_nowhere(
    db: Database, number: str, how: dict[str, Any]
) -> None:
    with database.session_scope() as session:
        service = a_full_listing(session)
        for hang in WHERE.values():
            hang(service, a_phone(number, **how))
    text = everything()
    assert number not in text
    assert "630-555-0140" in text


def test_one_that_may_leave_is_everywhere(db: Database) -> None:
    with database.session_scope() as session:
        service = a_full_listing(session)
        for last, hang in enumerate(WHERE.values()):
            hang(service, a_phone(f"630-555-017{last}"))
    text = everything()
    assert [last for last in range(len(WHERE)) if f"630-555-017{last}" not in text] == []


def test_staffs_notes_and_sources_are_nobodys_business(db: Database) -> None:
    with database.session_scope() as session:
        service = a_listing(session, note="Ask for Kim", provenance={"url": {"source": "secret"}})
        service.phones = [a_phone(note="Rings long", sources=["https://example.org/secret"])]
    text = everything()
    assert not [word for word in ("Ask for Kim", "secret", "Rings long") if word in text]


def hold(session: Session, service: Service) -> None:
    service.published, service.held_because = False, "nobody has confirmed it"


HIDDEN: dict[str, Callable[[Session, Service], None]] = {
    "held": hold,
    "inactive": lambda _, service: setattr(service, "status", "inactive"),
    "defunct": lambda _, service: setattr(service, "status", "defunct"),
    "withheld": lambda _, service: setattr(service, "freshness", "withheld"),
    "merged": lambda session, service: setattr(
        service, "merged_into_id", a_listing(session, "The other").id
    ),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_a_service_that_is_not_shown_is_nowhere(db: Database, how: str) -> None:
    with database.session_scope() as session:
        service = a_full_listing(session)
        link_id, organization_id = service.service_at_locations[0].id, service.organization_id
        HIDDEN[how](session, service)
    text = everything()
    assert not [word for word in (service.id, "Example Pantry", "630-555-014") if word in text]
    assert details(SERVICES, service.id) is None
    assert details(SERVICE_AT_LOCATIONS, link_id) is None
    assert details(ORGANIZATIONS, organization_id) is None


@pytest.mark.parametrize("how", HIDDEN)
def test_who_asks_for_changes_learns_of_its_end_and_no_more(db: Database, how: str) -> None:
    with database.session_scope() as session:
        service = a_full_listing(session)
        HIDDEN[how](session, service)
    text = everything(since=True)
    assert service.id in text
    assert ("Example Pantry" in text) is (how != "held")
    assert not [word for word in ("630-555-014", "Example Street", "Term of") if word in text]


def test_the_other_services_of_an_organization_stay(db: Database) -> None:
    with database.session_scope() as session:
        organization = an_organization(session)
        a_listing(session, "Shown", organization=organization)
        hidden = a_listing(session, "Hidden", organization=organization)
        a_place(session, hidden, address={"address_1": "9 Hidden Lane"})
        hold(session, hidden)
    text = everything()
    assert "Shown" in text
    assert not [word for word in ("Hidden", "9 Hidden Lane", "The hall") if word in text]


def test_of_a_confidential_place_nothing_is_told(db: Database) -> None:
    with database.session_scope() as session:
        service = a_listing(session, "Safe House", confidential=True)
        service.phones = [a_phone()]
        place = a_place(session, service, confidential=True, transportation="By the old station")
        link_id = service.service_at_locations[0].id
    text = everything()
    assert "Safe House" in text
    assert "630-555-0140" in text
    assert not [word for word in ("The hall", "old station", place.id, link_id) if word in text]
    assert details(SERVICE_AT_LOCATIONS, link_id) is None


def test_a_place_that_became_confidential_is_taken_back_without_a_word(db: Database) -> None:
    with database.session_scope() as session:
        service = a_listing(session, "Safe House", confidential=True)
        a_place(session, service, confidential=True)
        link_id = service.service_at_locations[0].id
    with database.read_scope() as session:
        wanted = Wanted(modified_after=LONG_AGO)
        page = read_page(session, SERVICE_AT_LOCATIONS, wanted, View(MORNING), skip=0, size=9)
    assert page.objects == [{"id": link_id, "description": "No longer listed"}]


def test_a_closure_shows_while_it_counts(db: Database) -> None:
    with database.session_scope() as session:
        service = a_listing(session, alert="Bring a bag.")
        tomorrow = MORNING + timedelta(days=1)
        a_notice(session, service, text="A burst pipe.", starts_at=MORNING, ends_at=tomorrow)
    for moment, status in [
        (MORNING - timedelta(minutes=1), "active"),
        (MORNING, "temporarily closed"),
        (tomorrow - timedelta(minutes=1), "temporarily closed"),
        (tomorrow, "active"),
    ]:
        with database.read_scope() as session:
            told = read_one(session, SERVICES, service.id, View(moment))
        assert told is not None
        assert told["status"] == status
        assert ("burst pipe" in told["alert"]) is (status != "active")
        assert told["alert"].endswith("Bring a bag.")
