"""Settings: a wrong one stops the start with one line that says what to do."""

import base64
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.setting_checks import is_loopback
from directory.settings import Carrier, SettingsError, load_settings
from tests.conftest import KEY, settings_for

TWILIO = {
    "CARRIER": "twilio",
    "SECRET_KEY": "a secret",
    "ENCRYPTION_KEYS": KEY,
    "PUBLIC_URL": "https://texts.example.org/",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM_NUMBER": "+16305550199",
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No .env of the checkout, and state in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDOFF_DATA_DIR", str(tmp_path / "var"))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def given_settings(environment: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        environment.setenv(f"HANDOFF_{name}", value)


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_the_defaults_are_a_simulated_carrier_on_this_machine(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.carrier is Carrier.SIMULATED
    assert settings.base_url == "http://127.0.0.1:8000"
    assert is_loopback(settings.carrier_api)
    assert settings.database == f"sqlite:///{tmp_path / 'var' / 'handoff.sqlite'}"
    assert [f"{clock:%H:%M}" for clock in settings.quiet] == ["20:00", "09:00"]
    assert settings.zone.key == "America/Chicago"


def test_missing_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = load_settings(), load_settings()
    kept = tmp_path / "var" / "secrets.env"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(kept.parent.iterdir()) == [kept]
    assert first.secret_key
    assert len(base64.urlsafe_b64decode(first.encryption_key_list[0])) == 32
    for name in ("secret_key", "encryption_keys", "twilio_auth_token", "rasa_token"):
        assert getattr(first, name) == getattr(second, name)


def test_secrets_that_are_given_win_over_generated_ones(
    environment: pytest.MonkeyPatch,
) -> None:
    load_settings()
    environment.setenv("HANDOFF_SECRET_KEY", "mine")
    assert load_settings().secret_key == "mine"


def test_secrets_missing_from_an_older_file_are_added(tmp_path: Path) -> None:
    kept = tmp_path / "var" / "secrets.env"
    kept.parent.mkdir()
    kept.write_text("# an older version\nHANDOFF_SECRET_KEY=old=with=signs\n")
    assert load_settings().secret_key == "old=with=signs"
    assert "HANDOFF_RASA_TOKEN=" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_environment_beats_the_env_file(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("HANDOFF_PORT=9001\nHANDOFF_SEND_RATE=3\nOTHER=1\n")
    environment.setenv("HANDOFF_PORT", "9002")
    settings = load_settings()
    assert (settings.port, settings.send_rate) == (9002, 3.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEZONE", "Mars/Olympus"),
        ("TIMEZONE", "../etc/passwd"),
        ("QUIET_HOURS", "8pm-9am"),
        ("QUIET_HOURS", "24:00-09:00"),
        ("ENCRYPTION_KEYS", "short"),
        ("ENCRYPTION_KEYS", f"{KEY},short"),
        ("ENCRYPTION_KEYS", "ñ" * 44),
        ("PORT", "0"),
        ("PORT", "eighty"),
        ("CARRIER", "pigeon"),
        ("SEND_RATE", "0"),
        ("CLOCK_SPEED", "0.5"),
        ("CLOCK_SPEED", "7201"),
        ("CLOCK_SPEED", "nan"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(f"HANDOFF_{name}", value)
    assert f"HANDOFF_{name}" in refusal()


def test_a_bad_key_is_not_repeated_in_the_refusal(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HANDOFF_ENCRYPTION_KEYS", "nearly-a-key")
    assert "nearly-a-key" not in refusal()


@pytest.mark.parametrize("missing", [name for name in TWILIO if name != "CARRIER"])
def test_twilio_needs_everything_and_says_what_is_missing(
    environment: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    given_settings(environment, {name: TWILIO[name] for name in TWILIO if name != missing})
    assert f"HANDOFF_{missing}" in refusal()
    assert not (tmp_path / "var" / "secrets.env").exists()


def test_twilio_may_send_from_a_messaging_service(environment: pytest.MonkeyPatch) -> None:
    given_settings(environment, TWILIO | {"TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32})
    environment.delenv("HANDOFF_TWILIO_FROM_NUMBER")
    settings = load_settings()
    assert settings.base_url == "https://texts.example.org"
    assert settings.carrier_api == "https://api.twilio.com"


@pytest.mark.parametrize(
    "values",
    [TWILIO, {"TWILIO_API_BASE_URL": "http://carrier.example.org"}],
    ids=["Twilio", "a carrier elsewhere"],
)
def test_a_faster_clock_is_refused_where_real_people_could_be_texted(
    environment: pytest.MonkeyPatch, values: dict[str, str]
) -> None:
    given_settings(environment, values | {"CLOCK_SPEED": "60"})
    assert "HANDOFF_CLOCK_SPEED" in refusal()


def test_a_faster_clock_is_fine_with_a_carrier_on_this_machine(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("HANDOFF_CLOCK_SPEED", "7200")
    assert load_settings().clock_speed == 7200


def test_a_folder_that_cannot_be_written_is_one_line(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    environment.setenv("HANDOFF_DATA_DIR", str(tmp_path / "file"))
    assert str(tmp_path / "file") in refusal()


def test_postgresql_is_spoken_to_by_its_driver(environment: pytest.MonkeyPatch) -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        environment.setenv("HANDOFF_DATABASE_URL", f"{scheme}://me@db/handoff")
        assert load_settings().database == "postgresql+psycopg://me@db/handoff"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"SMTP_URL": "mail.example.org:587"}, "HANDOFF_SMTP_URL"),
        ({"SMTP_URL": "https://mail.example.org"}, "HANDOFF_SMTP_URL"),
        ({"SMTP_URL": "smtp://"}, "HANDOFF_SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example.org:port"}, "HANDOFF_SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example.org"}, "HANDOFF_MAIL_FROM"),
        ({"MAIL_FROM": "Handoff <handoff@example.org>"}, "HANDOFF_MAIL_FROM"),
        ({"MAIL_FROM": "handoff@example.org\r\nBcc: x@example.org"}, "HANDOFF_MAIL_FROM"),
    ],
)
def test_a_mail_server_or_sender_that_is_none_is_one_line(
    environment: pytest.MonkeyPatch, values: dict[str, str], named: str
) -> None:
    given_settings(environment, values)
    assert named in refusal()


PROVIDER = {
    "OIDC_ISSUER": "https://login.example.org",
    "OIDC_CLIENT_ID": "handoff",
    "OIDC_CLIENT_SECRET": "a client's secret",
}


@pytest.mark.parametrize("missing", PROVIDER)
def test_an_identity_provider_is_given_whole_or_not_at_all(
    environment: pytest.MonkeyPatch, missing: str
) -> None:
    given_settings(environment, {k: v for k, v in PROVIDER.items() if k != missing})
    said = refusal()
    assert f"HANDOFF_{missing}" in said
    assert PROVIDER["OIDC_CLIENT_SECRET"] not in said


@pytest.mark.parametrize("issuer", ["http://login.example.org", "login.example.org", "https://a?b"])
def test_an_identity_provider_is_spoken_to_by_https(
    environment: pytest.MonkeyPatch, issuer: str
) -> None:
    given_settings(environment, PROVIDER | {"OIDC_ISSUER": issuer})
    assert "HANDOFF_OIDC_ISSUER" in refusal()


def test_the_password_of_the_mail_server_is_in_no_refusal(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("HANDOFF_SMTP_URL", "smtp://user:hidden@mail.example.org")
    assert "hidden" not in refusal()


def test_on_this_machine_a_sender_need_not_be_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HANDOFF_SMTP_URL", "smtp://127.0.0.1:2525")
    assert load_settings().mail_sender == "handoff@localhost"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8001", "http://localhost", "http://[::1]:9", "https://127.9.9.9/x"]
)
def test_this_machine_is_loopback(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.twilio.com",
        "http://127.0.0.1@evil.example.org",
        "http://localhost.evil.example.org",
        "http://127.0.0.1.evil.example.org",
        "http://0.0.0.0",
        "",
        "127.0.0.1",
    ],
)
def test_anything_else_is_not(url: str) -> None:
    assert not is_loopback(url)


@given(st.times(), st.times())
def test_every_pair_of_clock_times_is_quiet_hours(start: time, end: time) -> None:
    hours = f"{start:%H:%M}-{end:%H:%M}"
    read = settings_for(Path("unused"), quiet_hours=hours).quiet
    assert f"{read[0]:%H:%M}-{read[1]:%H:%M}" == hours
