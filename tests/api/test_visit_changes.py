"""Visits listed, corrected and voided by API; what else is noted on a visit."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from directory import database
from directory.people.queries import audit_of
from directory.staff.models import Role
from tests.api.conftest import Api, a_visit, problem
from tests.factories import visited
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def log(api: Api, role: Role = Role.CLINICIAN, **changes: Any) -> dict[str, Any]:
    answer = api.client.post("/api/v1/visits", json=a_visit(**changes), headers=api.staff(role))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def patch(api: Api, visit_id: str, role: Role = Role.CLINICIAN, **change: Any) -> Response:
    path = f"/api/v1/visits/{visit_id}"
    return api.client.patch(path, json=change, headers=api.staff(role))


def void(api: Api, visit_id: str, role: Role = Role.CLINICIAN, **body: Any) -> Response:
    path = f"/api/v1/visits/{visit_id}/void"
    return api.client.post(path, json=body or {"reason": "twice"}, headers=api.staff(role))


def listed(api: Api, **query: Any) -> list[dict[str, Any]]:
    answer = api.client.get("/api/v1/visits", params=query, headers=api.staff())
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_visits_of_a_person_are_listed_by_when_they_were(any_api: Api) -> None:
    later = log(any_api)
    earlier = log(any_api, occurred_at=(MORNING - timedelta(days=1)).isoformat())
    log(any_api, person={"phone": "+16305550101"})
    items = listed(any_api, person_id=later["person_id"])
    assert [each["id"] for each in items] == [earlier["id"], later["id"]]
    assert {each["status"] for each in items[1]["checkins"]} == {"cancelled"}
    assert len(listed(any_api)) == 3
    assert listed(any_api, person_id=UNKNOWN) == []


def test_pages_of_visits_lose_nothing(api: Api) -> None:
    ids = {log(api)["id"] for _ in range(5)}
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = api.client.get("/api/v1/visits", params=query, headers=api.staff()).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == 5 and set(seen) == ids


def test_a_visit_is_corrected(any_api: Api) -> None:
    visit = log(any_api)
    change = {"call_type": "elderly", "occurred_at": (MORNING - timedelta(hours=2)).isoformat()}
    corrected = patch(any_api, visit["id"], **change).json()
    assert corrected["call_type"] == "elderly"
    assert corrected["corrected_at"] is not None
    statuses = [each["status"] for each in corrected["checkins"]]
    assert sorted(statuses) == ["cancelled"] * 3 + ["planned"] * 3


def test_a_visit_is_voided_once_and_corrected_no_more(any_api: Api) -> None:
    visit = log(any_api)
    voided = void(any_api, visit["id"], reason="Wrong number").json()
    assert (voided["void_reason"], voided["voided_at"] is not None) == ("Wrong number", True)
    assert {each["status"] for each in voided["checkins"]} == {"cancelled"}
    problem(void(any_api, visit["id"]), 409, "visit_voided")
    problem(patch(any_api, visit["id"], disposition="x"), 409, "visit_voided")
    path = f"/api/v1/people/{visit['person_id']}"
    assert any_api.client.get(path, headers=any_api.staff()).json()["visits"] == 0
    assert log(any_api)["visit_number"] == 1


def test_a_colleague_s_visit_is_a_supervisor_s_to_put_right(api: Api) -> None:
    visit, _ = visited()
    problem(patch(api, visit.id, disposition="x"), 403, "visit_of_others")
    problem(void(api, visit.id), 403, "visit_of_others")
    assert patch(api, visit.id, Role.SUPERVISOR, disposition="x").status_code == 200
    assert void(api, visit.id, Role.ADMIN).status_code == 200


def test_an_unknown_visit_is_not_found(api: Api) -> None:
    problem(patch(api, UNKNOWN), 404, "visit_unknown")
    problem(void(api, "nothing"), 404, "visit_unknown")


@pytest.mark.parametrize("body", [{"reason": ""}, {"reason": None}, {"why": "twice"}])
def test_voiding_needs_a_reason(api: Api, body: dict[str, Any]) -> None:
    problem(void(api, log(api)["id"], **body), 422, "malformed")


@pytest.mark.parametrize(
    "change", [{"call_type": "burglary"}, {"occurred_at": "now"}, {"person_id": "other"}]
)
def test_a_wrong_correction_is_malformed(api: Api, change: dict[str, Any]) -> None:
    problem(patch(api, log(api)["id"], **change), 422, "malformed")


def test_every_look_and_change_is_noted(api: Api) -> None:
    visit = log(api)
    listed(api, person_id=visit["person_id"])
    patch(api, visit["id"], disposition="x")
    void(api, visit["id"])
    with database.read_scope() as session:
        entries = audit_of(session, visit["person_id"])
    actions = ["visit.create", "visits.read", "visit.correct", "visit.void"]
    assert [entry.action for entry in entries] == actions


def test_what_else_is_said_on_a_visit_is_kept(any_api: Api) -> None:
    expires = (MORNING + timedelta(days=90)).isoformat()
    visit = log(
        any_api,
        person={"number_shared": True, "code_word": "bluebird"},
        consent={"substance_use": True, "expires_at": expires, "method": "written"},
    )
    path = f"/api/v1/people/{visit['person_id']}"
    person = any_api.client.get(path, headers=any_api.staff()).json()
    assert (person["number_shared"], person["has_code_word"]) == (True, True)
    assert {each["purpose"]: each["valid"] for each in person["consents"]} == {
        "sms": True,
        "referral": True,
        "substance_use": True,
    }
    assert {each["expires_at"][:10] for each in person["consents"]} == {"2026-06-16"}


def test_a_spoken_yes_to_telling_of_substance_use_is_refused(api: Api) -> None:
    body = a_visit(consent={"substance_use": True})
    answer = api.client.post("/api/v1/visits", json=body, headers=api.staff())
    problem(answer, 422, "consent_not_written")
    body["consent"] |= {"substance_use": None}
    answer = api.client.post("/api/v1/visits", json=body, headers=api.staff())
    assert answer.status_code == 201, "not asked is no mistake"


@pytest.mark.parametrize("expires", [MORNING - timedelta(days=1), MORNING + timedelta(days=4000)])
def test_a_consent_that_ends_at_an_absurd_time_is_refused(api: Api, expires: Any) -> None:
    body = a_visit(consent={"expires_at": expires.isoformat()})
    answer = api.client.post("/api/v1/visits", json=body, headers=api.staff())
    problem(answer, 422, "expires_at_implausible")
