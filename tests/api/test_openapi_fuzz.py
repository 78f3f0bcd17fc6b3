"""The description of the API is complete and true: what it generates is answered as it says."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.python import asgi

from directory import database
from directory.clock import wall_now
from directory.partners import service as partners
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from tests.api.conftest import Api, a_visit, running
from tests.conftest import settings_for
from tests.directory.referrals.builders import a_service, agreed

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
STAFF_DOORS = [
    ("post", "/api/v1/visits"),
    ("get", "/api/v1/visits"),
    ("get", "/api/v1/visits.csv"),
    ("post", "/api/v1/visits.csv"),
    ("get", "/api/v1/visits-template.csv"),
    ("patch", "/api/v1/visits/{visit_id}"),
    ("post", "/api/v1/visits/{visit_id}/void"),
    ("get", "/api/v1/checkins"),
    ("get", "/api/v1/checkin-plans"),
    ("get", "/api/v1/checkin-plans/{plan_id}"),
    ("put", "/api/v1/checkin-plans/{plan_id}"),
    ("get", "/api/v1/wordings"),
    ("post", "/api/v1/wordings"),
    ("post", "/api/v1/wordings/preview"),
    ("post", "/api/v1/wordings/{wording_id}/approve"),
    ("get", "/api/v1/tasks"),
    ("patch", "/api/v1/tasks/{task_id}"),
    ("get", "/api/v1/people"),
    ("post", "/api/v1/people/find"),
    ("get", "/api/v1/people/{person_id}"),
    ("patch", "/api/v1/people/{person_id}"),
    ("post", "/api/v1/people/{person_id}/consents"),
    ("post", "/api/v1/people/{person_id}/reassigned"),
    ("get", "/api/v1/people/{person_id}/mandated-reports"),
    ("post", "/api/v1/people/{person_id}/mandated-reports"),
    ("post", "/api/v1/caseload/handover"),
    ("get", "/api/v1/on-call/shifts"),
    ("post", "/api/v1/on-call/shifts"),
    ("delete", "/api/v1/on-call/shifts/{shift_id}"),
    ("get", "/api/v1/pause"),
    ("post", "/api/v1/pause"),
    ("delete", "/api/v1/pause"),
    ("get", "/api/v1/staff"),
    ("post", "/api/v1/referrals"),
    ("get", "/api/v1/referrals"),
    ("get", "/api/v1/referrals.csv"),
    ("get", "/api/v1/referrals/{referral_id}"),
    ("post", "/api/v1/referrals/{referral_id}/status"),
    ("post", "/api/v1/referrals/{referral_id}/outcome"),
    ("post", "/api/v1/referrals/{referral_id}/remarks"),
    ("post", "/api/v1/referrals/{referral_id}/next"),
    ("post", "/api/v1/services/{service_id}/reports"),
    ("get", "/api/v1/organizations/{organization_id}/contacts"),
    ("post", "/api/v1/organizations/{organization_id}/contacts"),
    ("delete", "/api/v1/organizations/{organization_id}/contacts/{contact_id}"),
    ("get", "/api/v1/directory/freshness"),
    ("post", "/api/v1/directory/freshness/{service_id}/confirm"),
    ("post", "/api/v1/directory/freshness/{service_id}/withhold"),
    ("get", "/api/v1/directory/changes"),
    ("post", "/api/v1/directory/changes/{change_id}/approve"),
    ("post", "/api/v1/directory/changes/{change_id}/decline"),
    ("post", "/api/v1/directory/imports"),
    ("get", "/api/v1/directory/imports"),
    ("get", "/api/v1/directory/imports/{run_id}"),
    ("get", "/api/v1/directory/export"),
    ("get", "/api/v1/directory/template.csv"),
    ("get", "/api/v1/directory/template.xlsx"),
    ("get", "/api/v1/directory/duplicates"),
    ("post", "/api/v1/directory/duplicates/{pair_id}/merge"),
    ("post", "/api/v1/directory/duplicates/{pair_id}/undo"),
    ("post", "/api/v1/directory/duplicates/{pair_id}/distinct"),
]
# It ends the very token that it is shown: each call needs one of its own.
OWN_TOKEN = ("delete", "/api/v1/auth/token")
PARTNER_DOORS = [
    ("get", "/api/v1/partner/referrals"),
    ("get", "/api/v1/partner/referrals.csv"),
    ("post", "/api/v1/partner/referrals.csv"),
    ("get", "/api/v1/partner/referrals/{referral_id}"),
    ("post", "/api/v1/partner/referrals/{referral_id}/status"),
    ("post", "/api/v1/partner/referrals/{referral_id}/remarks"),
    ("get", "/api/v1/partner/listings"),
    ("get", "/api/v1/partner/listings/{service_id}"),
    ("patch", "/api/v1/partner/listings/{service_id}"),
    ("get", "/api/v1/partner/listings/{service_id}/history"),
    ("put", "/api/v1/partner/listings/{service_id}/capacity"),
    ("post", "/api/v1/partner/listings/{service_id}/confirm"),
    ("get", "/api/v1/partner/listings/{service_id}/notices"),
    ("post", "/api/v1/partner/listings/{service_id}/notices"),
    ("delete", "/api/v1/partner/listings/{service_id}/notices/{notice_id}"),
]
OPEN_DOORS = [
    ("post", "/api/v1/auth/token"),
    ("get", "/api/v1/services"),
    ("get", "/api/v1/services/search"),
    ("get", "/api/v1/services/{service_id}"),
    ("get", "/hsds/"),
    ("get", "/hsds/services"),
    ("get", "/hsds/services/{id}"),
    ("get", "/hsds/organizations"),
    ("get", "/hsds/organizations/{id}"),
    ("get", "/hsds/service_at_locations"),
    ("get", "/hsds/service_at_locations/{id}"),
    ("get", "/hsds/taxonomies"),
    ("get", "/hsds/taxonomies/{id}"),
    ("get", "/hsds/taxonomy_terms"),
    ("get", "/hsds/taxonomy_terms/{id}"),
    ("get", "/healthz"),
    ("get", "/readyz"),
]
Headers = dict[str, str] | Callable[[], dict[str, str]] | None
Answered = Callable[[tuple[str, str], Headers, settings], set[int]]


@pytest.fixture(scope="module")
def whole(partners_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The API over the partners, kept for all the cases of this module."""
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copy(partners_template, folder / "handoff.sqlite")
    # Schemathesis' own client has a host of its own.
    # Hundreds of calls in a few seconds, of one account and one key.
    whole = settings_for(folder, public_url=f"http://{asgi.HOST}", address_rate=0, key_rate=0)
    with running(whole) as api:
        yield api


@pytest.fixture(autouse=True)
def _just_swept(whole: Api) -> None:
    """The workers do not run here; for each test they seem to have done their round."""
    whole.services.workers.swept_at = wall_now()


@pytest.fixture(scope="module")
def described(whole: Api) -> Any:
    return schemathesis.openapi.from_asgi("/api/openapi.json", whole.client.app)


# The same cases each time, a few of each kind: this is a test, not a hunt.
FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
FEWER = settings(FEW, max_examples=8)


@pytest.fixture(scope="module")
def staff_headers(whole: Api) -> dict[str, str]:
    return whole.staff(Role.SUPERVISOR)


@pytest.fixture(scope="module")
def partner_headers(whole: Api) -> dict[str, str]:
    """A key of the organisation that `full answers` refers somebody to."""
    with database.session_scope() as writing:
        organization_id = a_service(writing).organization_id
        return {"X-API-Key": partners.issue_key(writing, organization_id, now=wall_now())}


@pytest.fixture(scope="module")
def session(whole: Api) -> Iterator[asgi.ASGIClient]:
    """One client for all cases: the application starts once."""
    with asgi.get_client(whole.client.app) as client:
        yield client


@pytest.fixture(scope="module")
def answered(described: Any, session: asgi.ASGIClient) -> Answered:
    """Sends generated requests, good ones and bad ones; every answer must be as described."""

    def send(door: tuple[str, str], headers: Headers, each: settings) -> set[int]:
        method, path = door
        operation = described[path][method]
        kinds = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
        statuses: set[int] = set()

        @each
        @given(case=strategies.one_of(kinds))
        def run(case: Case) -> None:
            # A key is a header, so one is generated, which would come before the true one.
            case.headers.update(headers() if callable(headers) else headers or {})
            answer = case.call_and_validate(session=session, checks=CHECKS)
            statuses.add(answer.status_code)

        run()
        return statuses

    return send


@pytest.mark.parametrize("door", [*STAFF_DOORS, *OPEN_DOORS], ids=" ".join)
def test_with_a_token_every_answer_is_as_described(
    door: tuple[str, str], answered: Answered, staff_headers: dict[str, str]
) -> None:
    statuses = answered(door, staff_headers, FEW)
    assert 401 not in statuses or door in OPEN_DOORS


def test_a_token_that_ends_itself_is_answered_as_described(answered: Answered, whole: Api) -> None:
    assert 204 in answered(OWN_TOKEN, lambda: whole.staff(Role.SUPERVISOR), FEW)


@pytest.mark.parametrize("door", PARTNER_DOORS, ids=" ".join)
def test_with_a_key_every_answer_is_as_described(
    door: tuple[str, str], answered: Answered, partner_headers: dict[str, str]
) -> None:
    # A required header is also left out at times; then nobody comes in.
    assert answered(door, partner_headers, FEW) - {401, 405, 414}


@pytest.mark.parametrize("door", [*STAFF_DOORS, *PARTNER_DOORS, OWN_TOKEN], ids=" ".join)
def test_without_a_token_or_key_every_door_is_shut(
    door: tuple[str, str], answered: Answered
) -> None:
    assert answered(door, None, FEWER) <= {401, 405, 414}


def test_full_answers_are_as_described(
    described: Any, session: asgi.ASGIClient, staff_headers: dict[str, str]
) -> None:
    def send(method: str, path: str, **parts: Any) -> Any:
        case = described[path][method].Case(**parts)
        return case.call_and_validate(session=session, headers=staff_headers, checks=CHECKS)

    body = a_visit(occurred_at=wall_now().isoformat())
    visit = send("post", "/api/v1/visits", body=body, media_type="application/json")
    assert visit.status_code == 201
    person = {"person_id": visit.json()["person_id"]}
    assert send("get", "/api/v1/people/{person_id}", path_parameters=person).status_code == 200
    assert len(send("get", "/api/v1/checkins", query=person).json()["items"]) == 3
    with database.session_scope() as writing:
        tasks.open_task(writing, TaskKind.CALL_BACK, now=wall_now(), note="Call", **person)
    assert len(send("get", "/api/v1/tasks", query=person).json()["items"]) == 1
    assert send("get", "/api/v1/services").json()["next"]
    assert send("get", "/api/v1/services/search", query={"q": "food"}).json()["items"]


def test_full_answers_about_referrals_are_as_described(
    described: Any,
    session: asgi.ASGIClient,
    staff_headers: dict[str, str],
    partner_headers: dict[str, str],
) -> None:
    with database.session_scope() as writing:
        service_id = a_service(writing).id
        person_id = agreed(writing, phone="+16305550101", now=wall_now())

    def send(method: str, path: str, **parts: Any) -> Any:
        headers = partner_headers if path.startswith("/api/v1/partner") else staff_headers
        given = {"media_type": "application/json"} | parts if "body" in parts else parts
        case = described[path][method].Case(**given)
        return case.call_and_validate(session=session, headers=headers, checks=CHECKS)

    body = {"person_id": person_id, "service_id": service_id, "reason": "Food until payday"}
    made = send("post", "/api/v1/referrals", body=body)
    assert made.status_code == 201
    one = {"referral_id": made.json()["id"]}
    own = "/api/v1/partner/referrals/{referral_id}"
    asked = send("post", f"{own}/remarks", path_parameters=one, body={"text": "Pets?"})
    assert asked.status_code == 201
    moved = send("post", f"{own}/status", path_parameters=one, body={"status": "accepted"})
    assert moved.json()["person"]["phone"] == "+16305550101"
    assert len(send("get", "/api/v1/partner/referrals").json()["items"]) == 1
    noted = send(
        "post",
        "/api/v1/referrals/{referral_id}/outcome",
        path_parameters=one,
        body={"outcome": "not_received", "reason": "full"},
    )
    assert noted.json()["suggestions"]
    following = send(
        "post",
        "/api/v1/referrals/{referral_id}/next",
        path_parameters=one,
        body={"service_id": noted.json()["suggestions"][0]["id"]},
    )
    assert following.status_code == 201
    assert len(send("get", "/api/v1/referrals").json()["items"]) == 2


OWN_LISTING = [door for door in PARTNER_DOORS if "listings/{service_id}" in door[1]]


@pytest.mark.parametrize("door", OWN_LISTING, ids=" ".join)
def test_of_a_listing_that_is_there_every_answer_is_as_described(
    door: tuple[str, str],
    described: Any,
    session: asgi.ASGIClient,
    partner_headers: dict[str, str],
) -> None:
    """Whatever is sent, from any version, gets past the door and is applied or refused."""
    listings = session.get("/api/v1/partner/listings", headers=partner_headers).json()["items"]
    method, path = door
    operation = described[path][method]
    kinds = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
    statuses: set[int] = set()
    there = {"service_id": listings[-1]["id"]}
    if "{notice_id}" in path:
        notices = f"/api/v1/partner/listings/{there['service_id']}/notices"
        ends_at = (wall_now() + timedelta(days=8)).isoformat()
        said = {"kind": "notice", "text": "Ring twice", "ends_at": ends_at}
        posted = session.post(notices, headers=partner_headers, json=said)
        there["notice_id"] = posted.json()["id"]

    @FEW
    @given(case=strategies.one_of(kinds))
    def run(case: Case) -> None:
        case.path_parameters = case.path_parameters | there
        case.headers.update(partner_headers | {"If-Match": "*"})
        statuses.add(case.call_and_validate(session=session, checks=CHECKS).status_code)

    run()
    assert statuses & {200, 201, 204, 422}


def operations(whole: Api) -> Iterator[tuple[str, str, dict[str, Any]]]:
    description = whole.client.get("/api/openapi.json").json()
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_door_is_described_and_tried_here(whole: Api) -> None:
    described = {(method, path) for method, path, _ in operations(whole)}
    assert described == {*STAFF_DOORS, *PARTNER_DOORS, *OPEN_DOORS, OWN_TOKEN}


def test_every_operation_lists_what_it_refuses(whole: Api) -> None:
    for method, path, operation in operations(whole):
        listed = set(operation["responses"])
        assert "400" in listed, path
        if operation.get("parameters") or "requestBody" in operation:
            assert "422" in listed, path
        if (method, path) in (*STAFF_DOORS, OWN_TOKEN):
            assert {"401", "403"} <= listed, path
            assert operation["security"], path
        if (method, path) in PARTNER_DOORS:
            assert {"401", "403"} <= listed, path
            assert operation["security"] == [{"APIKeyHeader": []}], path
        if "{" in path:
            assert "404" in listed, path
        if "requestBody" in operation:
            assert "413" in listed, path


def test_every_refusal_is_described_as_a_problem_document(whole: Api) -> None:
    for _, path, operation in operations(whole):
        for status, response in operation["responses"].items():
            assert response["description"], (path, status)
            if status.startswith("4"):
                [kind] = response["content"]
                assert kind == "application/problem+json", (path, status)
                reference = response["content"][kind]["schema"]["$ref"]
                assert reference == "#/components/schemas/Problem"


def test_the_webhooks_and_the_phones_are_nobody_s_to_call(whole: Api) -> None:
    assert not [
        path for _, path, _ in operations(whole) if path.startswith(("/webhooks", "/phone"))
    ]
