"""``python -m bot.carrier`` as it is started."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.carrier.__main__ import main
from bot.carrier.client import CarrierControl
from bot.carrier.settings import CarrierSettings, is_loopback
from tests.bot.carrier.running import ACCOUNT_SID, AUTH_TOKEN, NUMBER, RESIDENT, carrier_settings

WEBHOOK = "http://127.0.0.1:9/webhooks/twilio/sms"


def arguments(data: Path, *, port: int = 0) -> list[str]:
    return ["--port", str(port), "--data", str(data), "--webhook-url", WEBHOOK,
            "--public-url", "http://127.0.0.1:9", "--account-sid", ACCOUNT_SID,
            "--number", NUMBER]  # fmt: skip


@contextmanager
def carrier_process(data: Path) -> Iterator[tuple[subprocess.Popen[str], CarrierControl]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.carrier", *arguments(data)],
        env={**os.environ, "HANDOFF_TWILIO_AUTH_TOKEN": AUTH_TOKEN},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        with CarrierControl(process.stdout.readline().split()[-1]) as control:
            yield process, control
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_what_phones_have_survives_a_kill(tmp_path: Path) -> None:
    with carrier_process(tmp_path) as (_, control):
        control.text(RESIDENT, "hello")
    with carrier_process(tmp_path) as (process, control):
        assert [each.body for each in control.messages()] == ["hello"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) in (0, -signal.SIGTERM)


def test_its_memory_is_for_its_owner_alone(tmp_path: Path) -> None:
    with carrier_process(tmp_path):
        modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    assert "carrier.sqlite" in modes
    assert set(modes.values()) == {0o600}


def test_a_taken_port_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HANDOFF_TWILIO_AUTH_TOKEN", AUTH_TOKEN)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(arguments(tmp_path, port=port)) == 1
    expected = f"port {port} is taken; stop what uses it or choose another"
    assert capsys.readouterr().err == f"simulated carrier: {expected}\n"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "handoff.example", ""])
def test_it_binds_to_loopback_only(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    host: str,
) -> None:
    monkeypatch.setenv("HANDOFF_TWILIO_AUTH_TOKEN", AUTH_TOKEN)
    assert main([*arguments(tmp_path), "--host", host]) == 1
    assert capsys.readouterr().err == "simulated carrier: listens on loopback only\n"


def test_a_missing_token_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HANDOFF_TWILIO_AUTH_TOKEN", raising=False)
    assert main(arguments(tmp_path)) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"account_sid": "AC123"},
        {"number": "630-555-0199"},
        {"webhook_url": "https://handoff.example/webhooks/twilio/sms"},
        {"public_url": "handoff.example"},
        {"auth_token": ""},
    ],
)
def test_settings_that_can_not_work_are_refused(tmp_path: Path, changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        carrier_settings(WEBHOOK, tmp_path, **changes)


def test_the_token_is_not_shown(tmp_path: Path) -> None:
    settings: CarrierSettings = carrier_settings(WEBHOOK, tmp_path)
    assert AUTH_TOKEN not in repr(settings)


def test_callbacks_to_the_public_url_are_posted_to_this_machine(tmp_path: Path) -> None:
    settings = carrier_settings(WEBHOOK, tmp_path, public_url="https://handoff.example/")
    local = settings.local_url("https://handoff.example/webhooks/twilio/status?reference=1")
    assert local == "http://127.0.0.1:9/webhooks/twilio/status?reference=1"
    assert settings.local_url("http://localhost:1/x") == "http://localhost:1/x"
    for elsewhere in ("https://handoff.example.evil.example/x", "ftp://127.0.0.1/x", "nonsense"):
        assert settings.local_url(elsewhere) is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
     ("127.0.0.1.evil.example", False), ("0.0.0.0", False), (None, False), ("", False)],
)  # fmt: skip
def test_loopback_is_told_without_a_name_server(host: str | None, expected: bool) -> None:
    assert is_loopback(host) is expected
