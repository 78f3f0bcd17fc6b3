"""The log of mandated reports: clinical staff only, read with a note, changed by nobody."""

from datetime import timedelta

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from directory import database
from directory.mandated_reports.models import MandatedReport
from directory.people.models import AuditEntry
from directory.staff.models import Role
from tests.api.conftest import Api, problem
from tests.factories import met
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")
REPORT = {
    "kind": "child",
    "agency": "dcfs",
    "made_at": (MORNING - timedelta(hours=1)).isoformat(),
    "reference": "A-12/34",
}


def path(person_id: str) -> str:
    return f"/api/v1/people/{person_id}/mandated-reports"


def test_it_is_kept_and_read_with_who_when_and_to_whom(any_api: Api) -> None:
    person_id, headers = met(), any_api.staff()
    made = any_api.client.post(path(person_id), json=REPORT, headers=headers)
    assert made.status_code == 201
    [found] = any_api.client.get(path(person_id), headers=headers).json()["items"]
    assert found == made.json()
    assert (found["kind"], found["agency"], found["reference"]) == ("child", "dcfs", "A-12/34")
    assert found["person_id"] == person_id
    with database.read_scope() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.at)).all()
        assert [(each.action, each.person_id) for each in entries] == [
            ("mandated_report.record", person_id),
            ("mandated_reports.read", person_id),
        ]
        assert {each.actor for each in entries} == {found["recorded_by"]}


def test_only_clinical_staff_pass(api: Api) -> None:
    person_id, admin = met(), api.staff(Role.ADMIN)
    problem(api.client.post(path(person_id), json=REPORT, headers=admin), 403, "role_missing")
    problem(api.client.get(path(person_id), headers=admin), 403, "role_missing")
    assert api.client.get(path(person_id)).status_code == 401
    assert api.client.post(path(person_id), json=REPORT).status_code == 401
    supervisor = api.staff(Role.SUPERVISOR)
    assert api.client.post(path(person_id), json=REPORT, headers=supervisor).status_code == 201


def test_nothing_changes_or_removes_an_entry(api: Api) -> None:
    doors = [
        route
        for route in api.client.app.routes  # type: ignore[attr-defined]
        if isinstance(route, APIRoute) and "mandated" in route.path
    ]
    assert {method for route in doors for method in route.methods} <= {"GET", "POST"}
    wrong, headers = met(), api.staff()
    first = api.client.post(path(wrong), json=REPORT, headers=headers).json()
    better = REPORT | {"kind": "elder", "corrects": first["id"]}
    second = api.client.post(path(wrong), json=better, headers=headers).json()
    assert second["corrects"] == first["id"]
    items = api.client.get(path(wrong), headers=headers).json()["items"]
    assert {each["kind"] for each in items} == {"child", "elder"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"made_at": (MORNING + timedelta(days=1)).isoformat()}, "made_at_implausible"),
        ({"corrects": "00000000-0000-4000-8000-000000000000"}, "corrects_unknown"),
    ],
)
def test_what_cannot_be_is_refused(api: Api, changed: dict[str, str], code: str) -> None:
    answer = api.client.post(path(met()), json=REPORT | changed, headers=api.staff())
    problem(answer, 422, code)


@pytest.mark.parametrize(
    "changed",
    [{"reference": "She said that he\nhit her"}, {"kind": "x"}, {"content": "words"}],
)
def test_there_is_no_room_for_what_the_report_said(api: Api, changed: dict[str, str]) -> None:
    answer = api.client.post(path(met()), json=REPORT | changed, headers=api.staff())
    assert answer.status_code == 422


def test_of_an_unknown_person_there_is_no_log(api: Api) -> None:
    nobody = path("00000000-0000-4000-8000-000000000000")
    problem(api.client.get(nobody, headers=api.staff()), 404, "person_unknown")
    with database.read_scope() as session:
        assert session.scalars(select(MandatedReport)).all() == []
