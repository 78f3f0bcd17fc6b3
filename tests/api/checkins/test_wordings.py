"""Wordings over HTTP: written by one person, approved by another."""

from typing import Any

import pytest
from httpx import Response

from directory.staff.models import Role
from tests.api.conftest import Api, problem

WORDINGS = "/api/v1/wordings"
HELLO = {"key": "our_hello", "language": "en", "text": "Hi{name}.{sender} A hello. STOP to end."}


def write(api: Api, role: Role = Role.CLINICIAN, **changes: Any) -> Response:
    return api.client.post(WORDINGS, json=HELLO | changes, headers=api.staff(role))


def approve(api: Api, wording_id: str, role: Role = Role.SUPERVISOR) -> Response:
    return api.client.post(f"{WORDINGS}/{wording_id}/approve", headers=api.staff(role))


def listed(api: Api, **query: Any) -> list[dict[str, Any]]:
    answer = api.client.get(WORDINGS, params=query, headers=api.staff())
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_written_approved_and_replaced(any_api: Api) -> None:
    first = write(any_api)
    assert first.status_code == 201, first.text
    draft = first.json()
    assert (draft["status"], draft["version"]) == ("draft", 1)
    assert draft["preview"] == {
        "shown": "Hi Maria. Alex here. A hello. STOP to end.",
        "without_names": "Hi. A hello. STOP to end.",
        "characters": 42,
        "segments": 1,
    }
    assert approve(any_api, draft["id"]).json()["status"] == "approved"
    second = write(any_api, text="Hi. STOP to end.").json()
    assert approve(any_api, second["id"]).status_code == 200
    assert [(each["version"], each["status"]) for each in listed(any_api, key="our_hello")] == [
        (1, "retired"),
        (2, "approved"),
    ]


def test_nobody_approves_their_own(api: Api) -> None:
    draft = write(api, Role.SUPERVISOR).json()
    problem(approve(api, draft["id"]), 409, "wording_own")
    assert approve(api, draft["id"], Role.ADMIN).status_code == 200
    problem(approve(api, draft["id"], Role.ADMIN), 409, "wording_not_a_draft")


def test_a_clinician_writes_and_does_not_approve(api: Api) -> None:
    draft = write(api, Role.SUPERVISOR).json()
    problem(approve(api, draft["id"], Role.CLINICIAN), 403, "role_missing")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "The police were here."}, "wording_reveals"),
        ({"text": "Hi {phone}"}, "wording_placeholder_unknown"),
        ({"text": "Hi \N{WAVING HAND SIGN}"}, "wording_not_gsm7"),
        ({"text": "a" * 400}, "wording_too_long"),
        ({"key": "checkin_first"}, "wording_choices_missing"),
        ({"key": "safety_question"}, "wording_key_invalid"),
        ({"text": "a" * 1001}, "malformed"),
        ({"language": "fr"}, "malformed"),
    ],
)
def test_each_rule_has_an_answer_of_its_own(api: Api, change: dict[str, Any], code: str) -> None:
    problem(write(api, **change), 422, code)


def test_a_preview_keeps_nothing_and_names_every_rule(api: Api) -> None:
    body = HELLO | {"text": "Hi{name}, from the police: see www.x.example?"}
    answer = api.client.post(f"{WORDINGS}/preview", json=body, headers=api.staff())
    assert answer.status_code == 200
    seen = answer.json()
    assert [each["code"] for each in seen["broken"]] == ["wording_reveals", "wording_link"]
    assert seen["shown"] == "Hi Maria, from the police: see www.x.example?"
    assert listed(api) == []


def test_the_list_is_filtered_and_goes_on(api: Api) -> None:
    for key in ("one_key", "two_key", "two_key"):
        write(api, key=key)
    write(api, key="two_key", language="es")
    assert len(listed(api, key="two_key")) == 3
    assert len(listed(api, key="two_key", language="es")) == 1
    assert listed(api, status="approved") == []
    seen, cursor = [], None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = api.client.get(WORDINGS, params=query, headers=api.staff()).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 4


def test_an_unknown_one_is_not_found(api: Api) -> None:
    problem(approve(api, "nothing-such"), 404, "wording_unknown")
