"""Spreadsheets, as they are really sent: written so that nothing runs, read in any dress. Pure.

Written: UTF-8, commas, CRLF (RFC 4180). Read: UTF-8 or UTF-16 with or without its mark, or
Windows-1252; commas, semicolons or tabs; any line ends; empty lines anywhere.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from directory.errors import Invalid

MOST_ROWS = 500
LONGEST_CELL = 4000
# A cell that begins so is a formula to a spreadsheet, and formulas can send a file's content away
# (OWASP, "CSV Injection"). An apostrophe in front makes it text.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line of the file on which it begins, and its cells by column."""

    line: int
    cells: dict[str, str]


def written(cells: Iterable[str | None]) -> str:
    """One line of a file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([harmless(cell or "") for cell in cells])
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell so that a spreadsheet shows it and runs nothing."""
    return f"'{cell}" if cell.startswith(_STARTS_FORMULA) else cell


def as_written(cell: str) -> str:
    """The cell as it was before it was made harmless."""
    bare = cell.removeprefix("'")
    return bare if bare != cell and bare.startswith(_STARTS_FORMULA) else cell


def phone_number(e164: str) -> str:
    """As it is dialled here: with its plus it would begin like a formula."""
    digits = e164.removeprefix("+1")
    if len(digits) == 10 and digits.isdecimal():
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return e164


def local_time(moment: datetime | None, zone: tzinfo) -> str:
    """Such as 2026-03-18 10:00, on the clocks of the place."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""


def rows(data: bytes, required: Iterable[str]) -> list[Row]:
    """The rows of a file that has at least these columns; what else it has may stay.

    Raises Invalid `not_a_table` or `too_many_rows`.
    """
    lines = _lines(_decoded(data))
    _, header = next(lines, (0, []))
    names = [_column(cell) for cell in header]
    missing = [name for name in required if name not in names]
    if missing:
        raise _not_a_table(f"The first line names the columns; missing: {', '.join(missing)}.")
    found = [
        Row(line, {n: cell.strip() for n, cell in zip(names, cells, strict=False) if n})
        for line, cells in lines
    ]
    if len(found) > MOST_ROWS:
        raise Invalid("too_many_rows", f"Send at most {MOST_ROWS} rows at a time.")
    return found


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode(data, "cp1252")


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_a_table("Save the file as CSV (UTF-8).") from error


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, each with the number of the line on which it begins."""
    if "\x00" in text:
        raise _not_a_table("Save the file as CSV (UTF-8).")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = next((line for line in text.split("\n") if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if any(len(cell) > LONGEST_CELL for cell in cells):
                    raise _not_a_table(f"Line {begins} has a cell that is too long.")
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _not_a_table(f"Line {begins} cannot be read: look at its quotes.") from error


def _column(cell: str) -> str:
    """ "Outcome Reason " is outcome_reason."""
    return "_".join(cell.strip().strip("\ufeff").casefold().split())


def _not_a_table(why: str) -> Invalid:
    return Invalid("not_a_table", why)
