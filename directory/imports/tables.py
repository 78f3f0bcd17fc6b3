"""Tables as they are really sent, read row by row in constant memory. Pure but for the stream.

UTF-8 or UTF-16 with or without its mark, or Windows-1252; commas, semicolons, tabs or bars; any
line ends. A row that is cut off, or a quote that is never closed, is told of by its line, and the
rows after it are read all the same.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from directory.errors import Invalid
from directory.hsds.read import Problem

LONGEST_ROW = 1_000_000
MOST_LINES_OF_A_ROW = 500
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A cell that begins so is a formula to a spreadsheet, and formulas can send a file's content away
# (OWASP, "CSV Injection"). An apostrophe in front makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_CUT_OFF = Problem("", "is cut off", "send the file again, whole")
csv.field_size_limit(LONGEST_ROW)


@dataclass(frozen=True, slots=True)
class TableRow:
    """`line`: of the file, on which the row begins. `problem`: why it has no cells."""

    line: int
    cells: dict[str, str]
    problem: Problem | None = None


def guarded(cell: str) -> str:
    """The cell so that a spreadsheet shows it and runs nothing. `unguarded` takes it back."""
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """The cell as it was; an apostrophe that guards nothing stays."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(_FORMULA) else cell


def encoding_of(stream: BinaryIO) -> str:
    """The encoding of a file, which is read to its end: there is no other way to know."""
    block = stream.read(1 << 16)
    for mark, name in _MARKS:
        if block.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block:
            decoder.decode(block)
            block = stream.read(1 << 16)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def read_table(stream: BinaryIO, encoding: str) -> Iterator[TableRow]:
    """The rows by column name. Raises Invalid `not_a_table` when there is no first line."""
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=None)
    lines = _Lines(text)
    header = next(lines, None)
    while header is not None and not header[1].strip():
        header = next(lines, None)
    if header is None or "\x00" in header[1]:
        raise Invalid("not_a_table", "The first line has to name the columns: save it as CSV.")
    delimiter = max(",;\t|", key=header[1].count)
    names = [column_name(cell) for cell in next(csv.reader([header[1]], delimiter=delimiter), [])]
    for line, record, whole in _records(lines, delimiter):
        if not record.strip(delimiter + " \n"):
            continue
        if not whole:
            remedy = "close the quote, or send the file again, whole"
            yield TableRow(line, {}, Problem("", "has a quote that is never closed", remedy))
            continue
        yield _row(line, record, names, delimiter)


class _Lines:
    """The lines of a text with their numbers, which can be given back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text, self._number = text, 0
        self._again: deque[tuple[int, str]] = deque()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> tuple[int, str]:
        if self._again:
            return self._again.popleft()
        line = self._text.readline(LONGEST_ROW)
        if not line:
            raise StopIteration
        self._number += 1
        return self._number, line

    def give_back(self, lines: list[tuple[int, str]]) -> None:
        self._again.extendleft(reversed(lines))


def _records(lines: _Lines, delimiter: str) -> Iterator[tuple[int, str, bool]]:
    """Line, text and whether it is whole: of each record, which may go over many lines."""
    whole = _whole(delimiter)
    for number, line in lines:
        if '"' not in line or whole.fullmatch(line):
            yield number, line, True
            continue
        taken: list[tuple[int, str]] = []
        record = line
        for following in lines:
            taken.append(following)
            record += following[1]
            # Only a line with a quote in it can end what a quote began.
            if '"' in following[1] and whole.fullmatch(record):
                break
            if len(taken) >= MOST_LINES_OF_A_ROW or len(record) > LONGEST_ROW:
                record = ""
                break
        if record and whole.fullmatch(record):
            yield number, record, True
        else:
            lines.give_back(taken)
            yield number, line, False


def _whole(delimiter: str) -> re.Pattern[str]:
    """A record in which every quote that is opened is closed. Possessive: it never looks back."""
    mark = re.escape(delimiter)
    cell = rf'(?:"(?:[^"]|"")*+"[^{mark}\n]*+|[^"{mark}\n][^{mark}\n]*+|)'
    return re.compile(rf"{cell}(?:{mark}{cell})*+\n?")


def _row(line: int, record: str, names: list[str], delimiter: str) -> TableRow:
    try:
        cells = next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter))
    except (csv.Error, StopIteration):
        problem = Problem("", "cannot be read", "look at its quotes")
        return TableRow(line, {}, problem)
    if "\x00" in record:
        return TableRow(line, {}, Problem("", "is no text", "save the file as CSV (UTF-8)"))
    if len(cells) < len(names):
        return TableRow(line, {}, _CUT_OFF)
    if any(cell.strip() for cell in cells[len(names) :]):
        problem = Problem("", "has more cells than the first line", "put texts in quotes")
        return TableRow(line, {}, problem)
    found = {name: unguarded(cell).strip() for name, cell in zip(names, cells, strict=False)}
    return TableRow(line, {name: cell for name, cell in found.items() if name and cell})


def column_name(cell: str) -> str:
    """ "Service Name " is service_name."""
    return "_".join(re.sub(r"[^\w]+", " ", cell.strip("\ufeff").casefold()).split())
