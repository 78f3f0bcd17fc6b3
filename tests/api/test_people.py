"""GET /api/v1/people/{id}: a person's record, and the note of who has read it."""

from directory import database
from directory.people.queries import audit_of
from directory.staff import queries as staff
from tests.api.conftest import EMAIL, Api, a_visit, problem
from tests.factories import met, visited
from tests.fakes import MORNING


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
