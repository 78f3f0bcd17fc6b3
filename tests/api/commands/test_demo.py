"""`handoff demo` keeps to itself: its own database, and nobody real."""

from pathlib import Path

import pytest

from api.commands import demo
from directory.settings import Carrier, SettingsError
from tests.api.terminal import Command, one_line
from tests.conftest import settings_for

TWILIO = {
    "HANDOFF_CARRIER": "twilio",
    "HANDOFF_PUBLIC_URL": "https://handoff.example.org",
    "HANDOFF_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "HANDOFF_TWILIO_AUTH_TOKEN": "0" * 32,
    "HANDOFF_TWILIO_FROM_NUMBER": "+16305550199",
}


def test_a_real_carrier_is_refused_before_anything_is_written(handoff: Command) -> None:
    done = handoff("demo", "--fill-only", **TWILIO)
    assert done.returncode == 2
    assert "simulated carrier only" in one_line(done.stderr)
    assert not (Path(handoff.environment["HANDOFF_DATA_DIR"]) / "demo").exists()


def test_a_carrier_elsewhere_is_refused(tmp_path: Path) -> None:
    elsewhere = settings_for(tmp_path, twilio_api_base_url="https://carrier.example.org")
    assert elsewhere.carrier is Carrier.SIMULATED
    with pytest.raises(SettingsError, match="simulated carrier only"):
        demo.demo_settings(elsewhere)


def test_nothing_of_the_real_database_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    real = settings_for(tmp_path, database_url="postgresql://user:password@host/real")
    monkeypatch.setenv("HANDOFF_DATABASE_URL", real.database_url)
    monkeypatch.setenv("HANDOFF_SECRET_KEY", real.secret_key)
    made = demo.demo_settings(real, port=9100)
    assert made.database == f"sqlite:///{tmp_path / 'demo' / 'handoff.sqlite'}"
    assert made.secret_key not in ("", real.secret_key)
    assert made.encryption_keys not in ("", real.encryption_keys)
    assert (made.demo, made.port) == (True, 9100)
