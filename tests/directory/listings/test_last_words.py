"""What a partner or staff have said of a listing stands when a file is written over it."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from directory import database
from directory.database import Database
from directory.imports import queries
from directory.listings import approvals
from directory.listings.edit import Edited, edit
from directory.listings.models import Service
from directory.listings.publication import published_addresses, published_phones
from tests.directory.imports.builders import a_place, a_service, imported
from tests.directory.listings.editing import BY, PANTRY, STAFF, change, read
from tests.directory.listings.files import NOW, edited, load
from tests.fakes import MORNING

LATER = NOW + timedelta(days=2)
NEWS = ("Free groceries for families.", "Free groceries for everybody.")
OURS = {"number": "630-555-0199", "type": "voice"}


def given(service: Service) -> list[str]:
    return [phone.number for phone in published_phones(service)]


def approved(done: Edited) -> None:
    with database.session_scope() as session:
        for change in done.pending:
            approvals.approve(session, change.id, by=STAFF, now=NOW)


def numbers(*wanted: str) -> dict[str, Any]:
    return {"phones": [{"number": number, "type": "voice"} for number in wanted]}


def test_numbers_taken_away_and_added_by_the_partner_outlive_news_in_the_file(
    any_database: Database, tmp_path: Path
) -> None:
    load()
    change({"phones": [OURS]})
    report = load(edited(tmp_path, NEWS), now=LATER)
    assert report.changed == (PANTRY,)
    listing = read()
    assert listing.description == NEWS[1]
    assert given(listing) == ["630-555-0199"]
    held = next(phone for phone in listing.phones if phone.number == "630-555-0101")
    assert held.note == "Taken away by partner on 2026-11-23; the file still gives it."
    assert load(edited(tmp_path, NEWS), now=LATER).changed == ()


def test_a_number_that_the_file_dates_after_the_partners_word_is_newer(
    db: Database, tmp_path: Path
) -> None:
    load()
    change({"phones": [OURS]})
    newer = edited(
        tmp_path,
        ("            as_of: 2026-02-01\n", "            as_of: 2026-11-24\n"),
    )
    load(newer, now=LATER)
    assert given(read()) == ["630-555-0101", "630-555-0199"]


def test_a_number_that_came_back_by_a_person_is_given_again(db: Database, tmp_path: Path) -> None:
    load()
    change({"phones": [OURS]})
    change(numbers("630-555-0101"), now=NOW + timedelta(hours=1), by=STAFF)
    load(edited(tmp_path, NEWS), now=LATER)
    assert given(read()) == ["630-555-0101"]


def test_a_listing_that_nobody_has_changed_is_what_the_file_says(
    db: Database, tmp_path: Path
) -> None:
    load()
    load(edited(tmp_path, ("630-555-0101\n", "630-555-0109\n")), now=LATER)
    assert given(read()) == ["630-555-0109"]


def test_what_became_confidential_gives_no_address_by_news_in_the_file(
    any_database: Database, tmp_path: Path
) -> None:
    load()
    approved(change({"confidential": True}))
    load(edited(tmp_path, NEWS), now=LATER)
    listing = read()
    assert listing.confidential
    assert published_addresses(listing) == ()
    assert listing.service_at_locations == []


def test_what_became_confidential_says_no_place_in_the_files_new_words(
    db: Database, tmp_path: Path
) -> None:
    load()
    approved(change({"confidential": True}))
    path = edited(
        tmp_path,
        (NEWS[0], "Groceries at 1 Oak Street."),
        ("{en: Walk in.", "{en: Walk in any day."),
        ("documents: [Proof of address]", "documents: [A letter to 1 Oak Street]"),
    )
    load(path, now=LATER)
    listing = read()
    assert (listing.description, listing.application_process) == (NEWS[0], "Walk in any day.")
    assert [row.document for row in listing.required_documents] == [None]


# --- imports --------------------------------------------------------------------------------------


def of_import(db: Database) -> Service:
    identity = a_service(1)["id"]
    with db.read_scope() as session:
        return queries.whole_services(session, [identity])[identity]


def changed_by_partner(db: Database, body: dict[str, Any], *, now: datetime = MORNING) -> None:
    with db.session_scope() as session:
        service = session.get_one(Service, a_service(1)["id"])
        done = edit(
            session, service.organization_id, service.id, body, by=BY, based_on="*", now=now
        )
    approved(done)


@pytest.mark.parametrize("confirmed", [False, True])
def test_an_import_brings_back_no_number_unless_its_source_has_confirmed_it_since(
    any_database: Database, confirmed: bool
) -> None:
    imported(any_database, [a_service(1)])
    changed_by_partner(any_database, {"phones": [OURS]})
    later = MORNING + timedelta(days=3)
    day = (MORNING + timedelta(days=2)).date() if confirmed else date(2026, 1, 2)
    news = a_service(1, description="More.", assured_date=day.isoformat())
    imported(any_database, [news], now=later)
    listing = of_import(any_database)
    assert listing.description == "More."
    assert given(listing) == (["630-555-0101"] if confirmed else []) + ["630-555-0199"]


def test_an_import_opens_nothing_and_tells_no_address(any_database: Database) -> None:
    whole = a_service(1, service_at_locations=[a_place(1)])
    imported(any_database, [whole])
    changed_by_partner(any_database, {"confidential": True, "status": "temporarily closed"})
    news = {**whole, "description": "More."}
    imported(any_database, [news], now=MORNING + timedelta(days=3))
    listing = of_import(any_database)
    assert (listing.description, listing.status) == ("More.", "temporarily closed")
    assert listing.confidential
    assert published_addresses(listing) == ()
    assert all(not link.location.addresses for link in listing.service_at_locations)
    ended = {**whole, "status": "inactive"}
    imported(any_database, [ended], now=MORNING + timedelta(days=3, hours=1))
    assert of_import(any_database).status == "inactive", "its source has ended it"
    open_again = MORNING + timedelta(days=4)
    changed_by_partner(any_database, {"status": "active"}, now=open_again)
    imported(any_database, [{**whole, "description": "Yet more."}], now=open_again)
    assert of_import(any_database).status == "active"
