"""Of the change log anybody may know what changed and when, but not what was taken out."""

import json
from datetime import timedelta
from typing import Any

import pytest

from directory import database
from directory.database import Database
from directory.hsds.queries import CHANGES_TOLD
from directory.hsds.service import service_objects
from directory.listings.change_models import ChangeStatus
from directory.listings.changes import log_changes
from directory.listings.models import Metadata, Service
from tests.directory.hsds.builders import a_listing
from tests.fakes import MORNING


def told(*, status: ChangeStatus = ChangeStatus.APPLIED, **changes: tuple[Any, Any]) -> Any:
    """The metadata of a new listing after these changes."""
    confidential = changes.pop("confidential_listing", (None, False))[1]
    with database.session_scope() as session:
        service = a_listing(session, confidential=confidential)
        log_changes(session, service, changes, by="partner:key-1", now=MORNING, status=status)
        return metadata_of(session, service)


def metadata_of(session: Any, service: Service) -> Any:
    [written] = service_objects(session, [service], now=MORNING)
    return written.get("metadata", [])


def test_a_short_fact_is_told_before_and_after(any_database: Database) -> None:
    [line] = told(wait_time=("A week", "None"))
    assert line.pop("id") and line.pop("resource_id")
    assert line == {
        "resource_type": "service",
        "last_action_date": "2026-03-18",
        "last_action_type": "update",
        "field_name": "wait_time",
        "previous_value": "A week",
        "replacement_value": "None",
        "updated_by": "the organization",
    }


@pytest.mark.parametrize("field", ["description", "phones", "service_at_locations", "alert"])
def test_what_was_taken_out_of_a_text_or_list_stays_out(db: Database, field: str) -> None:
    [line] = told(**{field: ("at 9 Hidden Lane", "somewhere")})
    assert (line["field_name"], line["previous_value"], line["replacement_value"]) == (
        field, "", ""
    )  # fmt: skip


@pytest.mark.parametrize("field", ["confidential", "published", "held_because", "note", "needs"])
def test_what_is_no_field_of_hsds_is_not_told(db: Database, field: str) -> None:
    assert told(**{field: (False, True)}) == []


def test_of_a_confidential_service_no_values_are_told(db: Database) -> None:
    [line] = told(confidential_listing=(None, True), name=("Oak Street House", "Safe House"))
    assert "Oak Street" not in json.dumps(line)


@pytest.mark.parametrize(
    "status", [ChangeStatus.PENDING, ChangeStatus.DECLINED, ChangeStatus.WITHDRAWN]
)
def test_what_did_not_take_effect_is_not_told(db: Database, status: ChangeStatus) -> None:
    assert told(status=status, name=("Old", "New")) == []


def test_a_confirmation_is_told_by_its_day(db: Database) -> None:
    [line] = told(confirmed=(None, "2026-03-18"))
    assert (line["field_name"], line["last_action_type"]) == ("assured_date", "confirm")


def test_nobody_is_named(db: Database) -> None:
    with database.session_scope() as session:
        service = a_listing(session)
        for by in ("staff:kim", "import:run-1", "resident:person-1", "system"):
            log_changes(session, service, {"name": (by, "x")}, by=by, now=MORNING)
        lines = metadata_of(session, service)
    who = {line["updated_by"] for line in lines}
    assert who == {"Handoff staff", "an import", "Handoff"}


def test_the_newest_changes_are_told_oldest_first(any_database: Database) -> None:
    with database.session_scope() as session:
        service, other = a_listing(session), a_listing(session)
        for number in range(CHANGES_TOLD + 5):
            at = MORNING + timedelta(minutes=number)
            log_changes(session, service, {"name": (None, str(number))}, by="system", now=at)
        log_changes(session, other, {"name": (None, "other")}, by="system", now=MORNING)
        first, second = service_objects(session, [service, other], now=MORNING)
    values = [line["replacement_value"] for line in first["metadata"]]
    assert values == [str(number) for number in range(5, CHANGES_TOLD + 5)]
    assert [line["replacement_value"] for line in second["metadata"]] == ["other"]


def test_what_came_with_an_import_is_told_as_it_came(db: Database) -> None:
    with database.session_scope() as session:
        service = a_listing(session)
        session.add(
            Metadata(
                id="00000000-0000-4000-8000-000000000001",
                resource_id=service.id,
                resource_type="service",
                last_action_date="2025-01-01",
                last_action_type="update",
                field_name="name",
                previous_value="",
                replacement_value="Example Pantry",
                updated_by="A partner",
            )
        )
        [line] = metadata_of(session, service)
    assert (line["updated_by"], line["previous_value"]) == ("A partner", "")
