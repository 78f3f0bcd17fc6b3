"""Mistakes in a file that people edit: where, what, and what to do about it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake. `where` is the listing's id, `field` the path inside it."""

    line: int
    where: str
    field: str
    problem: str
    remedy: str
    file: str = ""

    def __str__(self) -> str:
        listing = f"{self.where}: " if self.where else ""
        field = f"{self.field} " if self.field else ""
        return f"{self.file}:{self.line}: {listing}{field}{self.problem}: {self.remedy}"


class PartnerFileError(Exception):
    """The file has mistakes; nothing of it was used. `str()` has one line for each."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def shown(path: Path) -> str:
    """The path as a person would type it from where they are."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
