"""A confidential service of an import tells nobody where it is, in no field and no log."""

import hashlib
import json

from directory.database import Database
from directory.hsds.read import read_service
from directory.hsds.service import service_objects
from directory.hsds.writers import View, organizations
from directory.imports import queries
from directory.imports.discreet import without_place
from directory.imports.identity import fingerprint
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


def test_its_address_in_our_pages_says_nothing_either(db: Database) -> None:
    imported(db, [TELLING])
    with db.read_scope() as session:
        [listing] = queries.whole_services(session, [TELLING["id"]]).values()
    assert listing.slug.startswith("confidential-service-")


def test_what_was_imported_before_these_words_were_left_out_is_written_anew() -> None:
    said = read_service(a_service(1))
    hidden = said.model_copy(update={"confidential": True})
    content = hidden.model_dump_json(exclude_defaults=True)
    assert fingerprint(said) == old_fingerprint(said.model_dump_json(exclude_defaults=True))
    assert fingerprint(hidden) != old_fingerprint(content)


def old_fingerprint(content: str) -> str:
    return hashlib.sha256(f"1{content}".encode()).hexdigest()


def test_the_log_of_its_source_is_told_inside_no_organization(any_database: Database) -> None:
    beside = a_service(2, organization=TELLING["organization"])
    imported(any_database, [TELLING, beside])
    view = View(whole=True, whole_services=True, now=MORNING)
    with any_database.read_scope() as session:
        written = organizations(session, [TELLING["organization"]["id"]], view)
    assert HIDDEN not in json.dumps(written)


def test_an_open_one_keeps_its_words_until_it_becomes_confidential(any_database: Database) -> None:
    imported(any_database, [{**TELLING, "confidential": False}])
    assert HIDDEN in published(any_database)
    imported(any_database, [TELLING])
    assert HIDDEN not in published(any_database)
