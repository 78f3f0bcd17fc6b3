"""When the model is trained anew, and what happens when that fails."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from bot import training
from bot.rasa_server import BOT, Command

WRITES_A_MODEL = """
import sys; from pathlib import Path
print("INFO  rasa - Starting to train component 'BlendedIntentClassifier'.")
(Path(sys.argv[sys.argv.index("--out") + 1]) / "model.tar.gz").write_bytes(b"a model")
"""
FAILS = """
print("Traceback (most recent call last):")
print("rasa.shared.exceptions.InvalidRule: two rules contradict each other")
raise SystemExit(1)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the Rasa project's inputs, in place of the real ones."""
    bot = tmp_path / "bot"
    for folder in ("domain", "data", "rasa_components"):
        shutil.copytree(BOT / folder, bot / folder)
    for file in ("config.yml", "requirements.txt"):
        shutil.copy(BOT / file, bot / file)
    monkeypatch.setattr(training, "BOT", bot)
    monkeypatch.setattr(training, "MODELS", bot / "models")
    return bot


def rasa_is(script: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Put a script in place of Rasa; returns the calls it gets."""
    calls: list[tuple[str, ...]] = []

    def command(*arguments: str, **settings: str) -> Command:
        calls.append(arguments)
        return Command((sys.executable, "-c", script, *arguments), BOT, settings)

    monkeypatch.setattr(training, "rasa_command", command)
    return calls


def test_every_change_of_an_input_changes_the_hash(project: Path) -> None:
    seen = {training.model_inputs_hash()}
    changed = [
        project / "config.yml",
        project / "requirements.txt",
        project / "domain" / "needs.yml",
        project / "data" / "nlu" / "needs" / "food.yml",
        project / "data" / "rules" / "find.yml",
        project / "rasa_components" / "kernel_ridge.py",
    ]
    for path in changed:
        path.write_text(path.read_text() + "\n")
        seen.add(training.model_inputs_hash())
    assert len(seen) == 1 + len(changed)


def test_a_renamed_file_changes_the_hash(project: Path) -> None:
    before = training.model_inputs_hash()
    food = project / "data" / "nlu" / "needs" / "food.yml"
    food.rename(food.with_name("groceries.yml"))
    assert training.model_inputs_hash() != before


def test_every_component_of_the_pipeline_counts_as_an_input() -> None:
    named = re.findall(r"rasa_components\.(\w+)", (BOT / "config.yml").read_text())
    used = {f"{name}.py" for name in named}
    for name in named:
        text = (BOT / "rasa_components" / f"{name}.py").read_text()
        used |= {f"{other}.py" for other in re.findall(r"from rasa_components\.(\w+)", text)}
    assert used == set(training.TRAINED_COMPONENTS)


def test_training_puts_the_model_under_its_hash_and_removes_others(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = rasa_is(WRITES_A_MODEL, monkeypatch)
    old = project / "models" / "old.tar.gz"
    (project / "models" / ".training-killed").mkdir(parents=True)
    old.write_bytes(b"")
    assert not training.model_is_current()
    said: list[str] = []
    path = training.train(said.append)
    assert path == training.model_path()
    assert path.read_bytes() == b"a model"
    assert training.model_is_current()
    assert [p.name for p in (project / "models").iterdir() if p.name != ".lock"] == [path.name]
    assert any("BlendedIntentClassifier" in line for line in said)
    assert training.train(said.append) == path
    assert len(calls) == 1


def test_a_failed_training_names_the_cause_and_leaves_no_model(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rasa_is(FAILS, monkeypatch)
    with pytest.raises(training.TrainingError, match="InvalidRule: two rules contradict"):
        training.train(lambda line: None)
    assert not training.model_is_current()
    assert [p.name for p in (project / "models").iterdir()] == [".lock"]
