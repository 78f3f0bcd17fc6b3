"""Every sentence that the bot can say, English and Spanish: the *.yml files of this folder."""

from pathlib import Path

from directory.languages import Language
from directory.own_files import read_once, read_yaml

HERE = Path(__file__).parent


@read_once
def sentences() -> dict[str, dict[str, str]]:
    """All of them by key. Raises ValueError where two files have the same key."""
    every: dict[str, dict[str, str]] = {}
    for file in sorted(HERE.glob("*.yml")):
        loaded: dict[str, dict[str, str]] = read_yaml(file)
        twice = every.keys() & loaded.keys()
        if twice:
            raise ValueError(f"{file.name}: {', '.join(sorted(twice))} stands in another file too")
        every |= loaded
    return every


def say(key: str, language: Language, **values: object) -> str:
    """The sentence `key` in `language`, its `{placeholders}` filled. KeyError on an unknown key."""
    return sentences()[key][language].format(**values)
