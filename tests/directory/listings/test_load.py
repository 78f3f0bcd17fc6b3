"""Loading partners.yml: repeatable, whole or not at all, and nothing is forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from directory import database
from directory.database import Database
from directory.listings import queries, service
from directory.listings.change_models import ListingChange
from directory.listings.ids import service_id
from directory.listings.models import Address, Location, Phone, Service
from tests.directory.listings.editing import STAFF, change
from tests.directory.listings.files import NOW, edited, load


@contextmanager
def written(opened: Database) -> Iterator[list[str]]:
    """The statements that change something, while this is open."""
    statements: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            statements.append(statement)

    event.listen(opened.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(opened.engine, "before_cursor_execute", note)


def _service(slug: str) -> Service:
    with database.read_scope() as session:
        found = queries.service_by_slug(session, slug)
        assert found is not None
        return found


def test_a_first_load_adds_everything_and_a_second_writes_nothing(any_database: Database) -> None:
    first = load()
    assert len(first.added) == 7
    assert not (first.changed or first.unchanged or first.removed or first.rejected)
    with written(any_database) as statements:
        second = load(now=NOW + timedelta(days=1))
    assert len(second.unchanged) == 7
    assert not (second.added or second.changed or second.removed)
    assert statements == []


def test_ids_follow_from_slugs_so_that_two_databases_agree(db: Database) -> None:
    load()
    assert _service("oak-pantry--rent").id == service_id("oak-pantry--rent")


def test_a_changed_entry_is_written_over_and_the_others_left_alone(
    any_database: Database, tmp_path: Path
) -> None:
    load()
    before = _service("oak-pantry--groceries")
    report = load(
        edited(
            tmp_path,
            ("630-555-0101\n", "630-555-0109\n"),
            ("Mo-Fr 09:00-17:00", "Tu[2] 18:00-20:00"),
            ("needs: [food]", "needs: [food, elder]"),
            ("1 Oak St.", "2 Oak St."),
        ),
        now=NOW + timedelta(hours=1),
    )
    assert report.changed == ("oak-pantry--groceries",)
    assert len(report.unchanged) == 6
    after = _service("oak-pantry--groceries")
    assert after.id == before.id
    assert [phone.number for phone in after.phones] == [
        "630-555-0109",
        "630-555-0102",
        "630-555-0103",
    ]
    assert [(row.freq, row.byday, row.opens_at) for row in after.schedules] == [
        ("MONTHLY", "2TU", "18:00")
    ]
    assert after.service_at_locations[0].location.addresses[0].address_1 == "2 Oak St."
    with database.read_scope() as session:
        terms = {row.taxonomy_term.code for row in queries.attributes_of(session, after.id)}
    assert terms == {"food", "elder", "1102", "20006"}  # in our words, and Open Eligibility's
    with database.read_scope() as session:
        logged = session.query(ListingChange).filter_by(service_id=after.id).all()
    assert {"phones", "schedules", "service_at_locations"} <= {row.field for row in logged}
    assert {row.by for row in logged} == {"import:partners.yml"}


def test_two_services_at_one_address_share_the_place_until_the_last_leaves(
    db: Database, tmp_path: Path
) -> None:
    load()
    with database.read_scope() as session:
        assert len(list(session.scalars(select(Location)))) == 2
    address = (
        '        address: {street: 1 Oak St., city: Naperville, state: IL, postal_code: "60540"}\n'
    )
    load(edited(tmp_path, (address, ""), (address, "")))
    with database.read_scope() as session:
        assert [row.address_1 for row in session.scalars(select(Address))] == ["9 Elm Ave."]


def test_a_place_that_its_partner_has_moved_is_not_the_one_of_the_file(
    any_database: Database, tmp_path: Path
) -> None:
    """It would have the partner's street with the file's ZIP, for a neighbour's listing too."""
    load()
    new = Address(address_1="77 New Rd.", city="Aurora", state_province="IL", postal_code="60505")
    moved("oak-pantry--groceries", to=new)
    path = edited(tmp_path, ("Help with one month of rent.", "Help with two months of rent."))
    assert load(path, now=NOW + timedelta(hours=1)).changed == ("oak-pantry--rent",)
    assert address("oak-pantry--groceries") == ("77 New Rd.", "60505")
    assert address("oak-pantry--rent") == ("1 Oak St.", "60540")
    load(now=NOW + timedelta(hours=2))
    assert address("oak-pantry--rent") == ("1 Oak St.", "60540")


def test_a_place_without_an_address_stops_no_load(any_database: Database, tmp_path: Path) -> None:
    load()
    moved("oak-pantry--groceries", to=None)
    path = edited(tmp_path, ("Help with one month of rent.", "Help with two months of rent."))
    assert load(path, now=NOW + timedelta(hours=1)).changed == ("oak-pantry--rent",)


def moved(slug: str, *, to: Address | None) -> None:
    """The partner has changed its place where it stands; None: there is no address any more."""
    with database.session_scope() as session:
        service = queries.service_by_slug(session, slug)
        assert service is not None
        (link,) = service.service_at_locations
        link.location.addresses = [to] if to else []
        link.location.location_type = "physical" if to else "virtual"


def address(slug: str) -> tuple[str, str | None]:
    with database.read_scope() as session:
        service = queries.service_by_slug(session, slug)
        assert service is not None
        (link,) = service.service_at_locations
        (row,) = link.location.addresses
        return row.address_1, row.postal_code


def test_a_service_that_vanishes_becomes_inactive_and_can_come_back(
    any_database: Database, tmp_path: Path
) -> None:
    load()
    path = edited(tmp_path)
    text = path.read_text(encoding="utf-8")
    start = text.index("      - id: oak-pantry--rent")
    end = text.index("  - id: elm-pantry\n")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    assert load(path).removed == ("oak-pantry--rent",)
    assert _service("oak-pantry--rent").status == "inactive"
    again = load(path)
    assert not again.removed
    assert not again.wrote
    assert load().changed == ("oak-pantry--rent",)
    assert _service("oak-pantry--rent").status == "active"


def test_one_that_a_person_has_closed_comes_back_closed(
    any_database: Database, tmp_path: Path
) -> None:
    load()
    change({"status": "temporarily closed"}, slug="oak-pantry--rent", by=STAFF)
    gone = edited(tmp_path, ("oak-pantry--rent", "oak-pantry--other"))
    assert load(gone).removed == ("oak-pantry--rent",)
    assert load().changed == ("oak-pantry--rent",)
    assert _service("oak-pantry--rent").status == "temporarily closed"


def closed(slug: str) -> None:
    """By somebody else than the file."""
    with database.session_scope() as session:
        found = queries.service_by_slug(session, slug)
        assert found is not None
        found.status = "inactive"


def test_another_name_of_the_organisation_leaves_its_listings_as_they_were_made(
    any_database: Database, tmp_path: Path
) -> None:
    """A closed service would open again, and a number that was taken down be told again."""
    load()
    closed("oak-pantry--groceries")
    with database.read_scope() as session:
        before = service.catalogue_version(session)
    report = load(edited(tmp_path, ("name: Oak Pantry\n", "name: Oak Street Pantry\n")))
    assert report.changed == ()
    with database.read_scope() as session:
        assert service.catalogue_version(session) != before, "search would go on by the old name"
    kept = _service("oak-pantry--groceries")
    assert (kept.status, kept.organization.name) == ("inactive", "Oak Street Pantry")


def test_a_new_fact_in_the_file_does_not_open_what_somebody_else_has_closed(
    any_database: Database, tmp_path: Path
) -> None:
    load()
    closed("oak-pantry--groceries")
    report = load(edited(tmp_path, ("630-555-0101\n", "630-555-0109\n")))
    assert "oak-pantry--groceries" in report.changed
    assert _service("oak-pantry--groceries").status == "inactive"


def test_a_broken_file_changes_nothing_and_says_why(db: Database, tmp_path: Path) -> None:
    load()
    before = _service("oak-pantry--groceries").last_modified
    path = edited(
        tmp_path, ("Oak Pantry groceries", "Oak Pantry food"), ("630-555-0120", "630-555-012")
    )
    with written(db) as statements:
        report = load(path, now=NOW + timedelta(hours=1))
    assert [mistake.where for mistake in report.rejected] == ["safe-harbor--shelter"]
    assert not report.wrote
    assert statements == []
    assert _service("oak-pantry--groceries").last_modified == before


def test_a_broken_file_leaves_an_empty_directory_empty(db: Database, tmp_path: Path) -> None:
    report = load(edited(tmp_path, ("needs: [food]", "needs: [fod]")))
    assert report.rejected
    with database.read_scope() as session:
        assert queries.count_services(session) == 0
        assert service.catalogue_version(session) is None


def test_every_load_that_writes_gives_the_catalogue_another_version(
    db: Database, tmp_path: Path
) -> None:
    versions = []
    for news in ((), (), (("Elm diapers", "Diapers"),)):
        load(edited(tmp_path, *news))
        with database.read_scope() as session:
            versions.append(service.catalogue_version(session))
    assert versions[0] is not None
    assert versions[0] == versions[1] != versions[2]


def test_a_number_keeps_its_id_when_the_order_changes(db: Database, tmp_path: Path) -> None:
    load()
    with database.read_scope() as session:
        before = {
            (row.service_id, row.number, row.press): row.id
            for row in session.scalars(select(Phone))
        }
    line = "          - {number: 630-555-0102, attested: false}\n"
    moved = (
        "        phones:\n          - number: 630-555-0101",
        f"        phones:\n{line}          - number: 630-555-0101",
    )
    path = edited(tmp_path, (line, ""), moved)
    assert load(path).changed == ("oak-pantry--groceries",)
    with database.read_scope() as session:
        after = {
            (row.service_id, row.number, row.press): row.id
            for row in session.scalars(select(Phone))
        }
    assert after == before


def test_facts_that_nobody_attests_stay_out(db: Database, tmp_path: Path) -> None:
    load(
        edited(
            tmp_path,
            ('hours: {value: "Mo-Fr 09:00-17:00"', 'hours: {attested: false, value: "24/7"'),
            ("url: {value:", "url: {attested: false, value:"),
            ("cost: {en", "cost: {attested: false, en"),
        )
    )
    found = _service("oak-pantry--groceries")
    assert found.opening_hours is None
    assert found.schedules == []
    assert found.fees_description is None
    assert found.organization.website is None
