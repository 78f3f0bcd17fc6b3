"""Secrets from files: read where they are private, and never shown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from directory.secret_files import SECRETS
from directory.settings import Settings, SettingsError, load_settings
from tests.conftest import KEY

SECRET = "a-secret-nobody-may-see"
ADDRESSES = {
    "alarm_ping_url": f"https://ping.example/{SECRET}",
    "database_url": f"postgresql://handoff:{SECRET}@db.example/handoff",
    "migration_database_url": f"postgresql://handoff_owner:{SECRET}@db.example/handoff",
    "encryption_keys": KEY,
    "smtp_url": f"smtp://handoff:{SECRET}@mail.example:587",
}
Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDOFF_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("HANDOFF_MAIL_FROM", "handoff@city.example")

    def write(name: str, text: str = SECRET + "\n", mode: int = 0o600) -> Path:
        path = tmp_path / f"{name}.secret"
        path.write_text(text)
        path.chmod(mode)
        monkeypatch.setenv(f"HANDOFF_{name.upper()}_FILE", str(path))
        return path

    return write


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_can_be_a_file(
    name: str, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "oidc_client_secret":
        monkeypatch.setenv("HANDOFF_OIDC_ISSUER", "https://login.example")
        monkeypatch.setenv("HANDOFF_OIDC_CLIENT_ID", "handoff")
    value = ADDRESSES.get(name, SECRET)
    written(name, value + "\n")
    settings = load_settings()
    assert getattr(settings, name) == value
    assert value not in repr(settings) and value not in str(settings)


def test_every_setting_that_looks_like_a_secret_is_one() -> None:
    telling = ("secret", "token", "key", "password", "sid")
    not_secret = {"key_rate", "twilio_messaging_service_sid"}
    found = {name for name in Settings.model_fields if any(word in name for word in telling)}
    assert found - not_secret <= set(SECRETS)


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o666, 0o660, 0o620])
def test_a_file_that_others_may_read_or_write_is_refused(written: Written, mode: int) -> None:
    path = written("secret_key", mode=mode)
    with pytest.raises(SettingsError, match="HANDOFF_SECRET_KEY_FILE: others may") as caught:
        load_settings()
    assert str(path) in str(caught.value) and SECRET not in str(caught.value)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_the_owner_and_a_group_of_its_own_may_read_it(written: Written, mode: int) -> None:
    written("secret_key", mode=mode)
    assert load_settings().secret_key == SECRET


@pytest.mark.parametrize(
    ("text", "what"), [("", "is empty"), (" \n", "is empty"), ("x" * 10_001, "is too large")]
)
def test_what_is_no_secret_is_refused(written: Written, text: str, what: str) -> None:
    written("secret_key", text)
    with pytest.raises(SettingsError, match=what):
        load_settings()


def test_a_file_that_is_not_there_is_named(written: Written) -> None:
    written("secret_key").unlink()
    with pytest.raises(SettingsError, match="HANDOFF_SECRET_KEY_FILE: cannot read"):
        load_settings()


def test_the_environment_wins_over_a_file_and_a_file_over_what_is_made_up(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = load_settings().secret_key
    written("secret_key")
    assert load_settings().secret_key == SECRET != made
    monkeypatch.setenv("HANDOFF_SECRET_KEY", "from the environment")
    assert load_settings().secret_key == "from the environment"


def test_a_file_may_be_named_in_dot_env(written: Written, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(SECRET)
    path.chmod(0o600)
    (tmp_path / ".env").write_text(f"HANDOFF_SECRET_KEY_FILE={path}\n")
    assert load_settings().secret_key == SECRET


def test_a_bad_secret_is_not_repeated_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_DATABASE_URL", f"mysql://handoff:{SECRET}@db.example/x")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert SECRET not in str(caught.value) and SECRET not in str(caught.value.__cause__)
