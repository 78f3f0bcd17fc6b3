"""A program that needs no secrets is started without any, and without their files."""

import os
from pathlib import Path

import pytest

from directory.secret_files import SECRETS
from directory.settings import Carrier, load_settings
from directory.withheld import NEEDED, WITHHELD, without_secrets


def test_no_secret_but_the_address_of_the_listings_is_read_or_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address = f"sqlite:///{tmp_path}/listings.sqlite3"
    monkeypatch.setenv("HANDOFF_CARRIER", Carrier.TWILIO)
    monkeypatch.setenv("HANDOFF_PUBLIC_URL", "https://handoff.example")
    monkeypatch.setenv("HANDOFF_TWILIO_FROM_NUMBER", "+16305550100")
    monkeypatch.setenv("HANDOFF_DATABASE_URL", address)
    for name in SECRETS:
        monkeypatch.setenv(f"HANDOFF_{name.upper()}_FILE", str(tmp_path / "not there"))
    for name, value in without_secrets(os.environ).items():
        monkeypatch.setenv(name, value)
    settings = load_settings(data_dir=tmp_path)
    assert settings.database == address
    assert settings.secret_key == settings.twilio_auth_token == WITHHELD


def test_what_was_told_is_forgotten_and_no_key_is_the_same_twice() -> None:
    told = {f"HANDOFF_{name.upper()}": f"our {name}" for name in SECRETS}
    once, again = without_secrets(told), without_secrets(told)
    kept = {name for name in SECRETS if once[f"HANDOFF_{name.upper()}"] == f"our {name}"}
    assert kept == set(NEEDED)
    assert once["HANDOFF_ENCRYPTION_KEYS"] != again["HANDOFF_ENCRYPTION_KEYS"]
