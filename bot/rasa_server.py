"""The commands that start Rasa and its action server. Both listen on this machine only."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BOT = Path(__file__).resolve().parent
ROOT = BOT.parent
RASA_PYTHON = BOT / ".venv" / "bin" / "python"
LOOPBACK = "127.0.0.1"

# At DEBUG Rasa writes what people text into its log, redacted but in their words: whatever the
# shell, the unit or the pod says of LOG_LEVEL, it does not reach a program that reads texts.
NO_TEXTS = {
    "LOG_LEVEL": "INFO",
    "LOG_LEVEL_LIBRARIES": "ERROR",
}
QUIET = {
    **NO_TEXTS,
    "RASA_TELEMETRY_ENABLED": "false",  # on by default, and it sends errors to a third party
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
# Texts are short and the machine is shared: more threads cost more than they bring.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A process to start: what, where, and what to add to the environment."""

    argv: tuple[str, ...]
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """The whole environment: this process's, with `settings` on top."""
        inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        return {**inherited, **self.settings}


def rasa_command(*arguments: str, program: str = "rasa", **settings: str) -> Command:
    """Any command of the rasa program, run in the project folder with its own Python."""
    argv = (str(RASA_PYTHON), "-m", program, *arguments)
    return Command(argv, BOT, {**QUIET, **ONE_THREAD, **settings})


def rasa_server(
    *, port: int, actions_port: int, model: Path, token: str, tracker_db: Path | str
) -> Command:
    """Starts Rasa with a trained model.

    `tracker_db`: where conversations are kept, an SQLite file or an SQLAlchemy address that
    Rasa's environment can use (SQLAlchemy 1.4, psycopg2).
    """
    return rasa_command(
        *("run", "--interface", LOOPBACK, "--port", str(port), "--model", str(model)),
        *("--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
        program="rasa_components.serve",
        HANDOFF_RASA_TOKEN=token,
        HANDOFF_ACTIONS_PORT=str(actions_port),
        HANDOFF_RASA_TRACKER_DB=str(tracker_db),
    )


def action_server(*, port: int, **settings: str) -> Command:
    """Starts the action server, in the application's Python; `settings` go to its environment."""
    argv = (sys.executable, "-m", "bot.actions", "--host", LOOPBACK, "--port", str(port))
    return Command(argv, ROOT, {**NO_TEXTS, "PYTHONWARNINGS": "ignore", **settings})
