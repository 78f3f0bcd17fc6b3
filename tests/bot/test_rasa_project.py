"""The Rasa project: complete, free of contradictions, and its conversations go as written."""

import json
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot import training
from bot.rasa_server import BOT, rasa_command
from directory.needs import taxonomy
from directory.places import folded
from directory.settings import ROOT
from tests.rasa_fixtures import RunningRasa

EVALUATION = ROOT.parent / "shared" / "evaluation"


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def intents_of(file: str) -> list[str]:
    return list(read(BOT / "domain" / file)["intents"])


def examples() -> dict[str, dict[str, list[str]]]:
    """Training texts by intent and language."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted((BOT / "data" / "nlu").rglob("*.yml")):
        for block in read(path)["nlu"]:
            lines = [line.removeprefix("- ") for line in block["examples"].splitlines()]
            found[block["intent"]][block["metadata"]["language"]] += lines
    return found


def test_the_needs_are_those_of_the_taxonomy() -> None:
    assert intents_of("needs.yml") == list(taxonomy())


def test_every_need_starts_the_search() -> None:
    rules = read(BOT / "data" / "rules" / "find.yml")["rules"]
    (start,) = [rule for rule in rules if rule["rule"] == "a need starts the search"]
    assert [step["intent"] for step in start["steps"][0]["or"]] == intents_of("needs.yml")


def test_every_intent_has_examples_in_both_languages() -> None:
    given = examples()
    assert set(given) == {*intents_of("needs.yml"), *intents_of("conversation.yml")}
    few = {
        (intent, language): len(texts[language])
        for intent, texts in given.items()
        for language in ("en", "es")
        if len(texts[language]) < 25
    }
    assert few == {}


def test_no_text_stands_for_two_intents_or_twice() -> None:
    seen: dict[str, str] = {}
    for intent, languages in examples().items():
        for texts in languages.values():
            assert len(texts) == len(set(texts)), intent
            for text in texts:
                assert seen.setdefault(text, intent) == intent, text


def test_other_needs_that_fit_are_needs() -> None:
    for path in (BOT / "data" / "nlu").rglob("*.yml"):
        for block in read(path)["nlu"]:
            assert set(block["metadata"].get("also", [])) <= set(taxonomy())


@pytest.mark.skipif(not EVALUATION.exists(), reason="the evaluation texts are not here")
def test_no_evaluation_text_is_trained_on() -> None:
    trained = {
        folded(text).strip(" .?!")
        for languages in examples().values()
        for texts in languages.values()
        for text in texts
    }
    for path in EVALUATION.glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = folded(json.loads(line)["text"]).strip(" .?!")
            # Short ones ("yes", "thank you") are everybody's.
            assert len(text.split()) < 4 or text not in trained


def test_rasa_finds_nothing_wrong_with_the_data() -> None:
    run_rasa(
        *("data", "validate", "--domain", "domain", "--data", "data", "--config", "config.yml"),
        *("--fail-on-warnings",),
    )


def test_the_written_conversations_go_as_written(rasa: RunningRasa, tmp_path: Path) -> None:
    run_rasa(
        *("test", "core", "--model", str(training.model_path()), "--stories", "tests"),
        *("--fail-on-prediction-errors", "--no-plot", "--out", str(tmp_path)),
    )


def run_rasa(*arguments: str) -> None:
    command = rasa_command(*arguments)
    result = subprocess.run(
        command.argv,
        cwd=command.folder,
        env=command.environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, (result.stdout + result.stderr)[-4000:]
