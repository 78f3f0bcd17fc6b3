"""Partners' own lists: rows of the template, out of a CSV or an Excel workbook, as services."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from directory.errors import Invalid
from directory.hsds.read import Problem, UnreadableError, read_service
from directory.imports import workbook
from directory.imports.entries import Entry
from directory.imports.tables import TableRow, guarded, read_table
from directory.imports.template import COLUMNS, HEADINGS, column_of, service_of

MOST_ROWS = 20_000


def read_csv(stream: BinaryIO, encoding: str, file: str, *, source: str) -> Iterator[Entry]:
    """The services of a CSV file of the template's columns."""
    yield from _entries(read_table(stream, encoding), file, source)


def read_workbook(stream: BinaryIO, file: str, *, source: str) -> Iterator[Entry]:
    """The services on the first sheet of an Excel workbook."""
    yield from _entries(workbook.read_rows(stream), file, source)


def _entries(rows: Iterator[TableRow], file: str, source: str) -> Iterator[Entry]:
    """Rows that only repeat the template's example are passed over."""
    checked = False
    for count, row in enumerate(rows):
        if count >= MOST_ROWS:
            raise Invalid("too_many_rows", f"Send at most {MOST_ROWS} rows at a time.")
        if not checked and row.problem is None:
            _check_columns(row)
            checked = True
        if row.problem is not None:
            yield Entry(file, row.line, problems=(row.problem,))
        elif not _is_example(row):
            yield _entry(row, file, source)


def _check_columns(row: TableRow) -> None:
    if not COLUMNS & row.cells.keys():
        detail = "The first line does not name our columns: start from the template."
        raise Invalid("not_the_template", detail)


def _entry(row: TableRow, file: str, source: str) -> Entry:
    """Everything that is wrong with a row is said at once, by the names of its columns."""
    service, problems = service_of(row.cells, source=source)
    try:
        read_service(service)
    except UnreadableError as error:
        told = {problem.field for problem in problems}
        for each in error.problems:
            column = column_of(each.field)
            if column not in told:
                told.add(column)
                problems.append(Problem(column, each.problem, each.remedy))
    return Entry(file, row.line, service, tuple(problems))


def _is_example(row: TableRow) -> bool:
    said = {heading.key: heading.example for heading in HEADINGS if heading.example}
    return {name: cell for name, cell in row.cells.items() if name in COLUMNS} == said


def template_csv() -> bytes:
    """The empty template with one example row; with a mark, so that Excel shows accents."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([heading.name for heading in HEADINGS])
    writer.writerow([guarded(heading.example) for heading in HEADINGS])
    return out.getvalue().encode("utf-8-sig")


def template_workbook() -> bytes:
    """The same as a workbook, with hints beside the columns and lists to choose from."""
    return workbook.template(HEADINGS)
