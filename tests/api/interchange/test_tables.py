"""Spreadsheets as they are really sent, and written so that nothing runs."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.interchange.tables import (
    MOST_ROWS,
    Row,
    as_written,
    harmless,
    phone_number,
    rows,
    written,
)
from directory.errors import Invalid

PLAIN = "id,status,reason\na-1,accepted,\na-2,rejected,señora\n"
WANTED = [
    Row(2, {"id": "a-1", "status": "accepted", "reason": ""}),
    Row(3, {"id": "a-2", "status": "rejected", "reason": "señora"}),
]


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("cp1252"),
        PLAIN.encode("utf-16"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("id,status,reason", ' ID ,"Status",REASON').encode(),
        PLAIN.rstrip("\n").encode(),
        PLAIN.replace("\n", ",\n").encode(),
    ],
    ids=[
        "utf8",
        "bom",
        "windows",
        "utf16",
        "crlf",
        "cr",
        "semicolons",
        "tabs",
        "headers",
        "no-end",
        "extra-column",
    ],
)
def test_a_table_is_read_in_any_dress(data: bytes) -> None:
    assert rows(data, ("id", "status")) == WANTED


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    data = b"\n;;\nid;status\n\n;\na-1;accepted\n"
    assert rows(data, ("id", "status")) == [Row(6, {"id": "a-1", "status": "accepted"})]


def test_a_cell_of_several_lines_is_one_row() -> None:
    data = b'id,status\n"a\nb",accepted\nc,accepted\n'
    assert [each.line for each in rows(data, ("id",))] == [2, 4]


def test_a_short_row_lacks_its_last_cells() -> None:
    assert rows(b"id,status\na-1\n", ("id",)) == [Row(2, {"id": "a-1"})]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"status,reason\naccepted,\n",
        b"id\x00,status\n",
        b"\xff\xfe\x00",
        b"\x81\x8d",
        b"PK\x03\x04\x00 this is a spreadsheet",
        b"id,status\n" + b"x" * 5000 + b",accepted\n",
        b'id,status\n"' + b"x" * 200_000,
    ],
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        rows(data, ("id", "status"))
    assert refused.value.code == "not_a_table"


def test_a_table_has_an_end() -> None:
    data = b"id,status\n" + b"a,accepted\n" * (MOST_ROWS + 1)
    with pytest.raises(Invalid) as refused:
        rows(data, ("id", "status"))
    assert refused.value.code == "too_many_rows"


@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        rows(b"id,status\n" + data, ("id", "status"))
    except Invalid:
        return


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_begins_like_a_formula(start: str) -> None:
    cell = f'{start}HYPERLINK("http://example.org","a")'
    assert harmless(cell) == f"'{cell}"
    assert as_written(harmless(cell)) == cell


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20)


@given(st.lists(cells, min_size=2, max_size=5))
def test_what_is_written_is_read_again(given_cells: list[str]) -> None:
    [line] = csv.reader(io.StringIO(written(given_cells), newline=""))
    assert [as_written(each) for each in line] == [as_written(harmless(c)) for c in given_cells]
    assert not any(each.startswith(("=", "+", "-", "@", "\t")) for each in line)


def test_a_number_is_written_as_it_is_dialled() -> None:
    assert phone_number("+16305550123") == "630-555-0123"
    assert phone_number("+442079460000") == "+442079460000"


def test_a_reason_that_begins_with_an_apostrophe_keeps_it() -> None:
    assert as_written(harmless("'tis full")) == "'tis full"
