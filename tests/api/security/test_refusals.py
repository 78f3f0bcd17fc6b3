"""Who is kept out is told in the log and counted: who, where and why, never what they sent."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from httpx import Response

from api import metrics
from api.logs import without_numbers
from directory import database
from directory.clock import wall_now
from directory.listings.ids import organization_id
from directory.partners import service as partners
from directory.referrals import actors
from directory.staff import queries
from directory.staff.models import Role
from tests.api.conftest import EMAIL, PASSWORD, Api
from tests.api.console.console import SAME_ORIGIN, Console
from tests.directory.listings.editing import OAK, SHELTER, change
from tests.directory.listings.files import load

UNKNOWN = "00000000-0000-4000-8000-000000000000"
Events = list[Any]


@pytest.fixture
def events() -> Iterator[Events]:
    with structlog.testing.capture_logs() as events:
        yield events


def the_refusal(events: Events) -> dict[str, str]:
    """The only refusal that was logged, without its event."""
    [event] = [each for each in events if each["event"] == "access_refused"]
    assert event["log_level"] == "warning"
    return {key: event[key] for key in ("actor", "route", "method", "reason")}


def id_of(email: str) -> str:
    with database.read_scope() as session:
        member = queries.active_by_email(session, email)
        assert member is not None
        return member.id


def refused(actor: str, method: str, route: str, reason: str) -> dict[str, str]:
    return {"actor": actor, "method": method, "route": route, "reason": reason}


def test_a_role_that_may_not(api: Api, events: Events) -> None:
    headers = api.staff(Role.CLINICIAN)
    answer = api.client.post(
        f"/api/v1/directory/changes/{UNKNOWN}/decline?reason=630-555-0100",
        json={"reason": "Maria Example"},
        headers=headers,
    )
    assert answer.status_code == 403
    assert the_refusal(events) == refused(
        id_of("clinician@naperville.example"),
        "POST",
        "/api/v1/directory/changes/{change_id}/decline",
        "role_missing",
    )
    assert not [word for word in ("0100", "Maria", UNKNOWN) if word in str(events)]


def test_a_page_that_a_role_may_not_see(api: Api, events: Events) -> None:
    console = Console(api).as_(Role.CLINICIAN)
    assert console.get("/console/audit?person=630-555-0100").status_code == 403
    assert the_refusal(events) == refused(
        console.member_id, "GET", "/console/audit", "role_missing"
    )


@pytest.mark.parametrize("door", ["token", "console"])
def test_who_would_approve_their_own_change(api: Api, events: Events, door: str) -> None:
    load()
    headers, _ = api.staff(Role.SUPERVISOR), api.staff(Role.ADMIN)
    me = id_of("supervisor@naperville.example")
    numbers = [{"number": "630-555-0177", "type": "hotline"}]
    [waiting] = change({"phones": numbers}, slug=SHELTER, by=actors.staff(me).by).pending
    if door == "token":
        path = f"/api/v1/directory/changes/{waiting.id}/approve"
        answer = api.client.post(path, headers=headers)
    else:
        console = Console(api).as_(Role.SUPERVISOR)
        answer = console.post(f"/console/listings/changes/{waiting.id}/approve")
    assert answer.status_code == 403
    said = the_refusal(events)
    assert (said["actor"], said["reason"]) == (me, "own_change")
    assert said["route"].endswith("/changes/{change_id}/approve")
    assert "0177" not in str(events)


def test_a_token_that_opens_nothing(api: Api, events: Events) -> None:
    headers = {"Authorization": "Bearer made-up"}
    assert api.client.get(f"/api/v1/people/{UNKNOWN}", headers=headers).status_code == 401
    said = the_refusal(events)
    assert said == refused("nobody", "GET", "/api/v1/people/{person_id}", "token_invalid")
    assert "made-up" not in str(events)


def test_a_key_that_opens_nothing_and_one_without_the_scope(api: Api, events: Events) -> None:
    assert api.client.get("/fhir/Task", headers={"X-API-Key": "made up"}).status_code == 401
    assert the_refusal(events) == refused("nobody", "GET", "/fhir/Task", "key_invalid")
    events.clear()
    load()
    with database.session_scope() as session:
        owner, scopes = organization_id(OAK), [partners.KeyScope.LISTINGS_READ]
        key = partners.issue_key(session, owner, now=wall_now(), scopes=scopes)
    answer = api.client.get("/api/v1/partner/referrals", headers={"X-API-Key": key})
    assert answer.status_code == 403
    assert the_refusal(events)["reason"] == "scope_missing"
    assert the_refusal(events)["actor"] != "nobody"


@pytest.mark.parametrize(
    ("headers", "form", "reason"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, {}, "form_foreign"),
        (SAME_ORIGIN, {"csrf": "made up"}, "form_stale"),
    ],
    ids=["another site", "another session"],
)
def test_a_form_that_is_not_of_ours(
    api: Api, events: Events, headers: dict[str, str], form: dict[str, str], reason: str
) -> None:
    console = Console(api).as_(Role.ADMIN)
    answer = console.post(f"/console/staff/{UNKNOWN}/remove", form, headers=headers)
    assert answer.status_code == 403
    said = the_refusal(events)
    assert (said["route"], said["reason"]) == ("/console/staff/{staff_id}/remove", reason)


@pytest.mark.parametrize("door", ["token", "console"])
def test_a_wrong_password(api: Api, events: Events, door: str) -> None:
    api.add_account()
    answer: Response
    if door == "token":
        answer = api.log_in(password="not the password")
    else:
        form = {"email": EMAIL, "password": "not the password"}
        answer = api.client.post("/console/sign-in", data=form, headers=SAME_ORIGIN)
    assert answer.status_code == 401
    assert the_refusal(events)["reason"] == "login_failed"
    assert not [word for word in (EMAIL, "not the password") if word in str(events)]


@pytest.mark.parametrize("page", ["r", "l"])
def test_a_partner_s_link_that_is_none(api: Api, events: Events, page: str) -> None:
    assert api.client.get(f"/{page}/made-up-token").status_code == 404
    assert the_refusal(events) == refused("nobody", "GET", f"/{page}/{{token}}", "link_unknown")


def test_a_webhook_that_the_carrier_has_not_signed(api: Api, events: Events) -> None:
    form = {"From": "+16305550100", "Body": "help me"}
    assert api.client.post("/webhooks/twilio/sms", data=form).status_code == 403
    assert the_refusal(events) == refused(
        "nobody", "POST", "/webhooks/twilio/sms", "signature_invalid"
    )
    assert "help me" not in str(events)


def test_who_brings_no_proof_at_all_is_no_event(api: Api, events: Events) -> None:
    assert api.client.get("/api/v1/tasks").status_code == 401
    assert api.client.get("/api/v1/partner/referrals").status_code == 401
    assert api.client.get("/fhir/Task").status_code == 401
    assert Console(api).get("/console").status_code == 303
    assert not [each for each in events if each["event"] == "access_refused"]


def test_refusals_are_counted_by_reason(api: Api, events: Events) -> None:
    api.add_account()

    def count() -> float:
        lines = metrics.exposed(api.services).decode().splitlines()
        start = 'handoff_access_refused_total{reason="login_failed"} '
        return next((float(line.split()[-1]) for line in lines if line.startswith(start)), 0.0)

    before = count()
    for _ in range(2):
        assert api.log_in(password=f"{PASSWORD}!").status_code == 401
    assert count() == before + 2


def test_an_actor_s_id_is_not_taken_for_a_number() -> None:
    actor = "12345678-1234-4123-8123-123456789012"
    assert without_numbers(None, "", {"actor": actor})["actor"] == actor
