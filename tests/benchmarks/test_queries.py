"""The labelled queries: as many of each kind as promised, and each can be answered."""

import re
from collections import Counter

from benchmarks.copies import multiplied, places_of
from benchmarks.corpus import partner_services
from benchmarks.filters import Filters
from benchmarks.places import miles
from benchmarks.queries import Kind, read_needs, read_queries
from benchmarks.reach import Reach, reach
from tests.benchmarks.services import a_pantry

QUERIES = read_queries()


def test_there_are_enough_of_each_kind() -> None:
    kinds = Counter(query.kind for query in QUERIES)
    least = {Kind.NAME: 40, Kind.NAME_TYPO: 40, Kind.NEED_PLACE: 50, Kind.DESCRIPTION: 60}
    assert all(kinds[kind] >= count for kind, count in least.items())
    assert len(QUERIES) >= 240
    assert sum(query.lang == "es" for query in QUERIES) >= 60


def test_each_has_its_own_id_and_text() -> None:
    assert len({query.id for query in QUERIES}) == len(QUERIES)
    asked = Counter((query.text, query.filters) for query in QUERIES)
    assert [text for text, count in asked.items() if count > 1] == []


def test_none_has_a_number_that_could_be_somebodys() -> None:
    assert [query.id for query in QUERIES if re.search(r"\d{3,}[-. ]?\d{4}", query.text)] == []


def test_each_means_a_name_or_a_need_that_is_judged() -> None:
    needs = read_needs()
    for query in QUERIES:
        assert bool(query.meant.names) != bool(query.meant.need), query.id
        assert query.meant.need is None or query.meant.need in needs, query.id


def test_the_needs_name_only_partners_that_are_published() -> None:
    published = {record.key for record in partner_services()}
    named = {key for grades in read_needs().values() for key in grades.partners}
    assert named <= published


def test_no_filter_allows_everything() -> None:
    assert not Filters()
    assert Filters().allow(a_pantry())
    assert all(query.filters for query in QUERIES if query.kind is Kind.FILTERED)


def test_copies_are_far_from_every_place_that_is_asked_for() -> None:
    places = list(places_of(QUERIES))
    real = [*partner_services(), a_pantry()]
    copies = multiplied(real, 3 * len(real), places)[len(real) :]
    assert len(copies) == 2 * len(real)
    for copy in copies:
        assert all(reach(copy, place) is Reach.NONE for place in places)
        if copy.coordinates:
            assert min(miles(copy.coordinates, place.middle) for place in places) > 50


def test_copies_are_the_same_each_time_and_have_names_of_their_own() -> None:
    places = list(places_of(QUERIES))
    real = [a_pantry(), a_pantry(id="other", key="other", name="Other Pantry")]
    first, again = (multiplied(real, 30, places) for _ in range(2))
    assert first == again
    assert len({record.name for record in first}) == 30
    assert {record.copy_of for record in first[2:]} == {"pantry", "other"}
