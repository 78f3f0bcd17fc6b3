"""Following and moving a referral from outside: who sees what of it, and who may do what."""

from datetime import timedelta
from typing import Any

import pytest

from api.fhir import codes
from directory import database
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Purpose
from directory.referrals import outcomes, queries
from directory.referrals.states import Status
from tests.api.fhir.conftest import (
    Fhir,
    issue_key,
    other_organization,
    outcome,
    service_for,
    substance_use_consent,
)
from tests.api.fhir.valid import valid
from tests.directory.referrals.builders import a_referral, read
from tests.fakes import MORNING


def task(fhir: Fhir, referral_id: str, key: str | None = None) -> dict[str, Any]:
    return valid(fhir.get(f"/Task/{referral_id}", key=key).json())


def put(fhir: Fhir, resource: dict[str, Any], key: str | None, **headers: str) -> Any:
    return fhir.api.client.put(
        f"/fhir/Task/{resource['id']}", json=resource, headers=fhir.headers(key) | headers
    )


def audited(referral_id: str) -> list[tuple[str, str]]:
    """Who did what with the person's record, in that order."""
    with database.read_scope() as session:
        entries = people.audit_of(session, read(referral_id).person_id)
        return [(each.actor.partition(":")[0], each.action) for each in entries]


def test_the_partner_follows_and_moves_what_was_sent_to_it(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    for status in ("accepted", "in-progress", "completed"):
        fhir.moved(referral_id, status)
        assert task(fhir, referral_id, fhir.hospital)["status"] == status
    with database.read_scope() as session:
        lines = queries.history(session, referral_id)
    assert [each.status for each in lines] == ["requested", "accepted", "in-progress", "completed"]
    assert {each.by.partition(":")[0] for each in lines[1:]} == {"partner"}
    assert read(referral_id).ask_at is not None, "the person is asked what came of it"


def test_a_whole_task_may_be_put_instead(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    accepted = task(fhir, referral_id, fhir.pantry) | {"status": "accepted"}
    answer = put(fhir, accepted, fhir.pantry)
    assert answer.status_code == 200, answer.text
    assert valid(answer.json())["status"] == "accepted"
    assert put(fhir, accepted, fhir.pantry).status_code == 200, "the same again changes nothing"
    assert len(audited(referral_id)) > 0
    with database.read_scope() as session:
        assert queries.last_sequence(session, referral_id) == 2


def test_a_reason_is_expected_where_it_does_not_go_on(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    rejected = task(fhir, referral_id, fhir.pantry) | {"status": "rejected"}
    outcome(put(fhir, rejected, fhir.pantry), 422, "reason_missing")
    assert read(referral_id).status == Status.REQUESTED
    reason = {"statusReason": {"text": "No room this week"}}
    assert put(fhir, rejected | reason, fhir.pantry).status_code == 200
    assert task(fhir, referral_id, fhir.hospital)["statusReason"]["text"] == "No room this week"


def test_an_old_reason_is_not_taken_for_the_new_ones(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    fhir.moved(referral_id, "accepted")
    fhir.moved(referral_id, "on-hold", reason="Waiting list")
    fhir.moved(referral_id, "in-progress")
    assert "statusReason" not in task(fhir, referral_id)
    held = fhir.moved(referral_id, "on-hold", reason="Waiting list").json()
    outcome(put(fhir, held | {"status": "failed"}, fhir.pantry), 422, "reason_missing")


def test_a_move_that_is_none_names_those_that_are(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    completed = task(fhir, referral_id, fhir.pantry) | {"status": "completed"}
    said = outcome(put(fhir, completed, fhir.pantry), 409, "move_not_allowed")
    assert "accepted, rejected" in said


def test_who_answers_second_is_told(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    seen = task(fhir, referral_id, fhir.pantry)
    version = fhir.get(f"/Task/{referral_id}", key=fhir.pantry).headers["etag"]
    fhir.moved(referral_id, "accepted")
    late = seen | {"status": "rejected", "statusReason": {"text": "Full"}}
    outcome(put(fhir, late, fhir.pantry), 409, "already_answered")
    late["status"] = "in-progress"
    outcome(put(fhir, late, fhir.pantry, **{"If-Match": version}), 412, "stale")
    now = fhir.get(f"/Task/{referral_id}", key=fhir.pantry).headers["etag"]
    assert put(fhir, late, fhir.pantry, **{"If-Match": now}).status_code == 200


def test_who_has_sent_it_takes_it_back_and_does_nothing_else(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    seen = task(fhir, referral_id, fhir.hospital)
    outcome(put(fhir, seen | {"status": "accepted"}, fhir.hospital), 409, "move_not_allowed")
    reason = {"statusReason": {"text": "The family found help"}}
    answer = put(fhir, seen | {"status": "cancelled"} | reason, fhir.hospital)
    assert answer.json()["status"] == "cancelled"
    with database.read_scope() as session:
        assert queries.history(session, referral_id)[-1].by.startswith("sender:")


def test_a_partner_does_not_take_back_what_another_has_sent(fhir: Fhir) -> None:
    seen = task(fhir, fhir.referred(), fhir.pantry)
    reason = {"status": "cancelled", "statusReason": {"text": "Full"}}
    outcome(put(fhir, seen | reason, fhir.pantry), 409, "move_not_allowed")


def test_staff_writes_down_what_was_said_on_the_phone(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    accepted = task(fhir, referral_id) | {"status": "accepted"}
    assert put(fhir, accepted, None).json()["status"] == "accepted"


def test_what_belongs_to_others_is_not_there(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    with database.read_scope() as session:
        sender = other_organization(session, fhir.organization_id)
        stranger = other_organization(session, fhir.organization_id, sender)
    key = issue_key(stranger)
    found = task(fhir, referral_id)
    for path in (
        f"/Task/{referral_id}",
        f"/ServiceRequest/{referral_id}",
        f"/{found['for']['reference']}",
        f"/Consent/{_consent_of(fhir, referral_id)}",
    ):
        assert fhir.get(path, key=key).status_code == 404, path
    assert put(fhir, found | {"status": "accepted"}, key).status_code == 404
    assert "entry" not in fhir.get("/Task", key=key).json()


def _consent_of(fhir: Fhir, referral_id: str) -> str:
    request = fhir.get(f"/ServiceRequest/{referral_id}").json()
    return str(request["supportingInfo"][0]["reference"].removeprefix("Consent/"))


def test_before_accepting_a_partner_sees_the_minimum(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    person = f"/{task(fhir, referral_id, fhir.pantry)['for']['reference']}"
    request = valid(fhir.get(f"/ServiceRequest/{referral_id}", key=fhir.pantry).json())
    assert "reasonCode" not in request
    assert "identifier" not in request
    assert fhir.get(person, key=fhir.pantry).status_code == 404

    fhir.moved(referral_id, "accepted")
    shown = valid(fhir.get(person, key=fhir.pantry).json())
    assert shown["name"] == [{"text": "Maria Example"}]
    assert shown["telecom"][0]["value"] == "+16305550123"
    assert {each["url"]: each["valueBoolean"] for each in shown["extension"]} == {
        codes.SAFE_TO_TEXT: False,
        codes.NUMBER_SHARED: False,
    }
    request = fhir.get(f"/ServiceRequest/{referral_id}", key=fhir.pantry).json()
    assert request["reasonCode"] == [{"text": "No groceries until Friday"}]

    fhir.moved(referral_id, "completed")
    assert fhir.get(person, key=fhir.pantry).status_code == 404, "afterwards the minimum again"


def test_when_consent_ends_the_person_is_not_shown_any_more(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    fhir.moved(referral_id, "accepted")
    person_id = read(referral_id).person_id
    with database.session_scope() as session:
        person = people.by_id(session, person_id)
        assert person is not None
        people_service.revoke(session, person, Purpose.REFERRAL, now=MORNING + timedelta(minutes=1))
    assert fhir.get(f"/Patient/{person_id}", key=fhir.pantry).status_code == 404
    request = fhir.get(f"/ServiceRequest/{referral_id}", key=fhir.pantry).json()
    assert not {"reasonCode", "supportingInfo"} & set(request)


def test_who_has_sent_it_learns_nothing_new_of_the_person(fhir: Fhir) -> None:
    with database.session_scope() as session:
        person = people_service.find_or_create(session, "+16305550123", now=MORNING)
        person.name, person.safe_to_text = "Mary Known", True
    referral_id = fhir.referred()
    shown = fhir.get(f"/Patient/{read(referral_id).person_id}", key=fhir.hospital).json()
    assert set(valid(shown)) == {"resourceType", "id", "meta", "telecom"}


def test_who_sends_to_itself_learns_nothing_that_way(fhir: Fhir) -> None:
    with database.session_scope() as session:
        person = people_service.find_or_create(session, "+16305550123", now=MORNING)
        person.name = "Mary Known"
    answer = fhir.send("POST", "", fhir.bundle(), key=fhir.pantry)
    place = answer.json()["entry"][-1]["response"]["location"]
    fhir.moved(place.removeprefix("Task/"), "accepted")
    shown = fhir.get(f"/Patient/{person.id}", key=fhir.pantry).json()
    assert "name" not in shown


def test_substance_use_is_not_given_out_without_its_consent(fhir: Fhir) -> None:
    service = service_for("substance_use")
    receiver = issue_key(service.organization_id)
    referral_id = fhir.referred(service_id=service.id, consents=[substance_use_consent()])
    assert fhir.get(f"/Task/{referral_id}", key=receiver).status_code == 200
    with database.session_scope() as session:
        person = people.by_id(session, read(referral_id).person_id)
        assert person is not None
        later = MORNING + timedelta(minutes=1)
        people_service.revoke(session, person, Purpose.SUBSTANCE_USE, now=later)
    for key in (receiver, fhir.hospital, None):
        assert fhir.get(f"/Task/{referral_id}", key=key).status_code == 404
        assert fhir.get(f"/ServiceRequest/{referral_id}", key=key).status_code == 404
        assert "entry" not in fhir.get("/Task", key=key).json()


def test_what_came_of_it_comes_back_to_who_sent_it(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    fhir.moved(referral_id, "accepted", "completed")
    with database.session_scope() as session:
        referral = queries.by_id(session, referral_id)
        assert referral is not None
        outcomes.received(session, referral, now=MORNING + timedelta(days=1))
    [output] = task(fhir, referral_id, fhir.hospital)["output"]
    assert output["valueCodeableConcept"]["coding"][0]["code"] == "service_received"


def test_a_draft_is_nobodys_business_yet(fhir: Fhir) -> None:
    with database.session_scope() as session:
        draft = a_referral(session, contact=False, draft=True)
    assert fhir.get(f"/Task/{draft}", key=fhir.pantry).status_code == 404
    assert task(fhir, draft)["status"] == "draft"


def test_every_reading_is_noted(fhir: Fhir) -> None:
    referral_id = fhir.referred()
    fhir.get(f"/Task/{referral_id}", key=fhir.hospital)
    fhir.get(f"/ServiceRequest/{referral_id}", key=fhir.pantry)
    fhir.get("/Task", key=fhir.pantry)
    fhir.get(f"/Consent/{_consent_of(fhir, referral_id)}")
    fhir.get(f"/Patient/{read(referral_id).person_id}")
    fhir.moved(referral_id, "accepted")
    assert [action for _, action in audited(referral_id)] == [
        "fhir.referral.create",
        "fhir.task.read",
        "fhir.servicerequest.read",
        "fhir.task.search",
        "fhir.servicerequest.read",
        "fhir.consent.read",
        "fhir.patient.read",
        "fhir.task.update",
    ]
    assert ("partner", "fhir.task.read") in audited(referral_id)


@pytest.mark.parametrize(
    ("patch", "status", "code"),
    [
        ([], 422, "malformed"),
        ({"op": "replace"}, 422, "malformed"),
        ([1], 422, "malformed"),
        ([{"op": "move", "path": "/status"}], 422, "malformed"),
        ([{"op": "remove", "path": "/status"}], 422, "malformed"),
        ([{"op": "replace", "path": "/owner", "value": {}}], 422, "not_changeable"),
        ([{"op": "replace", "path": "/status", "value": "received"}], 422, "status_unknown"),
        ([{"op": "replace", "path": "/status", "value": 7}], 422, "malformed"),
        ([{"op": "replace", "path": "/statusReason", "value": "full"}], 422, "malformed"),
        ([{"op": "test", "path": "/status", "value": "accepted"}], 409, "test_failed"),
    ],
)
def test_a_patch_that_cannot_be_meant_changes_nothing(
    fhir: Fhir, patch: Any, status: int, code: str
) -> None:
    referral_id = fhir.referred()
    outcome(fhir.send("PATCH", f"/Task/{referral_id}", patch, key=fhir.pantry), status, code)
    assert read(referral_id).status == Status.REQUESTED


def test_a_task_is_put_where_it_belongs(fhir: Fhir) -> None:
    seen = task(fhir, fhir.referred(), fhir.pantry)
    other = seen | {"id": fhir.referred(identifier="R-2")}
    answer = fhir.send("PUT", f"/Task/{seen['id']}", other, key=fhir.pantry)
    outcome(answer, 422, "id_unfit")
