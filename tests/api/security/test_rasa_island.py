"""The walls around Rasa and its action server: nobody gets in, and nothing to steal is inside."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from api.supervisor.programs import Program, Understanding, programs
from bot.rasa_server import BOT
from directory import database
from directory.database import Database
from directory.secret_files import SECRETS
from directory.settings import ROOT, Carrier, Settings, load_settings
from tests.conftest import settings_for
from tools.access.table import declared

URL = "postgresql://handoff:database-password@db.example/handoff"
PORTS = Understanding(rasa_port=5005, actions_port=5055, model=Path("/model"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A real installation: every secret is set."""
    return settings_for(
        tmp_path,
        carrier=Carrier.TWILIO,
        public_url="https://handoff.city.example",
        database_url=URL,
        migration_database_url="postgresql://owner:owner-password@db.example/handoff",
        smtp_url="smtp://handoff:mail-password@mail.city.example:587",
        mail_from="handoff@city.example",
        oidc_issuer="https://login.city.example",
        oidc_client_id="handoff",
        oidc_client_secret="the provider's secret",
        alarm_ping_url="https://ping.example/secret-path",
    )


@pytest.fixture
def planned(settings: Settings) -> dict[str, Program]:
    shell = {"PATH": "/bin", "HANDOFF_SECRET_KEY": "of the shell", "HANDOFF_SMTP_URL": "smtp://x"}
    return {each.name: each for each in programs(settings, PORTS, inherited=shell)}


def told(program: Program, settings: Settings) -> set[str]:
    """The names of the secrets that this program could read in its own environment."""
    whole = "\n".join([*program.environment.values(), *program.argv])
    return {
        name for name in SECRETS if getattr(settings, name) and getattr(settings, name) in whole
    }


def test_rasa_knows_its_own_token_and_no_other_secret(
    planned: dict[str, Program], settings: Settings
) -> None:
    assert told(planned["rasa"], settings) == {"rasa_token"}
    assert "of the shell" not in planned["rasa"].environment.values()


def test_the_action_server_reaches_the_directory_and_no_key_to_what_is_encrypted(
    planned: dict[str, Program], settings: Settings
) -> None:
    assert told(planned["actions"], settings) == {"database_url"}


def test_the_application_is_told_all_of_them(
    planned: dict[str, Program], settings: Settings
) -> None:
    assert told(planned["api"], settings) == set(SECRETS)


def test_what_the_action_server_is_told_is_enough_to_start_and_opens_nothing(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with Database(sqlite_settings).session_scope():
        pass
    real = Database(sqlite_settings)
    hidden = real.cipher.encrypt("630-555-0142")
    actions = programs(sqlite_settings, PORTS, inherited={})[2]
    for name, value in actions.environment.items():
        monkeypatch.setenv(name, value)
    own = database.use(Database(load_settings()))
    with own.read_scope() as session:
        assert session.connection().closed is False
    with pytest.raises(Exception, match="fits none of HANDOFF_ENCRYPTION_KEYS"):
        own.cipher.decrypt(hidden)
    assert own.cipher.blind_index("x") != real.cipher.blind_index("x")
    own.close()
    real.close()


def test_both_listen_on_this_machine_only(planned: dict[str, Program]) -> None:
    arguments = planned["rasa"].argv
    assert arguments[arguments.index("--interface") + 1] == "127.0.0.1"
    arguments = planned["actions"].argv
    assert arguments[arguments.index("--host") + 1] == "127.0.0.1"


def test_rasa_s_own_doors_are_shut_and_its_channel_takes_a_token(
    planned: dict[str, Program],
) -> None:
    """Without --enable-api there is no way to load a model, read a conversation or parse."""
    assert not {"--enable-api", "--cors", "--auth-token"} & set(planned["rasa"].argv)
    channels = YAML(typ="safe").load((BOT / "credentials.yml").read_text())
    assert list(channels) == ["rasa_components.gateway.Gateway"], "no other channel"
    assert channels["rasa_components.gateway.Gateway"] == {"token": "${HANDOFF_RASA_TOKEN}"}


def test_no_route_of_ours_leads_there() -> None:
    """The application is a client of Rasa and passes no request on; the proxy's rules neither."""
    routes = [route for group in declared() for route in group.routes]
    assert not [route for route in routes if "rasa" in route or "actions" in route]
    guide = (ROOT / "docs" / "operators.md").read_text()
    assert ":5005" not in guide.split("nginx, inside")[1].split("## ")[0]
