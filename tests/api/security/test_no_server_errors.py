"""Nothing that is sent to a door outside the API's description makes it fail: FHIR, the carrier's
webhooks, forms. (What is described is tried in tests/api/test_openapi_fuzz.py.)"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from directory.staff.models import Role
from tests.api.conftest import Api, running
from tests.api.console.console import Console
from tests.conftest import settings_for
from tools.access.table import declared

FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
WORDS = st.text(st.characters(codec="utf-8"), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
RESOURCE = st.fixed_dictionaries(
    {"resourceType": st.sampled_from(["Task", "Bundle", "Patient", "Consent", ""])},
    optional={
        "id": WORDS,
        "status": WORDS,
        "entry": st.lists(JSON, max_size=2),
        "type": WORDS,
        "for": JSON,
    },
)
ROUTES = [route for group in declared() for route in group.routes]
FHIR = [route for route in ROUTES if " /fhir/" in route and "metadata" not in route]
FORMS = [
    route
    for route in ROUTES
    if route.startswith("POST /console/") and "sign-" not in route and "/staff" not in route
]


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("no-errors")
    shutil.copy(sqlite_template, folder / "handoff.sqlite")
    with running(settings_for(folder, address_rate=0, key_rate=0)) as api:
        yield api


def filled(route: str, value: str) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    parts = [quote(value, safe="") or "x" if "{" in part else part for part in path.split("/")]
    return method, "/".join(parts)


@pytest.mark.parametrize("route", FHIR)
def test_fhir_answers_whatever_it_is_sent(site: Api, route: str) -> None:
    headers = site.staff(Role.SUPERVISOR) | {"Content-Type": "application/fhir+json"}

    @FEW
    @given(value=WORDS, body=JSON | RESOURCE, query=st.dictionaries(WORDS, WORDS, max_size=2))
    def send(value: str, body: Any, query: dict[str, str]) -> None:
        method, path = filled(route, value)
        sent = {} if method == "GET" else {"json": body}
        answer = site.client.request(method, path, params=query, headers=headers, **sent)  # type: ignore[arg-type]
        assert answer.status_code < 500, answer.text

    send()


@pytest.mark.parametrize("path", ["sms", "status", "voice", "voice/choice", "voice/after"])
def test_a_webhook_answers_whatever_was_signed(site: Api, path: str) -> None:
    own = site.services.settings
    url = f"{own.base_url}/webhooks/twilio/{path}"
    names = st.sampled_from(["MessageSid", "From", "Body", "NumMedia", "MessageStatus", "Digits"])

    @FEW
    @given(form=st.dictionaries(names, WORDS, max_size=6))
    def send(form: dict[str, str]) -> None:
        signature = RequestValidator(own.twilio_auth_token).compute_signature(url, form)
        answer = site.client.post(url, data=form, headers={"X-Twilio-Signature": signature})
        assert answer.status_code < 500, answer.text

    send()


def test_no_form_of_the_console_fails_on_what_is_typed_into_it(site: Api) -> None:
    console = Console(site).as_(Role.SUPERVISOR)
    names = st.sampled_from(
        ["name", "phone", "text", "reason", "note", "status", "version", "seen", "at", "code"]
    )

    @settings(FEW, max_examples=40)
    @given(
        route=st.sampled_from(FORMS), value=WORDS, form=st.dictionaries(names, WORDS, max_size=5)
    )
    def send(route: str, value: str, form: dict[str, str]) -> None:
        answer = console.post(filled(route, value)[1], form)
        assert answer.status_code < 500, route

    send()
