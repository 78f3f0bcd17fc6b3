"""The published directory as HSDS JSON lines, or as a data package of CSV files.

Both are made of what /hsds shows (`directory.hsds`), a page at a time, so that memory stays the
same however many listings there are, and nothing leaves that publication holds back.
"""

import csv
import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from directory.database import Database
from directory.hsds.service import service_objects
from directory.imports import queries
from directory.imports.flatten import rows_of
from directory.imports.lines import as_line
from directory.imports.package import DESCRIPTOR, NUMBERS, RESOURCES, Resource, descriptor
from directory.imports.tables import guarded

AT_ONCE = 200


def published(database: Database, *, now: datetime) -> Iterator[dict[str, Any]]:
    """Every published service by id, as an HSDS object. No session stays open in between."""
    after = ""
    while True:
        with database.read_scope() as session:
            services = queries.shown_after(session, after, limit=AT_ONCE)
            page = service_objects(session, services, now=now)
        yield from page
        if len(page) < AT_ONCE:
            return
        after = page[-1]["id"]


def json_lines(database: Database, *, now: datetime) -> Iterator[bytes]:
    """One service object a line."""
    for service in published(database, now=now):
        yield as_line(service)


def write_package(database: Database, folder: Path, *, now: datetime) -> int:
    """Write the data package into a folder, which is made; how many services it holds."""
    folder.mkdir(parents=True, exist_ok=True)
    count, met = 0, set[tuple[str, bytes]]()
    with _Tables(folder) as tables:
        for service in published(database, now=now):
            count += 1
            here: set[tuple[str, str]] = set()
            for table, row in rows_of(service, met):
                # A number of a service and of its place is one row, which names both.
                if (table, row["id"]) not in here:
                    here.add((table, row["id"]))
                    tables.add(table, row)
    text = json.dumps(descriptor(), indent=2, ensure_ascii=False)
    (folder / DESCRIPTOR).write_text(text + "\n", encoding="utf-8")
    return count


def write_archive(database: Database, path: Path, *, now: datetime) -> int:
    """Write the data package as a ZIP archive; how many services it holds."""
    with tempfile.TemporaryDirectory(prefix="handoff-export-") as name:
        folder = Path(name)
        count = write_package(database, folder, now=now)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.iterdir()):
                archive.write(file, file.name)
    return count


class _Tables:
    """The CSV files of a package: UTF-8, commas, CRLF (RFC 4180), texts so that no
    spreadsheet runs them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, IO[str]] = {}
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        for resource in RESOURCES.values():
            self._start(resource)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.close()

    def add(self, table: str, row: dict[str, Any]) -> None:
        cells = []
        for column in RESOURCES[table].columns:
            value = row.get(column.name)
            text = "" if value is None else str(value)
            cells.append(text if column.kind in NUMBERS else guarded(text))
        self._writers[table].writerow(cells)

    def _start(self, resource: Resource) -> None:
        file = (self._folder / resource.file).open("w", encoding="utf-8", newline="")
        self._files[resource.name] = file
        self._writers[resource.name] = csv.writer(file, lineterminator="\r\n")
        self._writers[resource.name].writerow([column.name for column in resource.columns])
