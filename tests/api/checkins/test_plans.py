"""Check-in plans over HTTP: read by everybody on the staff, changed by supervisors."""

from typing import Any

import pytest
from httpx import Response

from directory.staff.models import Role
from tests.api.conftest import Api, a_visit, problem

PLANS = "/api/v1/checkin-plans"
OWN = {
    "name": "Two weeks",
    "steps": [
        {"after_hours": 24, "wording": "checkin_first", "asks": True},
        {"after_hours": 336, "wording": "caring_contact", "asks": False},
    ],
}


def put(
    api: Api,
    plan_id: str,
    body: dict[str, Any],
    *,
    if_match: str | None = None,
    role: Role = Role.SUPERVISOR,
) -> Response:
    headers = api.staff(role) | ({} if if_match is None else {"If-Match": if_match})
    return api.client.put(f"{PLANS}/{plan_id}", json=body, headers=headers)


def read(api: Api, plan_id: str) -> Response:
    return api.client.get(f"{PLANS}/{plan_id}", headers=api.staff())


def test_the_shipped_plans_are_listed(api: Api) -> None:
    answer = api.client.get(PLANS, headers=api.staff())
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [each["id"] for each in items] == ["caring_contacts", "none", "standard"]
    assert [step["after_hours"] for step in items[2]["steps"]] == [24, 72, 336]
    assert items[1]["default_for"] == ["domestic_violence"]
    assert items[0]["named_sender"] is True


def test_a_plan_is_changed_with_the_version_that_was_read(any_api: Api) -> None:
    answer = read(any_api, "standard")
    tag = answer.headers["ETag"]
    body = {**OWN, "name": "Standard", "working_days_only": True}
    changed = put(any_api, "standard", body, if_match=tag)
    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] == 2
    assert changed.headers["ETag"] != tag
    assert read(any_api, "standard").json() == changed.json()
    problem(put(any_api, "standard", body, if_match=tag), 412, "plan_changed")
    problem(put(any_api, "standard", body), 428, "version_missing")


@pytest.mark.parametrize("tag", ["*", '"x"', "", '"99999999999"', 'W/"1"', '"-1"'])
def test_a_tag_that_we_never_gave_out_matches_nothing(api: Api, tag: str) -> None:
    problem(put(api, "standard", OWN, if_match=tag), 412, "plan_changed")


def test_a_new_plan_can_be_named_by_a_visit(api: Api, morning: None) -> None:
    assert put(api, "two_weeks", OWN).status_code == 200
    body = a_visit(follow_up="two_weeks")
    visit = api.client.post("/api/v1/visits", json=body, headers=api.staff()).json()
    assert visit["follow_up"] == "two_weeks"
    listed = api.client.get(
        "/api/v1/checkins", params={"person_id": visit["person_id"]}, headers=api.staff()
    ).json()["items"]
    assert [
        (each["plan_id"], each["step"], each["asks"], each["wording_version"]) for each in listed
    ] == [("two_weeks", 1, True, None), ("two_weeks", 2, False, None)]


def test_a_clinician_reads_and_does_not_change(api: Api) -> None:
    problem(put(api, "two_weeks", OWN, role=Role.CLINICIAN), 403, "role_missing")
    assert read(api, "standard").status_code == 200


def test_what_a_plan_must_not_be_is_said(api: Api) -> None:
    body = {**OWN, "active": False}
    problem(put(api, "standard", body, if_match='"1"'), 422, "plan_needed")
    steps = [{"after_hours": 24, "wording": "unheard_of", "asks": True}]
    said = problem(put(api, "own", {**OWN, "steps": steps}), 422, "wording_unknown")
    assert said["errors"][0]["where"] == "steps.0.wording"
    problem(put(api, "own", {**OWN, "surprise": 1}), 422, "malformed")
    problem(put(api, "Own", OWN), 422, "malformed")


def test_an_unknown_plan_is_not_found(api: Api) -> None:
    problem(read(api, "nothing_such"), 404, "plan_unknown")
