"""Pairs over HTTP: listed side by side, merged, taken apart, kept apart."""

from typing import Any

import pytest

from directory.database import Database
from directory.duplicates.find import find_doubles
from directory.listings.ids import stable_id
from directory.staff.models import Role
from tests.api.conftest import Api
from tests.directory.imports.builders import a_service, imported
from tests.fakes import MORNING

DOOR = "/api/v1/directory/duplicates"
FIRST, SECOND = stable_id("test service", 1), stable_id("test service", 2)


@pytest.fixture
def pair(api: Api) -> dict[str, Any]:
    phones = [{"number": "630-555-0142"}]
    opened: Database = api.services.database
    names = {1: "Grace Pantry", 2: "Grace Food Pantry", 3: "Grace Pantries"}
    imported(opened, [a_service(each, name=name, phones=phones) for each, name in names.items()])
    assert find_doubles(opened, now=MORNING) == 3
    page = api.client.get(DOOR, headers=api.staff(Role.SUPERVISOR)).json()
    wanted = {FIRST, SECOND}
    [found] = [
        each for each in page["items"] if {side["id"] for side in each["listings"]} == wanted
    ]
    return dict(found)


def post(api: Api, path: str, body: Any = None) -> Any:
    return api.client.post(f"{DOOR}/{path}", json=body, headers=api.staff(Role.SUPERVISOR))


def test_both_listings_stand_side_by_side(pair: dict[str, Any]) -> None:
    assert pair["reasons"]["phone"] == 1.0
    assert [side["listing"]["name"] for side in pair["listings"]]
    assert {side["origin"] for side in pair["listings"]} == {"import:county"}


def test_a_merge_is_seen_everywhere_and_can_be_undone(api: Api, pair: dict[str, Any]) -> None:
    merged = post(api, f"{pair['id']}/merge", {"keep": FIRST})
    assert (merged.status_code, merged.json()["status"]) == (200, "merged")
    found = api.client.get(f"/api/v1/services/{SECOND}").json()
    assert found["id"] == FIRST
    pages = api.client.get(DOOR, headers=api.staff(Role.ADMIN)).json()["items"]
    assert SECOND not in {side["id"] for each in pages for side in each["listings"]}
    undone = post(api, f"{pair['id']}/undo")
    assert undone.json()["status"] == "open"
    assert api.client.get(f"/api/v1/services/{SECOND}").json()["id"] == SECOND


def test_pages_go_on_where_they_ended(api: Api, pair: dict[str, Any]) -> None:
    headers = api.staff(Role.SUPERVISOR)
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        query = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = api.client.get(DOOR, params=query, headers=headers).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 3
    assert pair["id"] in seen
    assert api.client.get(DOOR, params={"cursor": "x"}, headers=headers).status_code == 422


def test_what_cannot_be_decided_is_refused(api: Api, pair: dict[str, Any]) -> None:
    assert post(api, "nothing/merge", {"keep": FIRST}).status_code == 404
    assert post(api, f"{pair['id']}/merge", {"keep": "somebody-else"}).status_code == 422
    assert post(api, f"{pair['id']}/undo").status_code == 409
    assert post(api, f"{pair['id']}/distinct").json()["status"] == "distinct"
    assert post(api, f"{pair['id']}/merge", {"keep": FIRST}).status_code == 409
    door = f"{DOOR}/{pair['id']}/distinct"
    assert api.client.post(door).status_code == 401
    assert api.client.post(door, headers=api.staff(Role.CLINICIAN)).status_code == 403
