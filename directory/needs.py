"""The needs: read once from data/taxonomy.yml."""

from dataclasses import dataclass
from typing import Any

from directory.languages import Language
from directory.own_files import read_once, read_yaml
from directory.settings import ROOT

TAXONOMY_FILE = ROOT / "data" / "taxonomy.yml"


@dataclass(frozen=True, slots=True)
class Need:
    """One of the 26 needs. `ask` is the label as said inside a sentence.

    sensitive: not to be named in a text that could be read by somebody else than who asked.
    """

    code: str
    label: dict[Language, str]
    ask: dict[Language, str]
    words: dict[Language, tuple[str, ...]]
    open_eligibility: tuple[str, ...]
    related: tuple[str, ...]
    sensitive: bool = False


@read_once
def taxonomy() -> dict[str, Need]:
    """Needs by code, in the order of the file."""
    rows: list[dict[str, Any]] = read_yaml(TAXONOMY_FILE)["needs"]
    return {row["code"]: _need(row) for row in rows}


def is_sensitive(code: str) -> bool:
    """Whether a need must stay unnamed before a stranger's eyes; so must a code nobody knows."""
    need = taxonomy().get(code)
    return need is None or need.sensitive


def _need(row: dict[str, Any]) -> Need:
    return Need(
        code=row["code"],
        label={language: row["label"][language] for language in Language},
        ask={language: row["ask"][language] for language in Language},
        words={language: tuple(row["words"][language]) for language in Language},
        open_eligibility=tuple(str(code) for code in row.get("open_eligibility", [])),
        related=tuple(row.get("related", [])),
        sensitive=row.get("sensitive", False),
    )
