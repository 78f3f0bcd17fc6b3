"""The description of the API is complete and true: what it generates is answered as it says."""

import shutil
from collections.abc import Callable, Iterator
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
from directory.staff.models import Role
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from tests.api.conftest import Api, a_visit, running
from tests.conftest import settings_for

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
STAFF_DOORS = [
    ("post", "/api/v1/visits"),
    ("get", "/api/v1/checkins"),
    ("get", "/api/v1/tasks"),
    ("patch", "/api/v1/tasks/{task_id}"),
    ("get", "/api/v1/people/{person_id}"),
    ("get", "/api/v1/staff"),
]
OPEN_DOORS = [
    ("post", "/api/v1/auth/token"),
    ("get", "/api/v1/services"),
    ("get", "/api/v1/services/search"),
    ("get", "/api/v1/services/{service_id}"),
    ("get", "/healthz"),
    ("get", "/readyz"),
]
Answered = Callable[[tuple[str, str], dict[str, str] | None, settings], set[int]]


@pytest.fixture(scope="module")
def whole(partners_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The API over the partners, kept for all the cases of this module."""
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copy(partners_template, folder / "handoff.sqlite")
    # Schemathesis' own client has a host of its own.
    with running(settings_for(folder, public_url=f"http://{asgi.HOST}")) as api:
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
def session(whole: Api) -> Iterator[asgi.ASGIClient]:
    """One client for all cases: the application starts once."""
    with asgi.get_client(whole.client.app) as client:
        yield client


@pytest.fixture(scope="module")
def answered(described: Any, session: asgi.ASGIClient) -> Answered:
    """Sends generated requests, good ones and bad ones; every answer must be as described."""

    def send(door: tuple[str, str], headers: dict[str, str] | None, each: settings) -> set[int]:
        method, path = door
        operation = described[path][method]
        kinds = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
        statuses: set[int] = set()

        @each
        @given(case=strategies.one_of(kinds))
        def run(case: Case) -> None:
            answer = case.call_and_validate(session=session, headers=headers, checks=CHECKS)
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


@pytest.mark.parametrize("door", STAFF_DOORS, ids=" ".join)
def test_without_a_token_every_staff_door_is_shut(
    door: tuple[str, str], answered: Answered
) -> None:
    assert answered(door, None, FEWER) <= {401, 405}


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


def operations(whole: Api) -> Iterator[tuple[str, str, dict[str, Any]]]:
    description = whole.client.get("/api/openapi.json").json()
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_door_is_described_and_tried_here(whole: Api) -> None:
    described = {(method, path) for method, path, _ in operations(whole)}
    assert described == {*STAFF_DOORS, *OPEN_DOORS}


def test_every_operation_lists_what_it_refuses(whole: Api) -> None:
    for method, path, operation in operations(whole):
        listed = set(operation["responses"])
        assert "400" in listed, path
        if operation.get("parameters") or "requestBody" in operation:
            assert "422" in listed, path
        if (method, path) in STAFF_DOORS:
            assert {"401", "403"} <= listed, path
            assert operation["security"], path
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
