"""The Rasa project: complete, and its conversations go as written.

`make lint` has Rasa look for contradictions; the gates of tests/validation measure it.
"""

import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.rasa_server import BOT, rasa_command
from directory.needs import taxonomy
from tests.bot.nlu import training_texts


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def intents_of(file: str) -> list[str]:
    return list(read(BOT / "domain" / file)["intents"])


def examples() -> dict[str, dict[str, list[str]]]:
    """Training texts by intent and language."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for text in training_texts():
        found[text.intent][text.language].append(text.text)
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
    for text in training_texts():
        named = {*text.metadata.get("also", []), *text.metadata.get("and", [])}
        assert named <= set(taxonomy())


def test_the_written_conversations_go_as_written(model: Path, tmp_path: Path) -> None:
    run_rasa(
        *("test", "core", "--model", str(model), "--stories", "tests"),
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
