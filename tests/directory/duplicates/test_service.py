"""Merging two listings and taking the merge back."""

from datetime import timedelta
from typing import Any

import pytest

from directory.database import Database
from directory.duplicates import queries
from directory.duplicates import service as duplicates
from directory.duplicates.find import find_doubles
from directory.errors import Conflict, Invalid, NotFound
from directory.imports.queries import whole_services
from directory.listings.change_models import DuplicatePair, DuplicateStatus, Tombstone
from directory.listings.ids import stable_id
from directory.listings.models import Service
from directory.listings.publication import published_phones
from directory.listings.service import published_service
from tests.directory.imports.builders import a_place, a_service, exported, imported
from tests.fakes import MORNING

LATER = MORNING + timedelta(days=1)
FIRST, SECOND = stable_id("test service", 1), stable_id("test service", 2)
BY = "staff:somebody"
SHARED = {"number": "630-555-0142", "type": "voice"}


@pytest.fixture
def pair(any_database: Database) -> str:
    """The id of a pair: one listing knows the hours, the other Spanish and a second number."""
    spare = {"number": "630-555-0143", "type": "voice", "description": "Spanish line"}
    imported(
        any_database,
        [
            a_service(1, name="Grace Pantry", phones=[SHARED], service_at_locations=[a_place(1)]),
            a_service(
                2,
                name="Grace Food Pantry",
                phones=[SHARED, spare],
                url="https://example.org",
                languages=[{"code": "es", "name": "Spanish"}],
                service_areas=[{"name": "Naperville"}],
                schedules=[
                    {"freq": "WEEKLY", "byday": "SA", "opens_at": "09:00", "closes_at": "12:00"}
                ],
                service_at_locations=[a_place(2, address_1="1 Example St.")],
            ),
        ],
    )
    assert find_doubles(any_database, now=MORNING) == 1
    with any_database.read_scope() as session:
        [found] = queries.page_of_pairs(session, DuplicateStatus.OPEN, after=None, limit=10)
        return found.id


def merged(database: Database, pair: str, keep: str = FIRST) -> DuplicatePair:
    with database.session_scope() as session:
        return duplicates.merge(session, pair, keep=keep, by=BY, now=LATER)


def content(database: Database) -> list[dict[str, Any]]:
    """What both listings say, apart from when they last changed and what became of them."""
    with database.read_scope() as session:
        rows = whole_services(session, [FIRST, SECOND]).values()
        own = {
            row.id: (row.provenance, row.needs, row.opening_hours, row.alternate_name)
            for row in rows
        }
    bare = [
        {name: value for name, value in each.items() if name not in ("last_modified", "metadata")}
        for each in exported(database)
    ]
    return [each | {"own": own[each["id"]]} for each in bare]


def test_what_is_kept_gets_what_it_lacks_and_says_from_where(
    any_database: Database, pair: str
) -> None:
    merged(any_database, pair)
    [shown] = exported(any_database)
    assert shown["id"] == FIRST
    assert [phone["number"] for phone in shown["phones"]] == ["630-555-0142", "630-555-0143"]
    assert shown["url"] == "https://example.org"
    assert [each["code"] for each in shown["languages"]] == ["es"]
    assert [each["name"] for each in shown["service_areas"]] == ["Naperville"]
    assert shown["schedules"][0]["byday"] == "SA"
    assert len(shown["service_at_locations"]) == 1  # one house in two spellings
    with any_database.read_scope() as session:
        kept = session.get_one(Service, FIRST)
    assert kept.opening_hours == "Sa 09:00-12:00"
    assert kept.alternate_name == "Grace Food Pantry"
    assert kept.provenance["merged"][0]["id"] == SECOND
    assert kept.provenance["url"]["merged_from"] == SECOND


def test_the_other_one_answers_with_its_successor(any_database: Database, pair: str) -> None:
    merged(any_database, pair)
    with any_database.read_scope() as session:
        stone = session.query(Tombstone).one()
        assert (stone.entity_id, stone.successor_id) == (SECOND, FIRST)
        assert published_service(session, SECOND).id == FIRST
        assert session.get_one(Service, SECOND).merged_into_id == FIRST


def test_an_undone_merge_leaves_both_as_they_were(any_database: Database, pair: str) -> None:
    before = content(any_database)
    merged(any_database, pair)
    assert content(any_database) != before
    with any_database.session_scope() as session:
        undone = duplicates.undo(session, pair, by=BY, now=LATER)
    assert undone.status == DuplicateStatus.OPEN
    assert content(any_database) == before
    with any_database.read_scope() as session:
        assert session.query(Tombstone).all() == []


def test_what_was_changed_since_stays_changed(any_database: Database, pair: str) -> None:
    merged(any_database, pair)
    with any_database.session_scope() as session:
        session.get_one(Service, FIRST).url = "https://example.org/new"
    with any_database.session_scope() as session:
        duplicates.undo(session, pair, by=BY, now=LATER)
    with any_database.read_scope() as session:
        kept = session.get_one(Service, FIRST)
    assert (kept.url, kept.opening_hours) == ("https://example.org/new", None)


def test_a_decided_pair_does_not_come_back(any_database: Database, pair: str) -> None:
    with any_database.session_scope() as session:
        duplicates.distinct(session, pair, by=BY, now=LATER)
    assert find_doubles(any_database, now=LATER) == 0
    with any_database.session_scope() as session, pytest.raises(Conflict):
        duplicates.merge(session, pair, keep=FIRST, by=BY, now=LATER)


def test_nobody_merges_twice_or_into_a_third(any_database: Database, pair: str) -> None:
    with any_database.session_scope() as session, pytest.raises(Invalid):
        duplicates.merge(session, pair, keep="somebody-else", by=BY, now=LATER)
    with any_database.session_scope() as session, pytest.raises(NotFound):
        duplicates.merge(session, "no-such-pair", keep=FIRST, by=BY, now=LATER)
    with any_database.session_scope() as session, pytest.raises(Conflict):
        duplicates.undo(session, pair, by=BY, now=LATER)
    merged(any_database, pair)
    with any_database.session_scope() as session, pytest.raises(Conflict):
        duplicates.merge(session, pair, keep=FIRST, by=BY, now=LATER)


def test_a_source_may_repeat_what_was_merged_but_not_change_it(
    any_database: Database, pair: str
) -> None:
    again = a_service(2, name="Grace Food Pantry", phones=[SHARED])
    merged(any_database, pair)
    report = imported(any_database, [again])
    assert report.rejected == 1
    assert "merged into another listing" in str(report.remarks[0])


def test_a_pair_that_is_no_longer_alike_goes(any_database: Database, pair: str) -> None:
    imported(any_database, [a_service(2, name="Legal Clinic", description="Lawyers for free.")])
    assert find_doubles(any_database, [SECOND], now=LATER) == 0
    with any_database.read_scope() as session:
        assert queries.pair_by_id(session, pair) is None


def paired(database: Database, first: dict[str, Any], second: dict[str, Any]) -> str:
    """The id of the pair of two pantries with one number, who say this besides."""
    one = {"name": "Grace Pantry", "phones": [SHARED]}
    two = {"name": "Grace Food Pantry", "phones": [SHARED]}
    imported(database, [a_service(1, **{**one, **first}), a_service(2, **{**two, **second})])
    assert find_doubles(database, now=MORNING) == 1
    with database.read_scope() as session:
        [found] = queries.page_of_pairs(session, DuplicateStatus.OPEN, after=None, limit=10)
        return found.id


def numbers(database: Database) -> tuple[list[str], list[str]]:
    """Of the kept listing: all numbers, and those that people are given."""
    with database.read_scope() as session:
        kept = whole_services(session, [FIRST])[FIRST]
        given = [phone.number for phone in published_phones(kept)]
        return [phone.number for phone in kept.phones], given


def made(database: Database, identity: str, **values: Any) -> None:
    with database.session_scope() as session:
        service = session.get_one(Service, identity)
        for name, value in values.items():
            setattr(service, name, value)


HIDDEN: list[dict[str, Any]] = [
    {"published": False, "held_because": "it asked us to"},
    {"status": "inactive"},
    {"freshness": "withheld"},
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_numbers_of_a_listing_that_is_not_shown_are_given_to_nobody(
    any_database: Database, pair: str, hidden: dict[str, Any]
) -> None:
    made(any_database, SECOND, **hidden)
    merged(any_database, pair)
    assert numbers(any_database) == (["630-555-0142", "630-555-0143"], ["630-555-0142"])


@pytest.mark.parametrize("hidden", HIDDEN)
def test_nothing_else_of_a_listing_that_is_not_shown_is_said_by_the_kept_one(
    db: Database, hidden: dict[str, Any]
) -> None:
    told = {
        "name": "Grace Food Pantry",
        "url": "https://example.org",
        "eligibility_description": "What was held back.",
        "languages": [{"code": "es"}],
        "service_areas": [{"name": "Naperville"}],
        "schedules": [{"freq": "WEEKLY", "byday": "SA", "opens_at": "09:00", "closes_at": "12:00"}],
        "service_at_locations": [a_place(2)],
    }
    pair = paired(db, {}, told)
    before = next(each for each in content(db) if each["id"] == FIRST)
    made(db, SECOND, **hidden)
    merged(db, pair)
    [shown] = content(db)
    # That it was merged is all that is new.
    assert shown.pop("own")[1:] == before.pop("own")[1:]
    assert shown == before


HOTLINE = {"number": "630-555-0144", "type": "hotline"}
VOICE = {"number": "630-555-0145", "type": "voice"}


@pytest.mark.parametrize(
    ("first", "second"),
    [([SHARED], [SHARED, HOTLINE]), ([SHARED, HOTLINE], [SHARED, VOICE])],
)
def test_a_hotlines_new_number_waits_until_a_person_has_dialled_it(
    any_database: Database, first: list[Any], second: list[Any]
) -> None:
    pair = paired(any_database, {"phones": first}, {"phones": second})
    merged(any_database, pair)
    listed, given = numbers(any_database)
    assert len(listed) == len(first) + 1
    assert given == [phone["number"] for phone in first]


STREET = "Ask at 12 Example Street for groceries."


@pytest.mark.parametrize(
    ("confidential", "second"),
    [
        (FIRST, {"eligibility_description": STREET}),
        (FIRST, {"name": "Grace Pantry, 12 Example Street"}),
        (FIRST, {"phones": [SHARED, VOICE | {"description": "at 12 Example Street"}]}),
        (SECOND, {"eligibility_description": STREET}),
    ],
)
def test_a_merge_that_would_tell_a_confidential_place_is_refused_whole(
    any_database: Database, confidential: str, second: dict[str, Any]
) -> None:
    pair = paired(any_database, {}, second)
    made(any_database, confidential, confidential=True)
    before = content(any_database)
    with pytest.raises(Conflict) as refused:
        merged(any_database, pair)
    assert refused.value.code == "place_told"
    assert content(any_database) == before
    with any_database.read_scope() as session:
        assert session.get_one(DuplicatePair, pair).status == DuplicateStatus.OPEN
        assert session.get_one(Service, SECOND).merged_into_id is None
        assert session.query(Tombstone).all() == []


@pytest.mark.parametrize("places", [[], [a_place(1)]], ids=["nowhere", "somewhere"])
def test_no_public_listing_is_kept_over_a_confidential_one(
    any_database: Database, places: list[Any]
) -> None:
    """One that stands nowhere yet would publish the next address that it is given."""
    pair = paired(any_database, {"service_at_locations": places}, {})
    made(any_database, SECOND, confidential=True)
    before = content(any_database)
    with pytest.raises(Conflict, match="keep the confidential one") as refused:
        merged(any_database, pair)
    assert refused.value.code == "place_told"
    assert content(any_database) == before
    merged(any_database, pair, keep=SECOND)
    with any_database.read_scope() as session:
        kept = whole_services(session, [SECOND])[SECOND]
    assert (kept.confidential, kept.service_at_locations) == (True, [])
