"""The training texts of bot/data/nlu, read as plain data."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from bot.rasa_server import BOT


@dataclass(frozen=True)
class TrainingText:
    """One text; `metadata` is that of its block."""

    text: str
    intent: str
    language: str
    metadata: dict[str, Any]


@cache
def training_texts() -> tuple[TrainingText, ...]:
    """Every training text, in the order of the files."""
    return tuple(
        TrainingText(
            line.removeprefix("- "),
            block["intent"],
            block["metadata"]["language"],
            block["metadata"],
        )
        for path in sorted((BOT / "data" / "nlu").rglob("*.yml"))
        for block in YAML(typ="safe").load(path)["nlu"]
        for line in block["examples"].splitlines()
    )
