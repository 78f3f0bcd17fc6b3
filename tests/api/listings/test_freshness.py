"""How true the listings are, for staff."""

import pytest

from directory import database
from directory.staff.models import Role
from tests.api.conftest import Api, problem
from tests.directory.freshness.builders import (
    a_contact,
    a_listing,
    an_organization,
    asked,
    calls,
    listing,
    passed,
)
from tests.fakes import MORNING

FRESHNESS = "/api/v1/directory/freshness"
pytestmark = pytest.mark.usefixtures("morning")


def three(*, contact: bool = True) -> list[str]:
    with database.session_scope() as session:
        organization = an_organization(session)
        if contact:
            a_contact(session, organization)
        ids = [a_listing(session, organization, name).id for name in ("One", "Two", "Three")]
    passed(MORNING, days=0)
    return ids


def test_it_counts_and_lists_what_is_not_fresh(any_api: Api) -> None:
    ids = three()
    headers = any_api.staff()
    page = any_api.client.get(FRESHNESS, headers=headers, params={"limit": 2}).json()
    assert page["counts"] == {"fresh": 0, "asked": 3, "lowered": 0, "withheld": 0, "overdue": 0}
    assert len(page["items"]) == 2
    rest = any_api.client.get(FRESHNESS, headers=headers, params={"cursor": page["next"]}).json()
    assert rest["next"] is None
    found = page["items"] + rest["items"]
    assert {item["service_id"] for item in found} == set(ids)
    assert {item["next_step"] for item in found} == {"remind"}
    assert found[0]["last_checked"] == "2025-11-03"
    withheld = any_api.client.get(FRESHNESS, headers=headers, params={"state": "withheld"}).json()
    assert withheld["items"] == []


def test_a_colleague_who_phoned_confirms(any_api: Api) -> None:
    first, *_ = three(contact=False)
    assert len(calls()) == 1
    headers = any_api.staff()
    answer = any_api.client.post(
        f"{FRESHNESS}/{first}/confirm", json={"note": "Spoke with the desk."}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["assured_date"] == "2026-03-18"
    assert listing(first).freshness == "fresh"
    missing = any_api.client.post(f"{FRESHNESS}/nothing/confirm", json={}, headers=headers)
    problem(missing, 404, "service_not_found")


def test_a_supervisor_takes_a_listing_away_and_a_clinician_cannot(api: Api) -> None:
    first, *_ = three()
    path, body = f"{FRESHNESS}/{first}/withhold", {"reason": "The number is dead."}
    problem(api.client.post(path, json=body, headers=api.staff()), 403, "role_missing")
    answer = api.client.post(path, json=body, headers=api.staff(Role.SUPERVISOR))
    assert answer.json()["freshness"] == "withheld"
    assert api.client.get(f"/api/v1/services/{first}").status_code == 404


def test_a_colleagues_report_asks_the_partner_at_once(api: Api) -> None:
    with database.session_scope() as session:
        organization = an_organization(session)
        a_contact(session, organization)
        service_id = a_listing(session, organization).id
    answer = api.client.post(
        f"/api/v1/services/{service_id}/reports",
        json={"kind": "wrong_hours", "note": "They open at ten."},
        headers=api.staff(),
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["kind"] == "wrong_hours"
    (notice,) = asked()
    assert notice.facts["report"] == "wrong_hours"
    page = api.client.get(FRESHNESS, headers=api.staff()).json()
    assert page["items"][0]["reports"] == ["wrong_hours"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", "/x/confirm"), ("POST", "/x/withhold")],
)
def test_it_is_staffs_alone(api: Api, method: str, path: str) -> None:
    problem(api.client.request(method, FRESHNESS + path), 401, "token_missing")


@pytest.mark.parametrize(
    "query", [{"state": "stale"}, {"limit": "0"}, {"cursor": "?"}, {"overdue": "maybe"}]
)
def test_a_question_that_makes_no_sense_is_422(api: Api, query: dict[str, str]) -> None:
    assert api.client.get(FRESHNESS, params=query, headers=api.staff()).status_code == 422
