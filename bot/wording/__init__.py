"""Every sentence that the bot can say, English and Spanish, in one place (sentences.yml)."""

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from directory.languages import Language

SENTENCES_FILE = Path(__file__).parent / "sentences.yml"


@cache
def sentences() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = YAML(typ="safe").load(SENTENCES_FILE)
    return loaded


def say(key: str, language: Language, **values: object) -> str:
    """The sentence `key` in `language`, its `{placeholders}` filled. KeyError on an unknown key."""
    return sentences()[key][language].format(**values)
