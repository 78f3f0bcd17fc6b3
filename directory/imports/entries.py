"""What every reader gives: the entries of a file one by one, each with where it stands."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from directory.hsds.read import Problem


class Format(StrEnum):
    """`PARTNERS`: partners.yml, which directory.listings.load reads, all or nothing."""

    JSON_LINES = "hsds-json"
    DATA_PACKAGE = "hsds-csv"
    SPREADSHEET = "spreadsheet"
    PARTNERS = "partners.yml"


@dataclass(frozen=True, slots=True)
class Entry:
    """One service of a file, or why there is none. `line`: from 1, in `file`.

    `value`: the HSDS service object as parsed JSON. `problems`: what the reader itself found; an
    entry with problems is rejected. `belongs`: False for a row that is no service of its own (a
    phone in a CSV), which is told of but not counted.
    """

    file: str
    line: int
    value: Any = None
    problems: tuple[Problem, ...] = ()
    belongs: bool = True
