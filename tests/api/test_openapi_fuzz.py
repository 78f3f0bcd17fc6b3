"""The description of the API is complete and true: what it generates is answered as it says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.config import SchemathesisConfig
from schemathesis.python import asgi

from directory import database
from directory.listings.load import load_partners
from directory.staff.models import Role
from tests.api.conftest import Api, running
from tests.conftest import PARTNERS, settings_for
from tests.fakes import MORNING

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# The same cases each time, a few of each kind: this is a test, not a hunt.
CONFIG = {
    "seed": 1,
    "generation": {"deterministic": True, "mode": "all"},
    "phases": {"coverage": {"enabled": False}, "fuzzing": {"enabled": True}},
}
STAFF_DOORS = {
    ("post", "/api/v1/visits"),
    ("get", "/api/v1/checkins"),
    ("get", "/api/v1/tasks"),
    ("patch", "/api/v1/tasks/{task_id}"),
    ("get", "/api/v1/people/{person_id}"),
    ("get", "/api/v1/staff"),
}


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The API over the partners, kept for all the cases of this module."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "handoff.sqlite").write_bytes(sqlite_template.read_bytes())
    # Schemathesis' own client has a host of its own.
    with running(settings_for(folder, public_url=f"http://{asgi.HOST}")) as api:
        with database.session_scope() as session:
            load_partners(session, PARTNERS, now=MORNING)
        yield api


@pytest.fixture(scope="module")
def described(whole: Api) -> Any:
    config = SchemathesisConfig.from_dict(CONFIG)
    return schemathesis.openapi.from_asgi("/api/openapi.json", whole.client.app, config=config)


schema = schemathesis.pytest.from_fixture("described")
FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def staff_headers(whole: Api) -> dict[str, str]:
    return whole.staff(Role.SUPERVISOR)


@pytest.fixture(scope="module")
def session(whole: Api) -> Iterator[asgi.ASGIClient]:
    """One client for all cases: the application starts once."""
    with asgi.get_client(whole.client.app) as client:
        yield client


@schema.parametrize()
@FEW
def test_with_a_token_every_answer_is_as_described(
    case: Case, staff_headers: dict[str, str], session: asgi.ASGIClient
) -> None:
    case.call_and_validate(session=session, headers=staff_headers, checks=CHECKS)


@schema.include(path_regex=r"^/api/v1/(visits|checkins|tasks|people|staff)").parametrize()
@settings(FEW, max_examples=8)
def test_without_a_token_every_staff_door_is_shut(case: Case, session: asgi.ASGIClient) -> None:
    answer = case.call_and_validate(session=session, checks=CHECKS)
    assert answer.status_code == 401


def operations(whole: Api) -> Iterator[tuple[str, str, dict[str, Any]]]:
    description = whole.client.get("/api/openapi.json").json()
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_door_of_the_contract_is_described(whole: Api) -> None:
    described = {(method, path) for method, path, _ in operations(whole)}
    public = {"/api/v1/services", "/api/v1/services/search", "/api/v1/services/{service_id}"}
    assert described >= STAFF_DOORS | {("get", path) for path in public}
    assert described >= {("post", "/api/v1/auth/token"), ("get", "/healthz"), ("get", "/readyz")}


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
