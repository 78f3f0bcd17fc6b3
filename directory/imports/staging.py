"""The tables of a data package, laid down in a file of their own so that they can be joined.

A package may be larger than memory; a service with all that hangs on it never is.
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from directory.hsds.read import Problem
from directory.imports.entries import Entry
from directory.imports.limits import Files
from directory.imports.package import RESOURCES
from directory.imports.tables import TableRow, encoding_of, read_table

_AT_ONCE = 5000
_SCHEMA = """
CREATE TABLE rows (resource TEXT, id TEXT, line INTEGER, cells TEXT);
CREATE TABLE links (resource TEXT, column_name TEXT, value TEXT, place INTEGER);
"""
_INDEXES = """
CREATE INDEX by_id ON rows (resource, id);
CREATE INDEX by_value ON links (value, resource, column_name);
"""
_LINKS = frozenset(
    {
        "service_id", "organization_id", "location_id", "contact_id", "service_at_location_id",
        "phone_id", "link_id", "resource_id",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Staged:
    """One row of a table. `line`: of its file."""

    line: int
    cells: dict[str, str]


class Staging:
    """The rows of a package by id and by what they hang on. A temporary file; close it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="handoff-import-")
        self._database = sqlite3.connect(Path(self._folder.name) / "rows.sqlite")
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def load(self, files: Files, names: dict[str, str]) -> Iterator[Entry]:
        """Read the tables in; `names`: table -> its file. Gives the rows that cannot be read."""
        for resource, file in names.items():
            with files.open(file) as stream:
                encoding = encoding_of_stream(files, file)
                for row in read_table(stream, encoding):
                    if row.problem is not None:
                        yield self._unreadable(resource, file, row, row.problem)
                    elif not row.cells.get("id"):
                        problem = Problem("id", "is missing", "give every row an id of its own")
                        yield self._unreadable(resource, file, row, problem)
                    else:
                        self._add(resource, row)
        self._database.executescript(_INDEXES)

    def _unreadable(self, resource: str, file: str, row: TableRow, problem: Problem) -> Entry:
        return Entry(file, row.line, problems=(problem,), belongs=resource == "service")

    def _add(self, resource: str, row: TableRow) -> None:
        place = self._database.execute(
            "INSERT INTO rows VALUES (?, ?, ?, ?)",
            (resource, row.cells["id"], row.line, json.dumps(row.cells)),
        ).lastrowid
        self._database.executemany(
            "INSERT INTO links VALUES (?, ?, ?, ?)",
            [(resource, name, value, place) for name, value in row.cells.items() if name in _LINKS],
        )

    def all_of(self, resource: str) -> Iterator[Staged]:
        """The rows of a table in the order of its file."""
        after = 0
        while True:
            found = self._database.execute(
                "SELECT rowid, line, cells FROM rows WHERE resource = ? AND rowid > ? "
                "ORDER BY rowid LIMIT ?",
                (resource, after, _AT_ONCE),
            ).fetchall()
            for _, line, cells in found:
                yield Staged(line, json.loads(cells))
            if len(found) < _AT_ONCE:
                return
            after = found[-1][0]

    def one(self, resource: str, identity: str | None) -> Staged | None:
        if not identity:
            return None
        found = self._database.execute(
            "SELECT line, cells FROM rows WHERE resource = ? AND id = ? LIMIT 1",
            (resource, identity),
        ).fetchone()
        return Staged(found[0], json.loads(found[1])) if found else None

    def on(self, resource: str, column: str, identity: str) -> list[dict[str, str]]:
        """The rows of a table that hang on something, in the order of their file."""
        found = self._database.execute(
            "SELECT cells FROM rows JOIN links ON rows.rowid = links.place "
            "WHERE links.value = ? AND links.resource = ? AND links.column_name = ? "
            "ORDER BY rows.rowid",
            (identity, resource, column),
        )
        return [json.loads(cells) for (cells,) in found]

    def dangling(self, names: dict[str, str]) -> Iterator[Entry]:
        """Rows that hang on something which is not in the package."""
        for resource, file in names.items():
            for column, target in RESOURCES[resource].points.items():
                if resource == "service":
                    continue  # a service without its organization is rejected when it is read
                if column not in _LINKS or target not in names:
                    continue
                found = self._database.execute(
                    "SELECT rows.line FROM links JOIN rows ON rows.rowid = links.place "
                    "WHERE links.resource = ? AND links.column_name = ? AND NOT EXISTS "
                    "(SELECT 1 FROM rows AS there WHERE there.resource = ? "
                    "AND there.id = links.value) ORDER BY rows.line",
                    (resource, column, target),
                )
                what = f"names no row of {names[target]}"
                for (line,) in found:
                    problem = Problem(column, what, "add it there, or empty the cell")
                    yield Entry(file, line, problems=(problem,), belongs=False)


def encoding_of_stream(files: Files, name: str) -> str:
    """Read the file once to its end: only then it is known."""
    with files.open(name) as stream:
        return encoding_of(stream)
