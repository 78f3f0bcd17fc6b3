"""Whatever is sent, the answer is a problem document that repeats none of it, and never a 500."""

import json
from collections.abc import Callable
from typing import Any

import anyio
import pytest
import structlog
from fastapi import FastAPI, HTTPException, Request
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.body_limit import LARGEST_BODY, BodyLimit
from api.errors import describe_errors
from api.fhir.outcomes import describe_outcomes
from directory import errors
from tests.api.conftest import Api, a_visit, problem

UNKNOWN = "00000000-0000-4000-8000-000000000000"
HALF = "\\ud800"  # half a character, as JSON may hold it
HOSTILE = ["\\u0000", HALF, f"a{HALF}b", "\\u202e\\ufeff", "'; DROP TABLE people; --", "%00%s{}"]


def test_an_unknown_path_and_a_wrong_method_are_problems(api: Api) -> None:
    problem(api.client.get("/api/v1/nothing"), 404, "not_found")
    answer = api.client.delete("/api/v1/visits")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound, 404),
        (errors.Invalid, 422),
        (errors.Conflict, 409),
        (errors.Unauthenticated, 401),
        (errors.Forbidden, 403),
        (errors.TooMany, 429),
        (errors.TooLarge, 413),
    ],
)
def test_each_error_has_its_status_its_code_and_its_context(
    error: type[errors.HandoffError], status: int
) -> None:
    app = FastAPI()
    describe_errors(app)

    @app.get("/")
    def fail() -> None:
        raise error("some_code", "Do this instead.", allowed=["a"])

    body = problem(TestClient(app).get("/"), status, "some_code")
    assert (body["detail"], body["allowed"]) == ("Do this instead.", ["a"])


def test_what_nobody_foresaw_is_a_500_that_tells_nothing() -> None:
    app = FastAPI()
    describe_errors(app)

    @app.get("/")
    def fail() -> None:
        raise RuntimeError("the secret of 630-555-0100")

    with structlog.testing.capture_logs() as logs:
        answer = TestClient(app, raise_server_exceptions=False).get("/")
    problem(answer, 500, "internal")
    assert "secret" not in answer.text
    assert [entry["event"] for entry in logs] == ["unexpected_error"]
    assert logs[0]["kind"] == "RuntimeError"


@pytest.mark.parametrize("describe", [describe_errors, describe_outcomes])
def test_whoever_goes_away_in_the_middle_of_a_form_is_no_error_of_ours(
    describe: Callable[[FastAPI], None],
) -> None:
    app = FastAPI()
    describe(app)

    @app.post("/")
    async def read(request: Request) -> None:
        await request.form()

    coming: list[Message] = [
        {"type": "http.request", "body": b"name=Ro", "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    form = (b"content-type", b"application/x-www-form-urlencoded")
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": [form]}
    with structlog.testing.capture_logs() as logs:
        anyio.run(app, scope, receive, send)
    assert logs == []
    assert answered[0]["status"] == 400 and b"cut_off" in answered[1]["body"]


def bodies(text: str) -> list[str]:
    """The usual visit with `text` (as written in JSON) in each of its strings, and as a key."""
    given: list[str] = []
    for part, name in (
        ("person", "phone"),
        ("person", "name"),
        ("person", "language"),
        ("consent", "method"),
        (None, "call_type"),
        (None, "occurred_at"),
        (None, "disposition"),
        (None, "follow_up"),
    ):
        change: dict[str, Any] = {name: "HERE"}
        body = a_visit(**({part: change} if part else change))
        given.append(json.dumps(body).replace("HERE", text))
    given.append(json.dumps(a_visit() | {"HERE": "HERE"}).replace("HERE", text))
    given.append(json.dumps(a_visit(person={"HERE": 1})).replace("HERE", text))
    return given


@pytest.mark.usefixtures("morning")
def test_no_text_in_a_body_breaks_us(any_api: Api) -> None:
    headers = any_api.staff() | {"Content-Type": "application/json"}
    for text in HOSTILE:
        for body in bodies(text):
            answer = any_api.client.post("/api/v1/visits", content=body, headers=headers)
            assert answer.status_code in (201, 422), (body, answer.text)
            if answer.status_code == 422:
                problem(answer, 422, answer.json()["code"])
                assert "DROP" not in answer.text
    body = f'{{"status": "{HALF}", "{HALF}": 1}}'
    path = f"/api/v1/tasks/{UNKNOWN}"
    problem(any_api.client.patch(path, content=body, headers=headers), 422, "malformed")


PATHS = [
    "/api/v1/people/{}",
    "/api/v1/tasks/{}",
    "/api/v1/services/{}",
    "/api/v1/checkins?person_id={}",
    "/api/v1/tasks?person_id={}",
    "/api/v1/tasks?status={}",
    "/api/v1/checkins?cursor={}",
    "/api/v1/tasks?limit={}",
    "/api/v1/services?cursor={}",
    "/api/v1/services/search?q={}",
    "/api/v1/services/search?place={}&q=food",
    "/api/v1/services/search?language={}",
]
WRITTEN = ["%00", "a%00b", "%ED%A0%80", "%FF%FE", "%F0%9F%99%82", "x" * 5000, "..%2F", "%27%22%3B"]


def test_no_text_in_a_path_or_query_breaks_us(any_api: Api) -> None:
    headers = any_api.staff()
    for path in PATHS:
        for text in WRITTEN:
            for method in ("GET", "PATCH"):
                answer = any_api.client.request(
                    method, path.format(text), headers=headers, json={"status": "done"}
                )
                assert answer.status_code < 500, (method, path, text, answer.text)
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json"
                    assert "x" * 50 not in answer.text


@pytest.mark.parametrize("token", ["\x7f", "ÿþ", "x" * 10_000, "a b c", "\u00a0"])
def test_no_token_breaks_us(any_api: Api, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
    problem(any_api.client.get("/api/v1/tasks", headers=headers), 401, "token_invalid")


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    headers = api.staff() | {"Content-Type": "application/json"}
    body = b" " * (LARGEST_BODY + 1)
    answer = api.client.post("/api/v1/visits", content=body, headers=headers)
    problem(answer, 413, "too_large")
    form = {"username": "x" * LARGEST_BODY, "password": "x"}
    problem(api.client.post("/api/v1/auth/token", data=form), 413, "too_large")


def test_a_body_without_an_end_is_not_read_to_its_end() -> None:
    read: list[Message] = []

    async def endless() -> Message:
        read.append({"type": "http.request", "body": b" " * 400, "more_body": True})
        return read[-1]

    async def application(_: Scope, receive: Receive, __: Send) -> None:
        while True:
            await receive()

    async def nowhere(_: Message) -> None:
        """Nothing is answered here."""

    limited = BodyLimit(application, largest=1000)
    with pytest.raises(HTTPException) as refused:
        anyio.run(limited, {"type": "http", "path": "/"}, endless, nowhere)
    assert (refused.value.status_code, len(read)) == (413, 3)


def test_a_body_just_small_enough_is_read(api: Api) -> None:
    headers = api.staff() | {"Content-Type": "application/json"}
    body = json.dumps(a_visit(call_type="no such type")).encode().ljust(LARGEST_BODY)
    answer = api.client.post("/api/v1/visits", content=body, headers=headers)
    problem(answer, 422, "malformed")


def test_a_thousand_mistakes_are_not_all_listed(api: Api) -> None:
    body = a_visit() | {f"field{number}": 1 for number in range(1000)}
    answer = api.client.post("/api/v1/visits", json=body, headers=api.staff())
    assert len(problem(answer, 422, "malformed")["errors"]) <= 20
