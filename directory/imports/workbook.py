"""Excel workbooks (.xlsx): the first sheet's rows in, our template out. Only here is openpyxl.

It is imported when a workbook comes: processes that live for weeks see few of them.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO, Protocol

from directory.errors import Invalid, TooLarge
from directory.imports.limits import LARGEST_RATIO, LARGEST_WORKBOOK, MEGABYTE, MOST_FILES
from directory.imports.tables import TableRow, column_name, guarded, unguarded
from directory.needs import taxonomy

MOST_COLUMNS = 200
MOST_LINES = 50_000
_LONGEST_CELL = 32_767  # Excel's own limit
_DAMAGED = "The workbook cannot be read: save it again as .xlsx, without a password."


class Heading(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def example(self) -> str: ...


def read_rows(stream: BinaryIO) -> Iterator[TableRow]:
    """The rows by column name. Raises Invalid or TooLarge, before much is unpacked."""
    from openpyxl import load_workbook  # noqa: PLC0415

    _check(stream)
    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # whatever a damaged file makes the library stumble over
        raise Invalid("not_readable", _DAMAGED) from error
    try:
        yield from _rows(book)
    except (Invalid, TooLarge, GeneratorExit):
        raise
    except Exception as error:
        raise Invalid("not_readable", _DAMAGED) from error
    finally:
        book.close()


def _check(stream: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            files = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Invalid("not_readable", _DAMAGED) from error
    finally:
        stream.seek(0)
    unpacked = sum(each.file_size for each in files)
    packed = sum(each.compress_size for each in files)
    if len(files) > MOST_FILES or unpacked > LARGEST_WORKBOOK:
        limit = LARGEST_WORKBOOK // MEGABYTE
        raise TooLarge("too_large", f"The workbook unpacks to more than {limit} MB: send a CSV.")
    if unpacked > MEGABYTE and unpacked > packed * LARGEST_RATIO:
        detail = "The workbook unpacks to far more than a list can: refused."
        raise Invalid("unlikely_archive", detail)


def _rows(book: Any) -> Iterator[TableRow]:
    sheets = [each for each in book.worksheets if each.sheet_state == "visible"]
    if not sheets:
        raise Invalid("not_a_table", "The workbook has no sheet: put the list on the first one.")
    names: list[str] | None = None
    rows = sheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True)
    for line, values in enumerate(rows, 1):
        if line > MOST_LINES:  # a row with a high number is enough for a million empty ones
            detail = f"The first sheet goes beyond row {MOST_LINES}: delete what stands below."
            raise Invalid("too_many_rows", detail)
        cells = [_text(value) for value in values]
        if not any(cells):
            continue
        if names is None:
            names = [column_name(cell) for cell in cells]
            continue
        pairs = zip(names, cells, strict=False)
        yield TableRow(line, {name: cell for name, cell in pairs if name and cell})
    if names is None:
        raise Invalid("not_a_table", "The first sheet is empty: put the list on it.")


def _text(value: Any) -> str:
    """A cell as it is seen: a ZIP that became a number has no ".0", a time is HH:MM."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return unguarded(str(value)[:_LONGEST_CELL]).strip()


def template(headings: Sequence[Heading]) -> bytes:
    """A workbook with these columns, an example, and on a second sheet what to write in each."""
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Services"
    sheet.append([heading.name for heading in headings])
    sheet.append([guarded(heading.example) or None for heading in headings])
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, 1):
        sheet.cell(1, number).font = Font(bold=True)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, len(heading.name) + 2)
        for row in range(2, 501):
            sheet.cell(row, number).number_format = "@"  # text: no ZIP loses its zero
        choices = _CHOICES.get(heading.name)
        if choices:
            check = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
            sheet.add_data_validation(check)
            check.add(f"{letter}2:{letter}500")
    _help(book, headings)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_CHOICES = {"Status": "active,temporarily closed,inactive,defunct", "Confidential": "no,yes"}


def _help(book: Any, headings: Sequence[Heading]) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    sheet = book.create_sheet("How to fill it in")
    sheet.append(["Column", "What to write"])
    for heading in headings:
        sheet.append([heading.name, heading.hint])
    sheet.append([])
    sheet.append(["Need", "Called"])
    for code, need in taxonomy().items():
        labels = " / ".join(need.label.values())
        sheet.append([code, labels])
    for row in sheet.iter_rows(max_col=1):
        row[0].font = Font(bold=True)
        row[0].alignment = Alignment(vertical="top")
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 90
