"""People's records: read, found, changed; consents; caseloads; and the note of who has looked."""

from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from directory import database
from directory.people.models import AuditEntry, Person
from directory.people.queries import audit_of
from directory.staff import queries as staff
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from tests.api.conftest import EMAIL, Api, a_visit, problem
from tests.directory.on_call.builders import a_colleague
from tests.factories import met, read_checkin, visited
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")


def test_the_record_says_what_staff_must_know(any_api: Api) -> None:
    visit, _ = visited()
    headers = any_api.staff()
    answer = any_api.client.get(f"/api/v1/people/{visit.person_id}", headers=headers)
    record = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert record["id"] == visit.person_id
    assert record["phone"] == "+16305550100"
    assert record["name"] == "Maria Example"
    assert (record["language"], record["safe_to_text"]) == ("en", True)
    assert (record["opted_out_at"], record["unreachable_because"]) == (None, None)
    assert record["visits"] == 1
    consents = {each["purpose"]: each["given"] for each in record["consents"]}
    assert consents == {"sms": True, "referral": True}


def test_someone_who_only_texted_is_nameless(api: Api) -> None:
    answer = api.client.get(f"/api/v1/people/{met()}", headers=api.staff())
    record = answer.json()
    assert (record["name"], record["language"], record["safe_to_text"]) == (None, None, None)
    assert (record["consents"], record["visits"]) == ([], 0)


def test_an_unknown_person_is_not_found(any_api: Api) -> None:
    headers = any_api.staff()
    for person_id in ("00000000-0000-4000-8000-000000000000", "1", "nobody"):
        answer = any_api.client.get(f"/api/v1/people/{person_id}", headers=headers)
        problem(answer, 404, "person_unknown")


def test_every_reading_is_noted_with_who_read_it(api: Api) -> None:
    body = a_visit(occurred_at=MORNING.isoformat())
    headers = api.staff()
    visit = api.client.post("/api/v1/visits", json=body, headers=headers).json()
    for _ in range(2):
        api.client.get(f"/api/v1/people/{visit['person_id']}", headers=headers)
    with database.read_scope() as session:
        member = staff.active_by_email(session, EMAIL)
        entries = audit_of(session, visit["person_id"])
    assert member is not None
    assert [entry.action for entry in entries] == ["visit.create", "person.read", "person.read"]
    assert {entry.actor for entry in entries} == {member.id}
    assert entries[0].subject_id == visit["id"]


def record(api: Api, person_id: str, role: Role = Role.CLINICIAN) -> dict[str, Any]:
    answer = api.client.get(f"/api/v1/people/{person_id}", headers=api.staff(role))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def send(api: Api, method: str, path: str, body: Any = None, **options: Any) -> Response:
    headers = api.staff(options.get("role", Role.CLINICIAN))
    return api.client.request(method, f"/api/v1/{path}", json=body, headers=headers)


def actions(person_id: str | None) -> list[str]:
    with database.read_scope() as session:
        statement = select(AuditEntry).where(AuditEntry.person_id == person_id)
        return [entry.action for entry in session.scalars(statement.order_by(AuditEntry.at))]


def test_a_person_is_found_again_by_number(any_api: Api) -> None:
    visit, _ = visited()
    for written in ("+16305550100", "(630) 555-0100", "6305550100"):
        sought, headers = {"phone": written}, any_api.staff()
        answer = any_api.client.post("/api/v1/people/find", json=sought, headers=headers)
        assert [each["id"] for each in answer.json()["items"]] == [visit.person_id]
        by_address = any_api.client.get("/api/v1/people", params=sought, headers=headers)
        assert by_address.json() == answer.json()
    assert actions(visit.person_id) == ["people.search"] * 6


def test_a_search_that_finds_nobody_is_noted_too(api: Api) -> None:
    sought = {"phone": "+16305550109"}
    by_address = api.client.get("/api/v1/people", params=sought, headers=api.staff())
    for answer in (send(api, "POST", "people/find", sought), by_address):
        assert answer.json() == {"items": [], "next": None}
    assert actions(None) == ["people.search"] * 2
    bad = api.client.get("/api/v1/people", params={"phone": "12345"}, headers=api.staff())
    problem(bad, 422, "phone_invalid")
    problem(send(api, "POST", "people/find", {"phone": "12345"}), 422, "phone_invalid")


def test_what_is_known_is_changed_and_what_is_left_out_stays(any_api: Api) -> None:
    visit, _ = visited()
    path = f"people/{visit.person_id}"
    changed = send(any_api, "PATCH", path, {"name": "Mary Example", "code_word": "bluebird"})
    assert changed.json()["name"] == "Mary Example"
    assert changed.json()["safe_to_text"] is True
    assert (
        send(any_api, "PATCH", path, {"name": None, "number_shared": True}).json()["name"] is None
    )
    assert record(any_api, visit.person_id)["number_shared"] is True
    assert "person.change" in actions(visit.person_id)


def test_when_texting_is_not_safe_any_more_what_was_planned_ends(any_api: Api) -> None:
    visit, planned = visited()
    send(any_api, "PATCH", f"people/{visit.person_id}", {"safe_to_text": False})
    assert {read_checkin(each.id).reason for each in planned} == {"not_safe_to_text"}


@pytest.mark.parametrize(
    "body",
    [{"name": ""}, {"language": "fr"}, {"number_shared": None}, {"phone": "+16305550101"}, []],
)
def test_a_wrong_change_of_a_person_is_malformed(api: Api, body: Any) -> None:
    problem(send(api, "PATCH", f"people/{met()}", body), 422, "malformed")


def test_a_code_word_is_for_who_has_to_know_it(api: Api) -> None:
    visit, _ = visited(code_word="bluebird")
    seen = record(api, visit.person_id)
    assert (seen["has_code_word"], seen["code_word"]) == (True, None)
    assert record(api, visit.person_id, Role.SUPERVISOR)["code_word"] == "bluebird"
    with database.session_scope() as session:
        task = tasks.open_task(session, TaskKind.CALL_BACK, person_id=visit.person_id, now=MORNING)
        session.flush()
    send(api, "PATCH", f"tasks/{task.id}", {"status": "claimed"})
    assert record(api, visit.person_id)["code_word"] == "bluebird"
    send(api, "PATCH", f"tasks/{task.id}", {"status": "done"})
    assert record(api, visit.person_id)["code_word"] is None


def test_the_first_visit_decides_whose_caseload_it_is(api: Api) -> None:
    body = a_visit(occurred_at=MORNING.isoformat())
    first = send(api, "POST", "visits", body).json()
    send(api, "POST", "visits", body, role=Role.SUPERVISOR)
    seen = record(api, first["person_id"])
    assert seen["clinician_id"] == seen["last_visits"][-1]["clinician_id"]
    assert [each["id"] for each in seen["last_visits"]][-1] == first["id"]
    assert (seen["visits"], seen["open_referrals"]) == (2, 0)


def test_a_consent_is_recorded_and_taken_back(any_api: Api) -> None:
    visit, planned = visited()
    path = f"people/{visit.person_id}/consents"
    yes = {"purpose": "substance_use", "given": True, "method": "written", "expires_at": None}
    answer = send(any_api, "POST", path, yes)
    assert (answer.status_code, answer.json()["valid"]) == (201, True)
    no = send(any_api, "POST", path, {"purpose": "sms", "given": False, "method": "verbal"})
    assert (no.status_code, no.json()["valid"]) == (201, False)
    assert {read_checkin(each.id).status for each in planned} == {"cancelled"}
    valid = {
        each["purpose"] for each in record(any_api, visit.person_id)["consents"] if each["valid"]
    }
    assert valid == {"referral", "substance_use"}
    assert actions(visit.person_id).count("consent.record") == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purpose": "marketing"}, "malformed"),
        ({"given": None}, "malformed"),
        ({"expires_at": "soon"}, "malformed"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at_implausible"),
        ({"expires_at": "9999-12-31T23:59:59-14:00"}, "expires_at_implausible"),
    ],
)
def test_a_wrong_consent_is_refused(api: Api, change: dict[str, Any], code: str) -> None:
    body = {"purpose": "sms", "given": True, "method": "verbal"} | change
    problem(send(api, "POST", f"people/{met()}/consents", body), 422, code)


def test_a_number_that_is_somebody_else_s_is_given_up(any_api: Api) -> None:
    visit, planned = visited()
    with database.session_scope() as session:
        tasks.open_task(session, TaskKind.DANGER, person_id=visit.person_id, now=MORNING)
    path = f"people/{visit.person_id}/reassigned"
    given_up = send(any_api, "POST", path).json()
    assert given_up["reassigned_at"] and given_up["unreachable_because"] == "reassigned"
    assert {read_checkin(each.id).status for each in planned} == {"cancelled"}
    open_tasks = send(any_api, "GET", f"tasks?person_id={visit.person_id}&status=open").json()
    assert [each["kind"] for each in open_tasks["items"]] == ["danger"]
    assert met() != visit.person_id, "whoever texts from there is somebody new"
    problem(send(any_api, "POST", path), 409, "already_reassigned")


def test_an_unknown_person_has_no_doors(api: Api) -> None:
    consent = {"purpose": "sms", "given": True, "method": "verbal"}
    for method, path, body in (
        ("PATCH", "people/nobody", {}),
        ("POST", "people/nobody/consents", consent),
        ("POST", "people/nobody/reassigned", None),
    ):
        problem(send(api, method, path, body), 404, "person_unknown")


def test_a_caseload_is_handed_over_by_supervisors(any_api: Api) -> None:
    old, new = a_colleague(61), a_colleague(62)
    visit, _ = visited()
    with database.session_scope() as session:
        session.get_one(Person, visit.person_id).clinician_id = old
    body = {"from": old, "to": new}
    problem(send(any_api, "POST", "caseload/handover", body), 403, "role_missing")
    moved = send(any_api, "POST", "caseload/handover", body, role=Role.SUPERVISOR)
    assert moved.json() == {"people": 1, "tasks": 0, "referrals": 0}
    assert record(any_api, visit.person_id)["clinician_id"] == new
    for wrong, status, code in (
        ({"from": old, "to": old}, 422, "handover_to_self"),
        ({"from": old, "to": "nobody"}, 404, "staff_unknown"),
        ({"from": old}, 422, "malformed"),
    ):
        answer = send(any_api, "POST", "caseload/handover", wrong, role=Role.ADMIN)
        problem(answer, status, code)
