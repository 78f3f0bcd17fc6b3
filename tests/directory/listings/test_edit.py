"""A partner changes its own listing: at once, all of it or nothing, and nothing gets lost."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

from directory import database
from directory.database import Database
from directory.errors import NotFound, PreconditionFailed, PreconditionRequired
from directory.freshness.models import Freshness
from directory.listings import queries
from directory.listings.change_models import ChangeStatus
from directory.listings.edit import edit
from directory.listings.ids import organization_id, service_id
from directory.listings.models import Location, Service
from directory.listings.needs_taxonomy import TAXONOMY_ID
from directory.listings.publication import published_phones
from directory.notices.models import NoticeKind
from directory.partners.models import Channel
from tests.directory.listings.editing import (
    BY,
    PANTRY,
    SHELTER,
    a_listener,
    change,
    history,
    read,
    refused,
    told,
)
from tests.directory.listings.files import NOW, edited, load
from tests.threads import all_at_once

RENT = "oak-pantry--rent"
WEEK = [{"byday": "MO,TU", "opens_at": "10:00", "closes_at": "12:00"}]


@pytest.fixture
def small(db: Database) -> Iterator[Database]:
    load()
    yield db


@pytest.fixture
def small_on_both(any_database: Database) -> Iterator[Database]:
    load()
    yield any_database


def test_what_is_sent_changes_and_what_is_left_out_stays(small_on_both: Database) -> None:
    before = read()
    edit_of_now = change({"name": "Oak groceries", "url": "https://oak.example.org/food"})
    after = read()
    assert edit_of_now.applied == ("name", "url")
    assert (after.name, after.url) == ("Oak groceries", "https://oak.example.org/food")
    assert (after.description, after.opening_hours) == (before.description, before.opening_hours)
    assert after.version == before.version + 1
    assert after.last_modified == NOW
    assert after.assured_date == before.assured_date, "a change confirms nothing"
    assert {(each.field, each.before, each.after) for each in history()} == {
        ("name", "Oak Pantry groceries", "Oak groceries"),
        ("url", None, "https://oak.example.org/food"),
    }
    assert {(each.by, each.at, each.status) for each in history()} == {
        (BY, NOW, ChangeStatus.APPLIED)
    }


def test_null_takes_away(small: Database) -> None:
    change({"fees_description": None, "required_documents": [], "languages": None})
    after = read()
    assert after.fees_description is None
    assert (after.required_documents, after.languages) == ([], [])


def test_what_says_the_same_changes_nothing(small: Database) -> None:
    before = read()
    unchanged = change({"name": before.name, "phones": [{"number": "(630) 555-0101"}]})
    assert (unchanged.applied, unchanged.pending) == ((), ())
    assert read().version == before.version
    assert history() == []
    assert read().phones[0].sources == ["https://oak.example.org/contact"]


def test_hours_are_what_search_reckons_with(small: Database) -> None:
    done = change({"schedules": WEEK})
    assert set(done.applied) == {"schedules", "opening_hours"}
    assert read().opening_hours == "Mo,Tu 10:00-12:00"
    change({"opening_hours": "Sa 08:00-11:00"})
    [saturday] = read().schedules
    assert (saturday.byday, saturday.opens_at, saturday.closes_at) == ("SA", "08:00", "11:00")


def test_hours_that_no_expression_says_are_unknown(small: Database) -> None:
    change({"schedules": [WEEK[0] | {"interval": 2}, {"description": "And by appointment"}]})
    assert read().opening_hours is None
    assert len(read().schedules) == 2


def test_the_words_of_the_old_hours_go_with_them(small: Database) -> None:
    [row] = read().schedules
    assert row.description == "Mo-Fr 09:00-17:00"
    sent = {"id": row.id, "byday": row.byday, "opens_at": "09:00", "closes_at": "16:00"}
    change({"schedules": [sent | {"description": row.description}]})
    [row_now] = read().schedules
    assert (row_now.id, row_now.description) == (row.id, None)


def test_a_number_that_is_sent_is_attested_and_staffs_notes_stay(small: Database) -> None:
    change({"phones": [{"number": "+1 630 555 0142", "extension": 7, "type": "Voice"}]})
    service = read()
    [shown] = published_phones(service)
    assert (shown.number, shown.extension, shown.as_of) == ("630-555-0142", "7", date(2026, 11, 23))
    phone = service.phones[0]
    assert (phone.attested, phone.call_first, phone.sources) == (True, False, ["partner"])
    hidden = [each.number for each in service.phones[1:]]
    assert hidden == ["630-555-0102", "630-555-0103"], "not shown, so not taken away either"
    [log] = history()
    assert log.before == [{"type": "voice", "number": "630-555-0101", "answered_24h": False}]


def test_a_number_of_staffs_notes_is_the_partners_once_it_sends_it(small: Database) -> None:
    change({"phones": [{"number": "630-555-0101"}, {"number": "630-555-0103"}]})
    service = read()
    assert [each.number for each in published_phones(service)] == ["630-555-0101", "630-555-0103"]
    assert len(service.phones) == 3


def test_what_hsds_has_no_name_for_stays_when_it_is_left_out(small: Database) -> None:
    [phone] = published_phones(read())
    change({"phones": [{"id": phone.id, "number": "630-555-0109", "description": "Desk"}]})
    [now] = published_phones(read())
    assert (now.id, now.answered_24h, now.label) == (phone.id, False, "Desk")


def test_a_shared_place_moves_for_one_service_only(small: Database) -> None:
    [link] = read().service_at_locations
    address = {"address_1": "2 Ash St.", "city": "Lisle", "state_province": "IL"}
    place = {"id": link.id, "location": {"id": link.location_id, "addresses": [address]}}
    change({"service_at_locations": [place]})
    [moved], [other] = read().service_at_locations, read(RENT).service_at_locations
    assert moved.location.addresses[0].address_1 == "2 Ash St."
    assert other.location.addresses[0].address_1 == "1 Oak St."
    change({"service_at_locations": []}, slug=RENT)
    with database.read_scope() as session:
        assert session.get(Location, other.location_id) is None, "nobody is there any more"


def test_a_place_of_its_own_keeps_its_row_and_loses_old_coordinates(small: Database) -> None:
    with database.session_scope() as session:
        for service in queries.services_of(session, organization_id("elm-pantry")):
            for link in service.service_at_locations:
                link.location.latitude, link.location.longitude = 41.8, -88.1
    [link] = read("elm-pantry--food").service_at_locations
    address = {"address_1": "9 Elm Ave.", "city": "Wheaton", "state_province": "IL"}
    same = address | {"postal_code": "60187"}
    change(
        {"service_at_locations": [{"location": {"addresses": [same]}, "description": "Back door"}]},
        slug="elm-pantry--food",
    )
    [kept] = read("elm-pantry--food").service_at_locations
    assert (kept.location.latitude, kept.description) == (41.8, "Back door")
    place = {"id": link.id, "location": {"addresses": [address | {"postal_code": "60189"}]}}
    change({"service_at_locations": [place]}, slug="elm-pantry--food")
    [moved] = read("elm-pantry--food").service_at_locations
    assert (moved.id, moved.location_id) == (link.id, link.location_id)
    assert moved.location.latitude is None


def test_needs_are_of_our_taxonomy_and_tied_to_their_terms(small: Database) -> None:
    change({"needs": ["clothing_household", "food"]})
    assert read().needs == ["clothing_household", "food"]
    with database.read_scope() as session:
        terms = [each.taxonomy_term for each in queries.attributes_of(session, service_id(PANTRY))]
    codes = {term.code for term in terms if term.taxonomy_id == TAXONOMY_ID}
    assert codes == {"clothing_household", "food"}


def test_markup_in_a_name_is_text_like_any_other(small: Database) -> None:
    change({"name": "<b>Oak</b> & friends"})
    assert read().name == "<b>Oak</b> & friends"


@pytest.mark.parametrize(
    ("body", "field", "remedy"),
    [
        ({"schedules": WEEK, "opening_hours": "24/7"}, "opening_hours", "one of the two"),
        ({"schedules": [*WEEK, WEEK[0] | {"opens_at": "11:00"}]}, "schedules.1", "once"),
        ({"minimum_age": 60, "maximum_age": 20}, "minimum_age", "swap"),
        ({"service_areas": [{"name": "Napervile"}]}, "service_areas.0.name", "Naperville?"),
        ({"phones": [{"number": "6305550101"}] * 2}, "phones.1", "leave one"),
        ({"languages": [{"code": "es"}, {"name": "Spanish"}]}, "languages.1", "leave one"),
        ({"needs": ["food", "food"]}, "needs.1", "leave one"),
    ],
)
def test_what_breaks_a_rule_changes_nothing(
    small: Database, body: dict[str, object], field: str, remedy: str
) -> None:
    problems = refused({"name": "Another name"} | body)
    assert remedy in problems[field]


def test_an_area_that_an_import_brought_may_stay(small: Database) -> None:
    with database.session_scope() as session:
        service = session.get_one(Service, service_id(PANTRY))
        service.service_areas[0].name = "The valley"
    change({"service_areas": [{"name": "The valley"}, {"name": "illinois"}]})
    assert [area.name for area in read().service_areas] == ["The valley", "Illinois"]


def test_of_a_confidential_service_no_place_is_taken(small: Database) -> None:
    place = {"location": {"addresses": []}}
    assert "location_type" in refused({"service_at_locations": [place]}, slug=SHELTER).popitem()[1]
    virtual = {"location": {"location_type": "virtual"}}
    assert "leave it out" in refused({"service_at_locations": [virtual]}, slug=SHELTER).popitem()[1]
    assert refused({"description": "We are at 12 S. Main St."}, slug=SHELTER).keys() == {
        "description"
    }


def test_it_says_from_which_version_it_was_made(small: Database) -> None:
    with pytest.raises(PreconditionRequired):
        change({"name": "One"}, based_on=None)
    change({"name": "One"}, based_on={1})
    with pytest.raises(PreconditionFailed):
        change({"name": "Two"}, based_on={1})
    with pytest.raises(PreconditionFailed):
        change({"name": ""}, based_on=set())
    assert read().name == "One"


def test_others_listings_do_not_exist(small: Database) -> None:
    with database.session_scope() as session, pytest.raises(NotFound):
        owner = organization_id("elm-pantry")
        edit(session, owner, service_id(PANTRY), {}, by=BY, based_on=None, now=NOW)


def test_of_fifty_changes_at_once_none_is_lost(small_on_both: Database) -> None:
    def one(number: int) -> int:
        """Read, change, and read again as long as somebody else was first; how many tries."""
        for tries in range(1, 400):
            version = read().version
            try:
                change({"name": f"Pantry {number}"}, based_on={version})
            except PreconditionFailed:
                continue
            return tries
        raise AssertionError("never got through")

    all_at_once([partial(one, number) for number in range(10)])
    in_turn = [partial(change, {"alert": f"Word {number}"}) for number in range(40)]
    for start in range(0, 40, 10):
        all_at_once(in_turn[start : start + 10])
    assert read().version == 51
    assert_one_order("name", "Oak Pantry groceries", 10)
    assert_one_order("alert", None, 40)


def assert_one_order(field: str, first: object, count: int) -> None:
    """Each change of the field was made on top of exactly one other, down to the first."""
    lines = {change.before: change.after for change in history(field=field)}
    assert len(lines) == count, "no two were made of the same"
    seen, value = [], first
    while value in lines:
        value = lines[value]
        seen.append(value)
    assert len(seen) == count
    assert value == getattr(read(), field)


def test_its_systems_hear_which_fields_have_changed(small: Database) -> None:
    a_listener()
    a_listener(Channel.EMAIL)
    change({"name": "Oak groceries", "schedules": WEEK})
    change({"name": "Oak groceries"})
    [facts] = told(NoticeKind.LISTING_CHANGED)
    assert sorted(facts.pop("fields")) == ["name", "opening_hours", "schedules"]
    assert facts == {"service_id": service_id(PANTRY), "version": 2}


def test_the_file_leaves_a_changed_listing_alone_until_its_entry_changes(
    small: Database, tmp_path: Path
) -> None:
    change({"name": "Oak groceries"})
    assert read().freshness == Freshness.FRESH
    assert load(now=NOW + timedelta(days=1)).changed == ()
    assert read().name == "Oak groceries"
    newer = edited(tmp_path, ("Free groceries for families.", "Groceries for families."))
    assert load(newer, now=NOW + timedelta(days=2)).changed == (PANTRY,)
    assert read().name == "Oak Pantry groceries"
    with pytest.raises(PreconditionFailed):
        change({"name": "Oak"}, based_on={2})


def test_everything_that_can_be_sent_can_be_sent_back(small: Database) -> None:
    change(
        {
            "cost_options": [{"option": "Sliding scale", "amount": 5, "currency": "USD"}],
            "additional_urls": [{"label": "Menu", "url": "https://oak.example.org/menu"}],
            "languages": [{"name": "Polish", "note": "On Mondays"}],
            "schedules": [{"byday": "2TU", "opens_at": "18:00:00", "closes_at": "20:00-06:00"}],
        }
    )
    service = read()
    assert service.opening_hours == "Tu[2] 18:00-20:00"
    assert [each.code for each in service.languages] == ["pl"]
    ids = [each.id for each in (*service.cost_options, *service.schedules, *service.languages)]
    again = change(
        {
            "schedules": [{"byday": "2TU", "opens_at": "18:00", "closes_at": "20:00"}],
            "languages": [{"code": "pl", "name": "Polish", "note": "On Mondays"}],
            "cost_options": [{"option": "Sliding scale", "amount": 5.0, "currency": "USD"}],
        }
    )
    assert again.applied == ()
    service = read()
    assert ids == [
        each.id for each in (*service.cost_options, *service.schedules, *service.languages)
    ]
