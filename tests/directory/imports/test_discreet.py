"""A confidential service of an import tells nobody where it is, in no field and no log."""

import json

from directory.database import Database
from directory.hsds.read import read_service
from directory.hsds.service import service_objects
from directory.imports import queries
from directory.imports.discreet import without_place
from directory.listings.ids import stable_id
from tests.directory.imports.builders import a_place, a_service, imported
from tests.fakes import MORNING

HIDDEN = "12 Hidden Street"
LOG = {
    "id": stable_id("test metadata", 1),
    "resource_id": a_service(1)["id"],
    "resource_type": "service",
    "last_action_date": "2026-01-02",
    "last_action_type": "update",
    "field_name": "description",
    "previous_value": f"A safe house at {HIDDEN}.",
    "replacement_value": "A safe house.",
    "updated_by": "somebody",
}
TELLING = a_service(
    1,
    name=f"Refuge, {HIDDEN}",
    confidential=True,
    description=f"A safe house at {HIDDEN}.",
    fees_description="Free.",
    schedules=[{"description": f"Ring at {HIDDEN}, any time"}],
    required_documents=[{"document": f"Come to {HIDDEN} with an ID"}],
    contacts=[{"name": "Intake", "title": f"At {HIDDEN}"}],
    service_at_locations=[a_place(1) | {"description": f"The back door of {HIDDEN}"}],
    metadata=[LOG],
)


def test_words_that_tell_the_place_are_left_out_and_named() -> None:
    said, remarks = without_place(read_service(TELLING))
    assert HIDDEN not in said.model_dump_json(exclude={"service_at_locations": {0: {"location"}}})
    assert (said.name, said.fees_description) == ("Confidential service", "Free.")
    assert [remark.partition(" ")[0] for remark in remarks] == [
        "name",
        "description",
        "schedules[0].description",
        "service_at_locations[0].description",
        "required_documents[0].document",
        "contacts[0].title",
    ]


def published(db: Database) -> str:
    with db.read_scope() as session:
        services = list(queries.whole_services(session, [TELLING["id"]]).values())
        return json.dumps(service_objects(session, services, now=MORNING))


def test_an_import_of_it_gives_nothing_of_the_place(any_database: Database) -> None:
    report = imported(any_database, [TELLING])
    assert report.added == 1
    assert any("description seems to say where" in remark.problem for remark in report.remarks)
    assert HIDDEN not in published(any_database)


def test_an_open_one_keeps_its_words_until_it_becomes_confidential(any_database: Database) -> None:
    imported(any_database, [{**TELLING, "confidential": False}])
    assert HIDDEN in published(any_database)
    imported(any_database, [TELLING])
    assert HIDDEN not in published(any_database)
