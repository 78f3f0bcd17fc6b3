"""What every answer tells the browser, and whom it tells of weaknesses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from api.public.security_txt import written
from directory.settings import Settings, SettingsError, load_settings
from tests.api.conftest import Api, running
from tests.conftest import settings_for
from tests.fakes import MORNING

PAGES = ["/", "/search?q=food", "/console/sign-in", "/partner/sign-in", "/healthz", "/hsds", "/no"]


@pytest.fixture
def public(sqlite_settings: Settings) -> Iterator[Api]:
    settings = settings_for(
        sqlite_settings.data_dir,
        public_url="https://handoff.city.example",
        security_contact="security@city.example",
    )
    with running(settings) as api:
        yield api


@pytest.mark.parametrize("path", PAGES)
def test_a_browser_is_kept_to_https_and_to_what_our_pages_need(public: Api, path: str) -> None:
    headers = public.client.get(path).headers
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-permitted-cross-domain-policies"] == "none"
    refused = headers["permissions-policy"].split(", ")
    assert {"camera=()", "geolocation=()", "microphone=()"} <= set(refused)
    assert all(each.endswith("=()") for each in refused)
    policy = headers["content-security-policy"]
    for rule in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "server" not in headers


@pytest.mark.parametrize("path", PAGES)
def test_a_trial_without_https_does_not_promise_it(api: Api, path: str) -> None:
    assert "strict-transport-security" not in api.client.get(path).headers


def test_security_txt_names_whom_to_tell(public: Api) -> None:
    answer = public.client.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:security@city.example"
    assert fields["Canonical"] == "https://handoff.city.example/.well-known/security.txt"
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    left = expires - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)
    assert public.client.head("/.well-known/security.txt").status_code == 200


def test_a_page_can_be_the_contact() -> None:
    text = written("https://city.example/security", "http://127.0.0.1:8000", wall=MORNING)
    assert text.startswith("Contact: https://city.example/security\n")
    assert "Canonical" not in text, "which needs https"


def test_without_a_contact_there_is_no_such_page(api: Api) -> None:
    assert api.client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SECURITY_CONTACT", "nobody"),
        ("SECURITY_CONTACT", "http://city.example/security"),
        ("TRUSTED_PROXIES", "*"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("TRUSTED_PROXIES", "127.0.0.1,proxy"),
        ("KEY_RATE", "-1"),
    ],
)
def test_a_setting_that_would_open_the_wall_is_refused(
    setting: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    monkeypatch.setenv(f"HANDOFF_{setting}", value)
    with pytest.raises(SettingsError, match=f"HANDOFF_{setting}"):
        load_settings()
