"""The commands that start Rasa and its action server."""

from pathlib import Path

import pytest

from bot.rasa_server import action_server, rasa_server


def test_both_listen_on_this_machine_only() -> None:
    rasa = rasa_server(port=1, actions_port=2, model=Path("m"), token="t", tracker_db="db")
    assert rasa.argv[rasa.argv.index("--interface") + 1] == "127.0.0.1"
    actions = action_server(port=2)
    assert actions.argv[actions.argv.index("--host") + 1] == "127.0.0.1"


def test_rasas_http_api_is_not_switched_on() -> None:
    rasa = rasa_server(port=1, actions_port=2, model=Path("m"), token="t", tracker_db="db")
    assert "--enable-api" not in rasa.argv


def test_the_token_is_not_on_the_command_line() -> None:
    rasa = rasa_server(port=1, actions_port=2, model=Path("m"), token="secret", tracker_db="db")
    assert "secret" not in rasa.argv
    assert rasa.settings["HANDOFF_RASA_TOKEN"] == "secret"


def test_nothing_is_reported_to_others() -> None:
    rasa = rasa_server(port=1, actions_port=2, model=Path("m"), token="t", tracker_db="db")
    assert rasa.settings["RASA_TELEMETRY_ENABLED"] == "false"


def test_settings_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_DATA_DIR", "/elsewhere")
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    environment = action_server(port=2, HANDOFF_DATA_DIR="/data").environment()
    assert environment["HANDOFF_DATA_DIR"] == "/data"
    assert "VIRTUAL_ENV" not in environment


def test_the_shell_does_not_bring_texts_into_the_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("LOG_LEVEL_LIBRARIES", "DEBUG")
    rasa = rasa_server(port=1, actions_port=2, model=Path("m"), token="t", tracker_db="db")
    for command in (rasa, action_server(port=2)):
        environment = command.environment()
        assert (environment["LOG_LEVEL"], environment["LOG_LEVEL_LIBRARIES"]) == ("INFO", "ERROR")
