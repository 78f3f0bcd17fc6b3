"""Supervisors and administrators decide what of a partner's change waits."""

from typing import Any

import pytest
from httpx import Response

from directory import database
from directory.people.models import AuditEntry
from directory.staff.models import Role
from tests.api.conftest import Api, problem
from tests.api.partners.test_listings import HOTLINE, Partner

CHANGES = "/api/v1/directory/changes"
LINE = [{"number": "630-555-0177", "type": "hotline"}]


@pytest.fixture
def partner(listed: Api) -> Partner:
    return Partner(listed, HOTLINE)


def staff(partner: Partner, method: str, path: str = "", **parts: Any) -> Response:
    role = parts.pop("role", Role.SUPERVISOR)
    headers = partner.api.staff(role)
    return partner.api.client.request(method, f"{CHANGES}{path}", headers=headers, **parts)


def waiting(partner: Partner) -> list[dict[str, Any]]:
    answer = staff(partner, "GET", params={"status": "pending"})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_what_waits_is_listed_and_approved(partner: Partner) -> None:
    listing = partner.change(phones=LINE).json()
    [change] = waiting(partner)
    assert (change["service"], change["field"]) == (listing["name"], "phones")
    assert change["before"] == [
        {name: value for name, value in each.items() if name not in ("id", "languages")}
        for each in listing["phones"]
    ]
    approved = staff(partner, "POST", f"/{change['id']}/approve")
    assert approved.status_code == 200, approved.text
    assert approved.json()["decided_by"].startswith("staff:")
    now = partner.read()
    assert [each["number"] for each in now["phones"]] == ["630-555-0177"]
    assert (now["pending"], waiting(partner)) == ([], [])
    [line] = partner.send("GET", "/history").json()["items"]
    assert (line["status"], line["decided_by"]) == ("approved", "staff")
    problem(staff(partner, "POST", f"/{change['id']}/decline"), 409, "change_decided")


def test_what_is_declined_stays_as_it_was_and_says_why(partner: Partner) -> None:
    before = partner.read()
    partner.change(status="inactive")
    [change] = waiting(partner)
    declined = staff(partner, "POST", f"/{change['id']}/decline", json={"reason": "Call us."})
    assert declined.json()["status"] == "declined"
    assert partner.read() == before
    [line] = partner.send("GET", "/history").json()["items"]
    assert (line["status"], line["reason"]) == ("declined", "Call us.")


def test_the_task_is_done_with_the_decision(partner: Partner) -> None:
    partner.change(status="inactive")
    tasks = partner.api.client.get("/api/v1/tasks", headers=partner.api.staff()).json()["items"]
    [task] = [each for each in tasks if each["kind"] == "listing_report"]
    [change] = waiting(partner)
    assert change["task_id"] == task["id"]
    staff(partner, "POST", f"/{change['id']}/approve", role=Role.ADMIN)
    done = partner.api.client.get(
        "/api/v1/tasks", params={"status": "done"}, headers=partner.api.staff()
    ).json()["items"]
    assert [each["id"] for each in done] == [task["id"]]


def test_clinicians_do_not_decide(partner: Partner) -> None:
    problem(staff(partner, "GET", role=Role.CLINICIAN), 403, "role_missing")
    partner.change(status="inactive")
    [change] = waiting(partner)
    for verdict in ("approve", "decline"):
        answer = staff(partner, "POST", f"/{change['id']}/{verdict}", role=Role.CLINICIAN)
        problem(answer, 403, "role_missing")
        problem(staff(partner, "POST", f"/nothing/{verdict}"), 404, "change_unknown")
    assert waiting(partner) == [change]


def test_who_reads_and_who_decides_is_noted(partner: Partner) -> None:
    partner.change(status="inactive")
    [change] = waiting(partner)
    staff(partner, "POST", f"/{change['id']}/approve")
    with database.read_scope() as session:
        noted = {(row.action, row.subject_id) for row in session.query(AuditEntry)}
    assert ("listing_change.approve", change["id"]) in noted
    assert ("listing_changes.read", None) in noted
