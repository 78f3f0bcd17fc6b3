"""A real Rasa with its action server, started once for all tests that want one (`rasa`)."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot import training
from bot.evaluation.processes import free_ports, started
from bot.rasa_client import RasaClient
from bot.rasa_server import LOOPBACK, action_server, rasa_server
from directory.settings import Settings

START_SECONDS = 180.0


@dataclass
class RunningRasa:
    """Where Rasa listens. Its actions search a directory that holds data/partners.yml."""

    url: str
    token: str
    start_actions: Callable[..., AbstractContextManager[None]]
    logs: tuple[Path, ...] = ()
    _actions: ExitStack = field(default_factory=ExitStack)

    def client(self, *, token: str | None = None) -> RasaClient:
        return RasaClient(self.url, token or self.token, timeout=60.0)

    @contextmanager
    def with_actions(self) -> Iterator[None]:
        """Inside, the action server runs."""
        self._actions.enter_context(self.start_actions())
        try:
            yield
        finally:
            self._actions.close()

    @contextmanager
    def without_actions(self) -> Iterator[None]:
        """Inside, the action server is down."""
        self._actions.close()
        try:
            yield
        finally:
            self._actions.enter_context(self.start_actions())

    @contextmanager
    def searching(self, settings: Settings) -> Iterator[None]:
        """Inside, its actions search the directory of these settings (SQLite), as in the product.

        For tests that change listings: all others share one that nobody changes.
        """
        with self.without_actions(), self.start_actions(settings):
            yield


@pytest.fixture(scope="session")
def model() -> Path:
    """The model for the present files, trained first when it isn't current."""
    return training.train(print)


@pytest.fixture(scope="session")
def rasa(
    model: Path, partners_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningRasa]:
    """Rasa and its action server."""
    from tests.conftest import settings_for  # conftest names this module as a plugin

    folder = tmp_path_factory.mktemp("rasa")
    shutil.copy(partners_template, folder / "handoff.sqlite")
    settings = settings_for(folder)
    port, actions_port = free_ports(2)
    token = secrets.token_urlsafe(24)
    command = rasa_server(
        port=port,
        actions_port=actions_port,
        model=model,
        token=token,
        tracker_db=folder / "conversations.sqlite",
    )

    def start_actions(searched: Settings = settings) -> AbstractContextManager[None]:
        return started(
            "the action server",
            action_server(port=actions_port, **_environment(searched)),
            log=folder / "actions.log",
            ready=lambda: _answers(f"http://{LOOPBACK}:{actions_port}/health"),
            within=START_SECONDS,
        )

    logs = (folder / "rasa.log", folder / "actions.log")
    running = RunningRasa(f"http://{LOOPBACK}:{port}", token, start_actions, logs)
    ready = running.client().ready
    rasa = started("Rasa", command, log=logs[0], ready=ready, within=START_SECONDS)
    with _shell_that_wants_debug(), running.with_actions(), rasa:
        yield running


@contextmanager
def _shell_that_wants_debug() -> Iterator[None]:
    """As somebody who looks for another mistake might have set it: texts stay out of logs."""
    with pytest.MonkeyPatch.context() as shell:
        shell.setenv("LOG_LEVEL", "DEBUG")
        shell.setenv("LOG_LEVEL_LIBRARIES", "DEBUG")
        yield


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "HANDOFF_DATA_DIR": str(settings.data_dir),
        "HANDOFF_SECRET_KEY": settings.secret_key,
        "HANDOFF_ENCRYPTION_KEYS": settings.encryption_keys,
    }


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
