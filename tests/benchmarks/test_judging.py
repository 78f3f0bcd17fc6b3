"""The rules by which services are judged, and the judgements that are kept."""

from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.corpus import Opening, Record, partner_services
from benchmarks.filters import Filters
from benchmarks.judgements import HAND, Judgement, pooled, read_judgements, write_judgements
from benchmarks.judging import Judge
from benchmarks.offers import offers
from benchmarks.places import town
from benchmarks.queries import Kind, LabelledQuery, Meant, read_needs, read_queries
from benchmarks.reach import Reach, reach
from tests.benchmarks.services import a_pantry, a_partner

KENT = town("Kent, OH")


def a_query(meant: Meant, filters: Filters | None = None) -> LabelledQuery:
    return LabelledQuery("q1", Kind.NEED_PLACE, "food", "en", meant, filters or Filters())


def a_judge(*records: Record) -> Judge:
    return Judge(read_needs(), records)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Kent, OH", Reach.SERVES),
        ("Ravenna, OH", Reach.NEAR),  # Portage County
        ("Akron, OH", Reach.FAR),  # Summit County, twelve miles away
        ("Toledo, OH", Reach.NONE),
        ("Kent, WA", Reach.NONE),
    ],
)
def test_reach_of_an_address(where: str, expected: Reach) -> None:
    assert reach(a_pantry(), town(where)) is expected


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("Naperville", Reach.SERVES),
        ("Will County", Reach.SERVES),  # Naperville lies in two counties
        ("Illinois", Reach.SERVES),
        ("United States", Reach.SERVES),
        ("Aurora", Reach.NONE),
        ("Lane County, OR", Reach.NONE),
        ("Oregon", Reach.NONE),
    ],
)
def test_reach_of_a_stated_area(area: str, expected: Reach) -> None:
    assert reach(a_partner(areas=(area,)), town("Naperville, IL")) is expected


def test_a_need_in_a_place_is_worth_the_smaller_of_both() -> None:
    query = a_query(Meant(need="food", place=KENT))
    assert a_judge().grade(query, a_pantry()) == 3
    assert a_judge().grade(query, a_pantry(description="Meal")) == 2
    assert a_judge().grade(query, a_pantry(town="Ravenna", zip_code="44266")) == 2
    assert a_judge().grade(query, a_pantry(description="Choice Pantry. Students only")) == 1


def test_a_place_that_is_ticked_counts_like_one_that_is_written() -> None:
    near = a_pantry(town="Ravenna", zip_code="44266")
    assert a_judge().grade(a_query(Meant(need="food"), Filters(place=KENT)), near) == 2


def test_what_fails_a_filter_is_worth_nothing() -> None:
    saturday = Filters(open_at=datetime(2026, 11, 28, 10, 0))  # noqa: DTZ001  # local
    query = a_query(Meant(need="food", place=KENT), saturday)
    assert a_judge().grade(query, a_pantry()) == 0
    open_then = a_pantry(openings=(Opening(5, "09:00", "12:00"),))
    assert a_judge().grade(query, open_then) == 3


def test_a_name_brings_the_service_then_its_sisters() -> None:
    hotline = a_partner(name="Example Hotline", organization="Example House")
    shelter = a_partner(name="Example Shelter", organization="Example House")
    judge = a_judge(hotline, shelter)
    assert judge.grade(a_query(Meant(names=("Example Hotline",))), hotline) == 3
    assert judge.grade(a_query(Meant(names=("Example Hotline",))), shelter) == 2
    assert judge.grade(a_query(Meant(names=("Example House",))), shelter) == 3
    assert judge.grade(a_query(Meant(names=("Example Hotline",))), a_pantry()) == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"groceries"}),
        ({"description": "Meal"}, {"meals"}),
        ({"description": "Soup Kitchen,Food Pantry"}, {"meals", "groceries"}),
        ({"description": "Free Groceries. Eligibility: Only Residents"}, {"for_some"}),
        ({"name": "CHILD MEAL SITE: A School"}, {"children"}),
        ({"name": "JOB RESOURCE:: A Workforce Center"}, set()),
        ({"name": "A Mobile Food Bank"}, {"groceries", "mobile"}),
        ({"description": "Food assistance. In Mobile, AL"}, {"groceries"}),
    ],
)
def test_what_a_listing_offers(changes: dict[str, str], expected: set[str]) -> None:
    assert offers(a_pantry(**changes)) == expected


def test_judgements_are_read_as_they_were_written(tmp_path: Path) -> None:
    rows = [Judgement("q1", 2, HAND, "pantry", "A Pantry", "Kent, OH", "read it twice")]
    write_judgements(rows, tmp_path / "judgements.tsv")
    assert read_judgements(tmp_path / "judgements.tsv") == rows


def test_pooling_again_keeps_what_was_judged_by_hand() -> None:
    query, pantry = a_query(Meant(need="food", place=KENT)), a_pantry()
    kept = Judgement("q1", 1, HAND, "pantry", "Example Food Pantry", "Kent, OH", "closed")
    found = {"q1": ["pantry"]}
    judge = a_judge(pantry)
    given = {"queries": [query], "records": [pantry], "judge": judge}
    assert pooled([kept], found, **given) == [kept]  # type: ignore[arg-type]
    (by_rule,) = pooled([], found, **given)  # type: ignore[arg-type]
    assert by_rule.grade == 3


def test_the_kept_judgements_are_those_of_the_rules() -> None:
    """For the partners, whose listings are here; the food banks' are judged where they are."""
    judge = a_judge()
    partners = {record.key: record for record in partner_services()}
    queries = {query.id: query for query in read_queries()}
    kept = [row for row in read_judgements() if row.service in partners and row.by != HAND]
    other = [
        (row.query, row.name, row.grade)
        for row in kept
        if queries[row.query].meant.need
        and judge.by_rules(queries[row.query], partners[row.service]) != row.grade
    ]
    assert len(kept) > 500
    assert other == []
