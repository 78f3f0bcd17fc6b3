"""No path out of the directory tells where a confidential service is."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import database
from directory.database import Database
from directory.listings import queries, service
from directory.listings.publication import published_addresses
from directory.needs import taxonomy
from directory.places import place_named
from directory.search import Match, Query, Reason, find
from directory.search.follow import current_index
from directory.search.jsonable import to_jsonable
from tests.directory.listings.files import NOW, edited, load

SLUG = "safe-harbor--shelter"
PLACES = ["60540", "60187", "Naperville", "Wheaton", "DuPage County", "Peoria", "nowhere", None]


@pytest.fixture(autouse=True)
def _loaded(db: Database) -> None:
    load()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    needs=st.lists(st.sampled_from(sorted(taxonomy())), max_size=3).map(tuple),
    place=st.sampled_from(PLACES),
    language=st.sampled_from(["en", "es", None]),
    open_now=st.booleans(),
    text=st.sampled_from([None, "safe harbor", "shelter in wheaton", "60540 harbor"]),
)
def test_no_question_brings_an_address_or_a_distance(
    needs: tuple[str, ...],
    place: str | None,
    language: str | None,
    open_now: bool,
    text: str | None,
) -> None:
    query = Query(needs, place, language, open_now, text, NOW)
    with database.read_scope() as session:
        result = find(session, query)
    for match in result.matches:
        if match.slug == SLUG:
            assert match.address is None
            assert match.distance_miles is None
            assert Reason.NEAR not in match.reasons
            shown = json.dumps(to_jsonable(match))
            assert not re.search(r"\b6[0-2]\d{3}\b| (St|Ave|Rd)\b", shown)


def slugs(matches: tuple[Match, ...]) -> list[str]:
    return [match.slug for match in matches]


def test_the_index_knows_no_place_of_it() -> None:
    with database.read_scope() as session:
        index = current_index(session)
    listing = next(one for one in index.listings if one.slug == SLUG)
    assert (listing.address, listing.coordinates, listing.county) == (None, None, "")


def test_the_listing_itself_gives_no_address() -> None:
    with database.read_scope() as session:
        found = service.published_service(session, SLUG)
        assert published_addresses(found) == ()
        assert found.service_at_locations == []


def test_a_service_that_becomes_confidential_loses_its_address_everywhere(tmp_path: Path) -> None:
    address = 'address: {street: 9 Elm Ave., city: Wheaton, state: IL, postal_code: "60187"}'
    load(edited(tmp_path, (address, "confidential: true")))
    with database.read_scope() as session:
        result = find(session, Query(("food",), "Wheaton", at=NOW))
        assert slugs(result.matches) == ["elm-pantry--food"]
        assert "Elm Ave" not in repr(result)
        assert result.matches[0].distance_miles is None
        found = queries.service_by_slug(session, "elm-pantry--food")
        assert found is not None
        assert found.confidential
        assert found.service_at_locations == []


def test_a_confidential_service_is_never_ordered_by_where_it_is() -> None:
    place = place_named("Wheaton")
    assert place is not None
    with database.read_scope() as session:
        near = find(session, Query(("domestic_violence",), "Wheaton", at=NOW))
        far = find(session, Query(("domestic_violence",), "Addison", at=NOW))
    assert [m.reasons for m in near.matches] == [m.reasons for m in far.matches]
