"""What is asked for is what is found: everything given must hold, on both databases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from directory import database
from directory.database import Database
from directory.hsds.pages import (
    ORGANIZATIONS,
    SERVICE_AT_LOCATIONS,
    SERVICES,
    TAXONOMIES,
    TAXONOMY_TERMS,
    Collection,
    read_page,
)
from directory.hsds.selections import Wanted
from directory.hsds.writers import View
from directory.listings.change_models import Tombstone
from directory.listings.models import ServiceArea
from tests.directory.hsds.builders import (
    TAXONOMY_ID,
    a_listing,
    a_place,
    a_term,
    an_organization,
    tag,
)
from tests.fakes import MORNING

HOUR = timedelta(hours=1)
NOBODY = "00000000-0000-4000-8000-00000000dead"


def found(wanted: Wanted, collection: Collection = SERVICES) -> list[str]:
    """The names (of places: of their services), sorted; of what has none the id."""
    with database.read_scope() as session:
        page = read_page(session, collection, wanted, View(MORNING), skip=0, size=100)
    assert page.total == len(page.objects)
    inner = [each.get("service", each) for each in page.objects]
    return sorted(each.get("name", each["id"]) for each in inner)


@dataclass
class World:
    """Two pantries and a clinic; `food` has the narrower term `bread`."""

    north: str
    food: str
    bread: str


@pytest.fixture
def world(any_database: Database) -> World:
    with database.session_scope() as session:
        north, south = an_organization(session, "North Aid"), an_organization(session, "South Aid")
        soup = a_listing(session, "Soup Kitchen", organization=north, description="Warm meals")
        loaf = a_listing(session, "Daily 100% Loaf", organization=south, description="Bread_rolls")
        clinic = a_listing(session, "Clínica Ñandú", organization=south, description="Care")
        food = a_term(session, "Food", code="F")
        bread = a_term(session, "Bread", code="F-1", parent_id=food.id)
        tag(session, soup.id, food)
        tag(session, loaf.id, bread)
        a_place(session, soup, latitude=41.77, longitude=-88.15)
        a_place(session, loaf, latitude=41.85, longitude=-88.11, address={"postal_code": "60187"})
        a_place(session, clinic, address={"postal_code": "60540-1234"})
        loaf.service_areas = [ServiceArea(name="DuPage County")]
        return World(north.id, food.id, bread.id)


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("soup", ["Soup Kitchen"]),
        ("SOUP kitchen", ["Soup Kitchen"]),
        ("kitchen warm", ["Soup Kitchen"]),
        ("north", ["Soup Kitchen"]),
        ("aid", ["Clínica Ñandú", "Daily 100% Loaf", "Soup Kitchen"]),
        ("soup loaf", []),
        ("0% l", ["Daily 100% Loaf"]),
        ("%", ["Daily 100% Loaf"]),
        ("_", ["Daily 100% Loaf"]),
        ("\\", []),
        ("'", []),
        ("ñandú", ["Clínica Ñandú"]),
        ("ÑANDÚ", ["Clínica Ñandú"]),
        ("  ", ["Clínica Ñandú", "Daily 100% Loaf", "Soup Kitchen"]),
    ],
)
def test_search_finds_every_word_as_it_is_written(
    world: World, search: str, names: list[str]
) -> None:
    assert found(Wanted(search=search)) == names


def test_a_term_takes_in_the_narrower_ones(world: World) -> None:
    assert found(Wanted(taxonomy_term_id=world.food)) == ["Daily 100% Loaf", "Soup Kitchen"]
    assert found(Wanted(taxonomy_term_id=world.bread)) == ["Daily 100% Loaf"]
    assert found(Wanted(taxonomy_id=TAXONOMY_ID)) == ["Daily 100% Loaf", "Soup Kitchen"]
    assert found(Wanted(taxonomy_term_id=NOBODY)) == []
    assert found(Wanted(taxonomy_term_id=world.food), ORGANIZATIONS) == ["North Aid", "South Aid"]
    assert found(Wanted(taxonomy_term_id=world.bread), SERVICE_AT_LOCATIONS) == ["Daily 100% Loaf"]


def test_everything_given_must_hold(world: World) -> None:
    both = Wanted(organization_id=world.north, taxonomy_term_id=world.food)
    assert found(both) == ["Soup Kitchen"]
    assert found(Wanted(organization_id=world.north, taxonomy_term_id=world.bread)) == []
    assert found(Wanted(organization_id=world.north, search="loaf")) == []
    assert found(both, SERVICE_AT_LOCATIONS) == ["Soup Kitchen"]
    assert found(Wanted(search="north", taxonomy_term_id=world.bread), ORGANIZATIONS) == []


@pytest.mark.parametrize(
    ("postcode", "metres", "names"),
    [
        # Wheaton lies in DuPage County, of which the bakery says that it is for it.
        ("60187", None, ["Daily 100% Loaf"]),
        # Two places have the ZIP and say nothing of an area; the bakery's county takes it in.
        ("60540", None, ["Clínica Ñandú", "Daily 100% Loaf", "Soup Kitchen"]),
        ("60540-9999", None, ["Clínica Ñandú", "Daily 100% Loaf", "Soup Kitchen"]),
        ("20735", None, []),
        ("60540", 3_000.0, ["Soup Kitchen"]),
        ("60540", 30_000.0, ["Daily 100% Loaf", "Soup Kitchen"]),
        ("60540", 0.0, []),
        ("nowhere", 30_000.0, []),
        ("%", None, []),
    ],
)
def test_a_postcode_is_covered_or_near(
    world: World, postcode: str, metres: float | None, names: list[str]
) -> None:
    assert found(Wanted(postcode=postcode, proximity=metres), SERVICE_AT_LOCATIONS) == names


def test_terms_by_parent_taxonomy_top_and_text(world: World) -> None:
    def terms(wanted: Wanted) -> list[str]:
        return found(wanted, TAXONOMY_TERMS)

    assert terms(Wanted(taxonomy_id=TAXONOMY_ID)) == ["Bread", "Food"]
    assert terms(Wanted(parent_id=world.food)) == ["Bread"]
    assert terms(Wanted(top_only=True)) == ["Food"]
    assert terms(Wanted(search="f-1")) == ["Bread"]
    assert found(Wanted(search="kinds"), TAXONOMIES) == ["Examples"]
    assert found(Wanted(search="nothing"), TAXONOMIES) == []


class TestModifiedAfter:
    def test_the_instant_itself_counts(self, any_database: Database) -> None:
        with database.session_scope() as session:
            a_listing(session, "Early", last_modified=MORNING - HOUR)
            a_listing(session, "Late")
        assert found(Wanted(modified_after=MORNING)) == ["Late"]
        assert found(Wanted(modified_after=MORNING - HOUR)) == ["Early", "Late"]
        assert found(Wanted(modified_after=MORNING + timedelta(microseconds=1))) == []

    def test_what_is_no_longer_shown_is_told(self, any_database: Database) -> None:
        with database.session_scope() as session:
            a_listing(session, "Open")
            a_listing(session, "Shut", status="inactive")
            a_listing(session, "Shut long ago", status="inactive", last_modified=MORNING - HOUR)
            gone = Tombstone(entity="service", entity_id=NOBODY, name="Gone", deleted_at=MORNING)
            session.add(gone)
        assert found(Wanted()) == ["Open"]
        assert found(Wanted(modified_after=MORNING)) == ["Gone", "Open", "Shut"]

    def test_what_came_back_is_not_gone(self, any_database: Database) -> None:
        with database.session_scope() as session:
            back = a_listing(session, "Back")
            session.add(Tombstone(entity="service", entity_id=back.id, deleted_at=MORNING))
        assert found(Wanted(modified_after=MORNING)) == ["Back"]

    def test_no_filter_finds_out_what_a_held_listing_is_called(
        self, any_database: Database
    ) -> None:
        with database.session_scope() as session:
            held = a_listing(session, "Hidden House", published=False, held_because="unsure")
            a_listing(session, "Former House", status="inactive")
        assert found(Wanted(modified_after=MORNING)) == ["Former House", "No longer listed"]
        assert found(Wanted(modified_after=MORNING, search="house")) == ["Former House"]
        asked = Wanted(modified_after=MORNING, organization_id=held.organization_id)
        assert found(asked) == []

    def test_places_of_what_is_gone_are_told_too(self, any_database: Database) -> None:
        with database.session_scope() as session:
            a_place(session, a_listing(session, "Open"))
            shut = a_listing(session, "Shut", status="defunct")
            a_place(session, shut, address={"postal_code": "60187"})
            gone = Tombstone(entity="service_at_location", entity_id=NOBODY, deleted_at=MORNING)
            session.add(gone)
        asked = Wanted(modified_after=MORNING)
        assert found(asked, SERVICE_AT_LOCATIONS) == [NOBODY, "Open", "Shut"]
        near = Wanted(modified_after=MORNING, postcode="60187")
        assert found(near, SERVICE_AT_LOCATIONS) == ["Shut"]

    def test_an_organization_changes_with_its_services(self, any_database: Database) -> None:
        with database.session_scope() as session:
            old = an_organization(session, "Old", last_modified=MORNING - HOUR)
            a_listing(session, organization=old)
            older = an_organization(session, "Older", last_modified=MORNING - HOUR)
            a_listing(session, organization=older, last_modified=MORNING - HOUR)
        assert found(Wanted(modified_after=MORNING), ORGANIZATIONS) == ["Old"]


@pytest.mark.parametrize(
    "sentence", ["what is shown is read from its own index", "and organizations too"]
)
def test_sqlite_knows_the_index_of_what_is_shown(db: Database, sentence: str) -> None:
    plans: dict[str, tuple[Callable[..., tuple[object, ...]], str]] = {
        "what is shown is read from its own index": (SERVICES.ids, "ix_service_shown"),
        "and organizations too": (ORGANIZATIONS.ids, "ix_service_shown_organization_id"),
    }
    ids, index = plans[sentence]
    [statement] = ids(Wanted())
    ordered = statement.order_by(statement.selected_columns[0]).limit(50)  # type: ignore[attr-defined]
    compiled = ordered.compile(
        db.engine, compile_kwargs={"literal_binds": True, "render_postcompile": True}
    )
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    assert index in str(plan)
    assert "TEMP B-TREE" not in str(plan)
