"""The roster and the pause, by API."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from directory import database
from directory.on_call import pause
from directory.staff import service as staff
from directory.staff.models import Role
from tests.api.conftest import Api, problem
from tests.directory.on_call.builders import a_colleague
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")
SHIFTS = "/api/v1/on-call/shifts"
PAUSE = "/api/v1/pause"


def a_shift(staff_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "staff_id": staff_id,
        "position": 1,
        "from": MORNING.isoformat(),
        "until": (MORNING + timedelta(hours=12)).isoformat(),
    } | changes


def add(api: Api, body: dict[str, Any], role: Role = Role.SUPERVISOR) -> Response:
    return api.client.post(SHIFTS, json=body, headers=api.staff(role))


def test_a_shift_is_added_listed_and_removed(any_api: Api) -> None:
    member = a_colleague()
    added = add(any_api, a_shift(member))
    assert added.status_code == 201, added.text
    shift = added.json()
    assert set(shift) == {"id", "staff_id", "position", "from", "until", "on_call_now"}
    assert (shift["staff_id"], shift["on_call_now"]) == (member, True)
    listed = any_api.client.get(SHIFTS, headers=any_api.staff()).json()
    assert listed == {"items": [shift], "next": None}
    supervisor = any_api.staff(Role.SUPERVISOR)
    gone = any_api.client.delete(f"{SHIFTS}/{shift['id']}", headers=supervisor)
    assert (gone.status_code, gone.content) == (204, b"")
    again = any_api.client.delete(f"{SHIFTS}/{shift['id']}", headers=supervisor)
    problem(again, 404, "shift_unknown")


def test_who_has_lost_the_phone_is_not_on_call(api: Api) -> None:
    add(api, a_shift(a_colleague(email="ana@city.example")))
    with database.session_scope() as session:
        staff.revoke_phone(session, "ana@city.example")
    [shift] = api.client.get(SHIFTS, headers=api.staff()).json()["items"]
    assert shift["on_call_now"] is False


@pytest.mark.parametrize(
    "change",
    [
        {"from": "yesterday"},
        {"from": "2026-03-18T10:00:00"},
        {"from": 1_773_846_000},
        {"until": None},
        {"position": 0},
        {"position": 21},
        {"staff_id": ""},
        {"name": "Ana"},
    ],
)
def test_a_wrong_shift_is_malformed(api: Api, change: dict[str, Any]) -> None:
    problem(add(api, a_shift(a_colleague()) | change), 422, "malformed")


def test_refusals_have_codes(api: Api) -> None:
    member = a_colleague()
    problem(add(api, a_shift("nobody")), 404, "staff_unknown")
    problem(add(api, a_shift(a_colleague(62, phone=False))), 422, "phone_missing")
    problem(add(api, a_shift(member, until=MORNING.isoformat())), 422, "shift_over")
    far = "9999-12-31T23:59:59-14:00"
    problem(add(api, a_shift(member, until=far)), 422, "shift_implausible")
    assert add(api, a_shift(member)).status_code == 201
    problem(add(api, a_shift(member, position=2)), 409, "shift_overlaps")


def test_clinicians_read_the_roster_and_do_not_change_it(api: Api) -> None:
    member = a_colleague()
    problem(add(api, a_shift(member), Role.CLINICIAN), 403, "role_missing")
    shift = add(api, a_shift(member), Role.ADMIN).json()
    headers = api.staff()
    problem(api.client.delete(f"{SHIFTS}/{shift['id']}", headers=headers), 403, "role_missing")
    for method in ("get", "post", "delete"):
        problem(getattr(api.client, method)(PAUSE, headers=headers), 403, "role_missing")


def test_a_pause_stands_until_it_is_ended(any_api: Api) -> None:
    headers = any_api.staff(Role.SUPERVISOR)
    at_rest = {"standing": False, "started_at": None, "started_by": None}
    assert any_api.client.get(PAUSE, headers=headers).json() == at_rest
    started = any_api.client.post(PAUSE, headers=headers).json()
    assert started["standing"] is True and started["started_by"].startswith("staff:")
    assert any_api.client.post(PAUSE, headers=headers).json() == started
    with database.read_scope() as session:
        assert pause.standing(session)
    for _ in range(2):
        assert any_api.client.delete(PAUSE, headers=headers).json() == at_rest
    with database.read_scope() as session:
        assert not pause.standing(session)
