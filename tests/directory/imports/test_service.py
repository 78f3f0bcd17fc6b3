"""An import from beginning to end, on both databases."""

import itertools
from datetime import timedelta

import pytest

from directory.database import Database
from directory.imports import service
from directory.imports.entries import Entry, Format
from directory.imports.service import NewImport
from directory.listings import queries
from directory.listings.change_models import ImportRun, ListingChange
from directory.listings.ids import service_id, stable_id
from directory.listings.models import (
    Address,
    Attribute,
    Location,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
)
from directory.listings.service import published_service
from tests.directory.imports.builders import (
    a_place,
    a_service,
    a_term,
    counts,
    exported,
    imported,
    told,
)
from tests.directory.listings.files import load
from tests.fakes import MORNING

LATER = MORNING + timedelta(days=1)
FIRST = stable_id("test service", 1)


def read(database: Database, identity: str = FIRST) -> Service:
    with database.read_scope() as session:
        found = queries.service_by_id(session, identity)
        assert found is not None
        return found


def events(database: Database) -> list[str | None]:
    with database.read_scope() as session:
        return [each.service_id for each in queries.events_since(session, 0)]


def test_what_is_new_is_added_and_a_repeat_writes_nothing(any_database: Database) -> None:
    services = [a_service(1), a_service(2, service_at_locations=[a_place(2)])]
    assert counts(imported(any_database, services)) == (2, 0, 0, 0)
    before, heard = exported(any_database), events(any_database)
    assert len(heard) == 2
    again = imported(any_database, services, now=LATER)
    assert counts(again) == (0, 0, 2, 0)
    assert exported(any_database) == before
    assert events(any_database) == heard


def test_a_change_is_written_logged_and_told_to_the_index(any_database: Database) -> None:
    imported(any_database, [a_service(1), a_service(2)])
    report = imported(any_database, [a_service(1, name="Pantry One"), a_service(2)], now=LATER)
    assert counts(report) == (0, 1, 1, 0)
    service = read(any_database)
    assert (service.name, service.version, service.last_modified) == ("Pantry One", 2, LATER)
    assert events(any_database)[-1] == FIRST
    with any_database.read_scope() as session:
        [change] = session.query(ListingChange).all()
    assert (change.field, change.before, change.after) == ("name", "Pantry 1", "Pantry One")
    assert change.by == f"import:{report.run_id}"


def test_a_bad_entry_never_stops_the_others(any_database: Database) -> None:
    entries = [
        a_service(1, name="<b>Pantry</b>"),
        a_service(2),
        "no object",
        a_service(3, phones=[{"number": "555-0100"}]),
        a_service(4, url="www.example.org"),
        a_service(5, description="half \ud800 a pair"),
        a_service(2),
        a_service(6, organization=None),
    ]
    report = imported(any_database, entries)
    assert counts(report) == (1, 0, 0, 7)
    assert [each.line for each in report.remarks] == [1, 3, 4, 5, 6, 7, 8]
    lines = told(report)
    assert "name holds markup: write it as plain text" in lines[0]
    assert "phones[0] is not a number that can be dialled: write it as 630-555-0100" in lines[2]
    assert "url is no web address: write it with its beginning" in lines[3]
    assert "stands in the file before" in lines[5]
    assert "organization is missing" in lines[6]


def test_what_the_database_refuses_is_rejected_alone(
    any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("directory.imports.batch.slug", lambda name, _: name)
    report = imported(any_database, [a_service(1), a_service(2, name="Pantry 1"), a_service(3)])
    assert counts(report) == (2, 0, 0, 1)
    assert "it cannot be stored as it is" in told(report)[0]


def test_what_a_file_does_not_name_stays_unless_the_file_is_complete(
    any_database: Database,
) -> None:
    imported(any_database, [a_service(1), a_service(2)])
    imported(any_database, [a_service(9)], source="city")
    assert imported(any_database, [a_service(2)]).removed == 0
    report = imported(any_database, [a_service(2)], complete=True, now=LATER)
    assert report.removed == 1
    assert [each["id"] for each in exported(any_database)] == sorted(
        [stable_id("test service", 2), stable_id("test service", 9)]
    )
    assert read(any_database).status == "inactive"
    back = imported(any_database, [a_service(1)], now=LATER)
    assert counts(back) == (0, 1, 0, 0)
    assert read(any_database).status == "active"


def test_a_complete_file_with_mistakes_removes_nothing(any_database: Database) -> None:
    imported(any_database, [a_service(1), a_service(2)])
    assert imported(any_database, [a_service(1), {}], complete=True).removed == 0


@pytest.mark.parametrize("named", [[], [1], [7]], ids=["nothing", "a third", "another"])
def test_a_complete_file_that_names_too_little_removes_nothing(
    any_database: Database, named: list[int]
) -> None:
    """A table with its headings alone; or a piece of the file, or one of another source."""
    imported(any_database, [a_service(1), a_service(2), a_service(3)])
    before = exported(any_database)
    wanted = [a_service(each) for each in named]
    report = imported(any_database, wanted, complete=True, now=LATER)
    assert report.removed == 0
    assert [each for each in exported(any_database) if each in before] == before
    [said] = told(report)
    assert "listings that this source has here would become inactive, and none did" in said
    assert said.startswith("the file names too little")


def test_what_has_ended_can_stand_in_the_file_as_inactive(db: Database) -> None:
    services = [a_service(each) for each in (1, 2, 3)]
    imported(db, services)
    ended = [services[0], *(each | {"status": "inactive"} for each in services[1:])]
    report = imported(db, ended, complete=True, now=LATER)
    assert (counts(report), told(report)) == ((0, 2, 1, 0), [])
    assert [each["id"] for each in exported(db)] == [FIRST]


def test_a_source_that_has_nothing_here_may_be_empty(db: Database) -> None:
    assert told(imported(db, [], complete=True)) == []


def test_a_listing_that_a_person_changed_is_left_until_its_entry_changes(db: Database) -> None:
    imported(db, [a_service(1)])
    with db.session_scope() as session:
        session.get_one(Service, FIRST).description = "Corrected by the partner."
    assert counts(imported(db, [a_service(1)])) == (0, 0, 1, 0)
    assert read(db).description == "Corrected by the partner."
    imported(db, [a_service(1, description="The source has news.")], now=LATER)
    with db.read_scope() as session:
        change = session.query(ListingChange).filter_by(field="description").one()
    assert change.before == "Corrected by the partner."
    assert change.after == "The source has news."


def test_our_own_listings_are_no_imports_to_change(partners: Database) -> None:
    own = exported(partners)[:3]
    changed = [{**own[0], "name": "Another name"}, *own[1:]]
    report = imported(partners, changed)
    assert counts(report) == (0, 0, 2, 1)
    assert "the listing is kept in partners.yml: change it there" in told(report)[0]


def test_ids_that_are_no_uuids_become_the_same_at_every_import(db: Database) -> None:
    entry = a_service(1, id="row-17")
    imported(db, [entry])
    assert counts(imported(db, [entry])) == (0, 0, 1, 0)
    assert counts(imported(db, [entry], source="city")) == (1, 0, 0, 0)


def test_the_same_phone_id_in_two_listings_takes_no_phone_away(any_database: Database) -> None:
    shared = {"id": stable_id("test phone", "shared"), "number": "630-555-0142", "type": "voice"}
    imported(any_database, [a_service(1, phones=[shared]), a_service(2, phones=[shared])])
    imported(any_database, [a_service(3, phones=[shared])])
    with any_database.read_scope() as session:
        rows = session.query(Phone).all()
    assert len({row.service_id for row in rows}) == 3


def test_one_phone_that_hangs_on_several_things_is_one_row(any_database: Database) -> None:
    phone = {"id": stable_id("test phone", 1), "number": "630-555-0101", "type": "voice"}
    contact = {"id": stable_id("test contact", 1), "name": "Intake desk", "phones": [phone]}
    place = a_place(1) | {"phones": [phone]}
    entry = a_service(1, phones=[phone], contacts=[contact], service_at_locations=[place])
    imported(any_database, [entry])
    with any_database.read_scope() as session:
        [row] = session.query(Phone).all()
        assert row.service_id
        assert row.contact_id
        assert row.service_at_location_id
    assert counts(imported(any_database, [{**entry, "name": "New"}])) == (0, 1, 0, 0)
    [shown] = exported(any_database)
    assert shown["contacts"][0]["phones"][0]["number"] == "630-555-0101"


def test_a_place_of_another_keeper_takes_no_number_off_the_listing_that_stands_there(
    any_database: Database,
) -> None:
    """A merge puts a listing of partners.yml at an imported place: that is left as it is then."""
    phone = {
        "id": stable_id("test phone", 1),
        "number": "630-555-0101",
        "type": "voice",
        "languages": [{"code": "es"}],
    }
    desk = {"number": "630-555-0177", "type": "voice", "languages": [{"code": "pl"}]}
    place = a_place(1)
    place["location"] |= {"phones": [phone], "contacts": [{"name": "Desk", "phones": [desk]}]}
    entry = a_service(1, phones=[phone], service_at_locations=[place])
    load()
    imported(any_database, [entry])
    with any_database.session_scope() as session:
        link = session.query(ServiceAtLocation).filter_by(service_id=FIRST).one()
        kept = ServiceAtLocation(
            service_id=service_id("oak-pantry--groceries"), location_id=link.location_id
        )
        session.add(kept)
    report = imported(any_database, [{**entry, "fees_description": "Free"}], now=LATER)
    assert counts(report) == (0, 1, 0, 0)
    with any_database.read_scope() as session:
        [row] = session.query(Phone).filter_by(service_id=FIRST).all()
        assert [each.code for each in row.languages] == ["es"]
        assert session.query(Phone).filter_by(number="630-555-0177").count() == 1


def test_what_goes_from_the_source_goes_from_the_listing(any_database: Database) -> None:
    rich = a_service(
        1,
        languages=[{"id": stable_id("test language", 1), "code": "es"}],
        schedules=[{"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"}],
        service_at_locations=[a_place(1)],
        attributes=[a_term("1130", "Food Pantry")],
    )
    imported(any_database, [rich])
    imported(any_database, [a_service(1, phones=[])], now=LATER)
    [shown] = exported(any_database)
    assert not {"phones", "languages", "schedules", "service_at_locations"} & shown.keys()
    with any_database.read_scope() as session:
        assert session.query(Location).all() == []


def test_services_are_found_by_the_needs_of_their_terms(db: Database) -> None:
    imported(
        db,
        [
            a_service(1, attributes=[a_term("1130", "Food Pantry")]),
            a_service(2, attributes=[a_term("BH-1800", "Homeless Shelter", "211 HSIS")]),
            a_service(3, name="Legal aid", description=None),
            a_service(4, attributes=[a_term("20006", "Seniors"), a_term("1102", "Food")]),
        ],
    )
    found = [read(db, stable_id("test service", number)).needs for number in (1, 2, 3, 4)]
    assert found == [["food"], ["shelter"], ["legal"], ["food"]]
    with db.read_scope() as session:
        linked = session.query(Attribute).filter_by(link_id=FIRST).all()
    assert len(linked) == 2  # the source's own term, and our need


def test_where_a_listing_comes_from_is_kept(db: Database) -> None:
    report = imported(db, [a_service(1, url="https://example.org")])
    service = read(db)
    assert service.origin == "import:county"
    source = service.provenance["import"]
    assert (source["file"], source["line"], source["run"]) == ("file.jsonl", 1, report.run_id)
    assert service.provenance["url"]["source"] == "county"


def test_a_source_can_hold_a_listing_back(any_database: Database) -> None:
    held = a_service(1, published=False)
    hidden = a_service(2, confidential=True, service_at_locations=[a_place(2)])
    assert counts(imported(any_database, [held, hidden])) == (2, 0, 0, 0)
    [shown] = exported(any_database)
    assert shown["id"] == stable_id("test service", 2)
    assert "Example Street" not in str(shown)
    with any_database.read_scope() as session:
        assert session.query(Address).all() == []


def test_a_number_that_cannot_exist_waits_for_somebody_to_dial_it(db: Database) -> None:
    phones = [{"number": "111-555-0100"}]
    report = imported(db, [a_service(1, phones=phones)])
    assert counts(report) == (1, 0, 0, 0)
    assert "it is not shown until somebody has dialled it" in told(report)[0]
    [shown] = exported(db)
    assert "phones" not in shown


def test_assured_date_is_the_sources_at_first_and_never_goes_back(db: Database) -> None:
    imported(db, [a_service(1, assured_date="2026-01-05")])
    imported(db, [a_service(1, assured_date="2025-01-05", name="New")], now=LATER)
    assert str(read(db).assured_date) == "2026-01-05"
    report = imported(db, [a_service(2, assured_date="2999-01-01")])
    assert "lies ahead" in told(report)[0]


def test_what_fills_an_empty_directory_keeps_its_day_of_change(db: Database) -> None:
    said = "2025-08-01T10:00:00Z"
    imported(db, [a_service(1, last_modified=said)])
    imported(db, [a_service(2, last_modified=said)])
    days = {each["name"]: each["last_modified"] for each in exported(db)}
    assert days["Pantry 1"] == said
    assert days["Pantry 2"] == MORNING.isoformat().replace("+00:00", "Z")


def test_the_run_keeps_its_counts_and_its_remarks(db: Database) -> None:
    report = imported(db, [a_service(1), {}])
    with db.read_scope() as session:
        run = session.get_one(ImportRun, report.run_id)
    assert (run.added, run.rejected, run.finished_at) == (1, 1, MORNING)
    assert run.mistakes[0]["line"] == 2


def test_each_batch_is_stamped_as_it_is_written(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that was made between two batches would never ask for the second."""
    monkeypatch.setattr(service, "BATCH", 1)
    moments = itertools.count()
    content = [Entry("file.jsonl", line, a_service(line)) for line in (1, 2, 3)]
    new = NewImport("county", Format.JSON_LINES, "staff:x")
    run_id = service.begin(db, new, now=MORNING)
    service.run(db, run_id, new, content, clock=lambda: MORNING + timedelta(minutes=next(moments)))
    with db.read_scope() as session:
        stamps = [row.last_modified for row in session.query(Service).order_by(Service.name)]
    assert len(set(stamps)) == 3
    assert stamps == sorted(stamps)


def test_a_changed_organization_changes_its_listings(any_database: Database) -> None:
    entry = a_service(1)
    imported(any_database, [entry])
    renamed = {**entry, "organization": {**entry["organization"], "name": "Renamed House"}}
    assert counts(imported(any_database, [renamed], now=LATER)) == (0, 1, 0, 0)
    with any_database.read_scope() as session:
        assert session.query(Organization).one().name == "Renamed House"
        assert published_service(session, FIRST).organization.name == "Renamed House"
