"""Trains the Rasa model when what it is made from has changed. `python -m bot.training`.

A model lies in bot/models under the hash of its inputs, so a current one is recognised by its
name alone and a half-written one never is.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.rasa_server import BOT, rasa_command

MODELS = BOT / "models"

# The components that take part in training; the others only serve.
TRAINED_COMPONENTS = ("sentence_features.py", "kernel_ridge.py", "intent_classifier.py")
# The last line of a Python traceback, of each exception in its chain.
_CAUSE = re.compile(r"[\w.]+(Error|Exception|Rule)\b")
_COMPONENT_STARTS = "Starting to train component '"


class TrainingError(Exception):
    """The model could not be trained; the text names Rasa's reasons."""


def model_inputs() -> list[Path]:
    """Every file that decides what the model becomes, in a fixed order."""
    trees = (path for name in ("domain", "data") for path in (BOT / name).rglob("*.yml"))
    components = (BOT / "rasa_components" / name for name in TRAINED_COMPONENTS)
    return sorted([BOT / "config.yml", BOT / "requirements.txt", *components, *trees])


def model_inputs_hash() -> str:
    """A name for the model that the present files give (16 hexadecimal digits)."""
    digest = hashlib.sha256()
    for path in model_inputs():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(BOT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def model_path() -> Path:
    """Where the model for the present files is, or would be."""
    return MODELS / f"{model_inputs_hash()}.tar.gz"


def model_is_current() -> bool:
    """True when nothing needs to be trained."""
    return model_path().exists()


def train(progress: Callable[[str], None]) -> Path:
    """Train unless the model is current; returns its path. Raises TrainingError.

    `progress` gets a line for each step. When several processes ask at once, one trains and the
    others wait for it.
    """
    MODELS.mkdir(exist_ok=True)
    with _alone():
        goal = model_path()
        if goal.exists():
            return goal
        progress("Training the Rasa model; this takes some minutes")
        with tempfile.TemporaryDirectory(dir=MODELS, prefix=".training-") as scratch:
            _run_rasa(Path(scratch), progress)
            (Path(scratch) / "model.tar.gz").replace(goal)
        _remove_others(goal)
    progress(f"Trained {goal.name}")
    return goal


@contextmanager
def _alone() -> Iterator[None]:
    with (MODELS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run_rasa(folder: Path, progress: Callable[[str], None]) -> None:
    command = rasa_command(
        *("train", "--config", "config.yml", "--domain", "domain", "--data", "data"),
        *("--out", str(folder), "--fixed-model-name", "model"),
        # The hash decides what is new; Rasa's own cache doesn't see changes inside our modules.
        *("--force", "--skip-validation"),
        RASA_MAX_CACHE_SIZE="0",
        # Fitting solves one large system of equations: there every core helps.
        OPENBLAS_NUM_THREADS=str(os.cpu_count() or 1),
    )
    causes: list[str] = []
    with subprocess.Popen(
        command.argv,
        cwd=command.folder,
        env=command.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            if _CAUSE.match(line) and line not in causes:
                causes.append(line)
            if _COMPONENT_STARTS in line:
                progress("  " + line.split(_COMPONENT_STARTS)[1].rstrip("'.\n"))
    if process.returncode != 0:
        cause = "".join(causes).strip() or f"it ended with status {process.returncode}"
        raise TrainingError(f"Rasa could not train the model: {cause}")


def _remove_others(current: Path) -> None:
    for path in MODELS.iterdir():
        if path.name.startswith(".training-"):  # left behind by a training that was killed
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix == ".gz" and path != current:
            path.unlink(missing_ok=True)


def main() -> int:
    """Train if needed and print the model's path."""

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")

    try:
        path = train(say)
    except (TrainingError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
