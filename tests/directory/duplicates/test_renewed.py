"""A merge and the files that are read after it: the kept listing changes, or ends."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from directory import database
from directory.database import Database
from directory.duplicates import queries
from directory.duplicates import service as duplicates
from directory.duplicates.find import find_doubles
from directory.imports.queries import whole_services
from directory.listings.change_models import DuplicatePair, DuplicateStatus, Tombstone
from directory.listings.edit import edit
from directory.listings.edit_places import replace_places
from directory.listings.ids import service_id, stable_id
from directory.listings.models import Service
from directory.listings.publication import published_addresses, published_phones
from directory.tasks.models import Task, TaskKind
from tests.directory.imports.builders import Object, a_place, a_service, counts, imported, told
from tests.directory.listings.files import edited, load
from tests.fakes import MORNING

LATER, LAST = MORNING + timedelta(days=1), MORNING + timedelta(days=2)
FIRST, SECOND = stable_id("test service", 1), stable_id("test service", 2)
PANTRY = "oak-pantry--groceries"
BY = "staff:somebody"
SHARED = {"number": "630-555-0142", "type": "voice"}
SPARE = {"number": "630-555-0143", "type": "voice", "description": "Spanish line"}
SATURDAYS = {"freq": "WEEKLY", "byday": "SA", "opens_at": "09:00", "closes_at": "12:00"}


def first(**changes: Any) -> Object:
    one: Object = {"name": "Grace Pantry", "phones": [SHARED]}
    return a_service(1, **{**one, "service_at_locations": [a_place(1)], **changes})


def second(**changes: Any) -> Object:
    two: Object = {
        "name": "Grace Food Pantry",
        "phones": [SHARED, SPARE],
        "url": "https://example.org",
        "languages": [{"code": "es", "name": "Spanish"}],
        "schedules": [SATURDAYS],
        "service_at_locations": [a_place(2, address_1="1 Example St.")],
    }
    return a_service(2, **{**two, **changes})


def merged(database: Database, keep: str = FIRST) -> str:
    """The id of the pair of which one listing is kept."""
    find_doubles(database, now=MORNING)
    with database.session_scope() as session:
        pairs = queries.page_of_pairs(session, DuplicateStatus.OPEN, after=None, limit=10)
        [found] = [each for each in pairs if keep in (each.first_id, each.second_id)]
        return duplicates.merge(session, found.id, keep=keep, by=BY, now=MORNING).id


@pytest.fixture
def pair(any_database: Database) -> str:
    """Two sources, one pantry: what the city keeps has gone into what the county keeps."""
    imported(any_database, [first()], source="county")
    imported(any_database, [second()], source="city")
    return merged(any_database)


def listed(identity: str = FIRST) -> dict[str, Any]:
    """What the listing says and what people are given."""
    with database.read_scope() as session:
        row = whole_services(session, [identity])[identity]
        return {
            "numbers": [each.number for each in published_phones(row)],
            "streets": [each.street for each in published_addresses(row)],
            "languages": [each.code for each in row.languages],
            "url": row.url,
            "hours": row.opening_hours,
            "days": [each.byday for each in row.schedules],
            "fees": row.fees_description,
            "merged": [each["id"] for each in row.provenance.get("merged", [])],
            "status": row.status,
        }


def stands(pair_id: str) -> bool:
    """Whether the two are still one."""
    with database.read_scope() as session:
        pair = session.get_one(DuplicatePair, pair_id)
        [other] = {pair.first_id, pair.second_id} - {FIRST, service_id(PANTRY)}
        hidden = session.get_one(Service, other).merged_into_id is not None
        stones = session.query(Tombstone).filter_by(entity_id=other).count()
        assert hidden == bool(stones) == (pair.status == DuplicateStatus.MERGED)
        return hidden


def undone(pair_id: str) -> None:
    with database.session_scope() as session:
        duplicates.undo(session, pair_id, by=BY, now=LAST)


def test_what_a_merge_gave_outlasts_a_file_that_is_written_over_the_kept_listing(
    any_database: Database, pair: str
) -> None:
    before = listed()
    report = imported(any_database, [first(fees_description="Free")], now=LATER)
    assert counts(report) == (0, 1, 0, 0)
    assert listed() == before | {"fees": "Free"}
    assert before["numbers"] == [SHARED["number"], SPARE["number"]]
    assert before["merged"] == [SECOND]
    undone(pair)
    assert listed() == before | {
        "fees": "Free",
        "numbers": [SHARED["number"]],
        "languages": [],
        "url": None,
        "hours": None,
        "days": [],
        "merged": [],
    }
    assert not stands(pair)


def test_what_the_file_says_itself_is_its_own_when_the_merge_is_undone(
    any_database: Database, pair: str
) -> None:
    own = first(url="https://example.org", phones=[SHARED, SPARE])
    imported(any_database, [own], now=LATER)
    undone(pair)
    assert listed()["url"] == "https://example.org"
    assert listed()["numbers"] == [SHARED["number"], SPARE["number"]]


def test_a_number_that_was_taken_away_since_does_not_come_back_by_the_merge(
    any_database: Database, pair: str
) -> None:
    with any_database.session_scope() as session:
        owner = session.get_one(Service, FIRST).organization_id
        edit(session, owner, FIRST, {"phones": [SHARED]}, by=BY, based_on="*", now=MORNING)
    confirmed = first(fees_description="Free", assured_date=str(LATER.date()))
    imported(any_database, [confirmed], now=LATER)
    assert listed()["numbers"] == [SHARED["number"]]


def test_partners_yml_is_written_over_a_kept_listing_in_the_same_way(
    any_database: Database, tmp_path: Path
) -> None:
    load()
    oak = {"number": "630-555-0101", "type": "voice"}
    double = second(name="Oak Pantry groceries", phones=[oak, SPARE])
    imported(any_database, [double | {"organization": double["organization"] | {"name": "Oak"}}])
    pair = merged(any_database, keep=service_id(PANTRY))
    before = listed(service_id(PANTRY))
    assert SPARE["number"] in before["numbers"]
    load(edited(tmp_path, ("cost: {en: Free, es: Gratis}", "cost: {en: Nothing, es: Nada}")))
    assert listed(service_id(PANTRY)) == before | {"fees": "Nothing"}
    undone(pair)
    assert SPARE["number"] not in listed(service_id(PANTRY))["numbers"]


def test_a_merged_listing_that_becomes_confidential_takes_its_address_from_the_kept_one(
    any_database: Database, tmp_path: Path
) -> None:
    load()
    oak = {"number": "630-555-0101", "type": "voice"}
    named = {"name": "Oak Pantry groceries", "phones": [oak], "service_at_locations": [a_place(1)]}
    double = first(**named)
    imported(any_database, [double | {"organization": double["organization"] | {"name": "Oak"}}])
    merged(any_database)
    assert "1 Oak St." in listed()["streets"]
    confidential = (
        '        address: {street: 1 Oak St., city: Naperville, state: IL, postal_code: "60540"}\n'
        "        area: {values: [Naperville]}\n",
        "        confidential: true\n        area: {values: [Naperville]}\n",
    )
    load(edited(tmp_path, confidential))
    assert listed()["streets"] == ["1 Example Street"]
    assert listed()["merged"] == []


def test_a_kept_listing_that_becomes_confidential_says_nothing_more_of_the_other_one(
    any_database: Database,
) -> None:
    imported(any_database, [first()], source="county")
    told = second(eligibility_description="Ask at 12 Example Street.")
    imported(any_database, [told], source="city")
    pair = merged(any_database)
    hidden = first(confidential=True, service_at_locations=None)
    assert counts(imported(any_database, [hidden], now=LATER)) == (0, 1, 0, 0)
    assert stands(pair), "parted, the other one would say where it is"
    assert listed()["streets"] == []
    with any_database.read_scope() as session:
        kept = session.get_one(Service, FIRST)
        assert (kept.confidential, kept.eligibility_description) == (True, None)


def test_a_merge_that_would_now_be_refused_is_open_again(any_database: Database, pair: str) -> None:
    """What was merged is confidential by now: it is itself the one to keep."""
    with any_database.session_scope() as session:
        other = session.get_one(Service, SECOND)
        replace_places(session, other, [])
        other.confidential = True
    imported(any_database, [first(fees_description="Free")], now=LATER)
    assert not stands(pair)
    assert listed()["numbers"] == [SHARED["number"]]


def test_what_was_merged_is_shown_again_when_the_kept_listings_source_names_it_no_more(
    any_database: Database, pair: str
) -> None:
    imported(any_database, [a_service(5)], source="county")
    report = imported(any_database, [a_service(5)], source="county", complete=True, now=LATER)
    assert (report.removed, told(report)) == (
        1,
        [f"{FIRST}: is no longer named: what was merged into it is shown again"],
    )
    assert not stands(pair)
    assert listed()["status"] == "inactive"
    assert listed(SECOND)["numbers"] == [SHARED["number"], SPARE["number"]]


def test_what_was_merged_is_shown_again_when_the_file_says_that_the_kept_one_has_ended(
    any_database: Database, pair: str
) -> None:
    imported(any_database, [first(status="inactive")], source="county", now=LATER)
    assert not stands(pair)
    assert listed()["status"] == "inactive"
    assert listed(SECOND)["numbers"] == [SHARED["number"], SPARE["number"]]


def test_what_was_merged_is_shown_again_when_partners_yml_drops_the_kept_listing(
    db: Database, tmp_path: Path
) -> None:
    load()
    elm = {"number": "630-555-0110", "type": "voice"}
    imported(db, [second(name="Elm food shelf", phones=[elm])])
    pair = merged(db, keep=service_id("elm-pantry--food"))
    assert load(edited(tmp_path, ("elm-pantry--food", "elm-pantry--new"))).removed
    with db.read_scope() as session:
        assert session.get_one(Service, SECOND).merged_into_id is None
        assert session.get_one(DuplicatePair, pair).status == DuplicateStatus.OPEN
    assert listed(SECOND)["numbers"] == ["630-555-0110"]


@pytest.mark.parametrize(
    "hidden", [{"confidential": True}, {"published": False, "held_because": "it asked us to"}]
)
def test_who_could_tell_of_a_hidden_place_is_shown_again_by_staff_alone(
    db: Database, hidden: dict[str, Any]
) -> None:
    imported(db, [first(service_at_locations=None), a_service(5)], source="county")
    imported(db, [second()], source="city")
    pair = merged(db)
    with db.session_scope() as session:
        kept = session.get_one(Service, FIRST)
        replace_places(session, kept, [])
        for name, value in hidden.items():
            setattr(kept, name, value)
    imported(db, [a_service(5)], source="county", complete=True, now=LATER)
    assert stands(pair)
    with db.read_scope() as session:
        [task] = session.query(Task).all()
    assert (task.kind, task.service_id) == (TaskKind.LISTING_REPORT, FIRST)


def test_a_kept_listing_that_a_person_has_closed_takes_the_other_one_with_it(db: Database) -> None:
    imported(db, [first(), a_service(5)], source="county")
    imported(db, [second()], source="city")
    pair = merged(db)
    with db.session_scope() as session:
        session.get_one(Service, FIRST).status = "defunct"
    imported(db, [a_service(5)], source="county", complete=True, now=LATER)
    assert stands(pair)
