"""Which hosts are answered, with which headers, and what exists with which carrier."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from directory.settings import Settings
from tests.api.conftest import Api, problem, running
from tests.conftest import settings_for

PUBLIC = "https://handoff.city.example"


@pytest.fixture
def live(sqlite_settings: Settings) -> Iterator[Api]:
    """The API with a public address and a carrier that carries real texts."""
    settings = settings_for(
        sqlite_settings.data_dir,
        public_url=PUBLIC,
        carrier="twilio",
        twilio_api_base_url="http://127.0.0.1:9",
    )
    with running(settings) as api:
        yield api


@pytest.mark.parametrize(
    "host",
    [
        "handoff.city.example",
        "handoff.city.example:443",
        "HANDOFF.City.Example",
        "127.0.0.1:8000",
        "localhost",
        "[::1]:8000",
    ],
)
def test_the_public_host_and_this_machine_are_answered(live: Api, host: str) -> None:
    assert live.client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "handoff.city.example.evil.example",
        "evil@handoff.city.example",
        "handoff.city.example@evil.example",
        "sub.handoff.city.example",
        "handoff.city.example/x",
        "handoff.city.example:x",
        "10.0.0.1.evil.example",
        "10.0.0.1@evil.example",
        "1",
        "0x0a000001",
        "10.1",
        "",
        " ",
    ],
)
@pytest.mark.parametrize(
    "path", ["/healthz", "/metrics", "/readyz", "/api/v1/services", "/webhooks/twilio/sms"]
)
def test_other_hosts_are_refused(live: Api, host: str, path: str) -> None:
    answer = live.client.get(path, headers={"Host": host, "X-Forwarded-Host": "localhost"})
    problem(answer, 400, "host_unknown")
    assert host.strip() == "" or host not in answer.text


ADDRESSES = ["10.0.0.1", "10.0.0.1:8000", "[fd00::2]:8000", "[::2]"]


@pytest.mark.parametrize("host", ADDRESSES)
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_and_prometheus_ask_a_process_by_its_own_address(
    live: Api, host: str, path: str
) -> None:
    here = live.client.get(path, headers={"Host": "localhost"})
    there = live.client.get(path, headers={"Host": host})
    assert there.status_code == here.status_code != 400
    assert there.headers["content-type"] == here.headers["content-type"]
    assert "access-control-allow-origin" not in there.headers


@pytest.mark.parametrize("host", ADDRESSES)
@pytest.mark.parametrize(
    "path", ["/", "/api/v1/services", "/webhooks/twilio/sms", "/console", "/metrics/x", "/healthz/"]
)
def test_nothing_else_is_served_under_an_address(live: Api, host: str, path: str) -> None:
    problem(live.client.get(path, headers={"Host": host}), 400, "host_unknown")


def test_without_a_public_address_only_this_machine_is_answered(api: Api) -> None:
    assert api.client.get("/healthz").status_code == 200
    assert api.client.get("/healthz", headers={"Host": "handoff.city.example"}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/v1/services", "/api/v1/tasks", "/nothing", "/api/openapi.json"]
)
def test_every_answer_carries_the_security_headers(live: Api, path: str) -> None:
    for host in ("localhost", "evil.example"):
        headers = live.client.get(path, headers={"Host": host}).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/api/v1/services", "/webhooks/twilio/voice"])
def test_what_may_be_private_is_not_stored_on_the_way(live: Api, path: str) -> None:
    assert live.client.get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/phone", "/phone/", "/phone/api/messages", "/docs", "/redoc"])
def test_with_a_real_carrier_there_are_no_phones(live: Api, path: str) -> None:
    problem(live.client.get(path), 404, "not_found")


def test_the_front_door_is_the_directory_with_either_carrier(api: Api, live: Api) -> None:
    assert 'href="/phone"' in api.client.get("/").text
    assert 'href="/phone"' not in live.client.get("/").text
    page = api.client.get("/phone")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


def test_the_application_starts_and_ends_in_order(sqlite_settings: Settings) -> None:
    with running(sqlite_settings) as api:
        app = create_app(api.services, work=False)
        with TestClient(app, base_url=sqlite_settings.base_url) as client:
            assert client.get("/healthz").status_code == 200
        assert api.services.workers.swept_at is None
