"""Tables as they are really sent."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.errors import Invalid
from directory.imports.tables import TableRow, encoding_of, guarded, read_table, unguarded


def rows(data: bytes) -> list[TableRow]:
    return list(read_table(io.BytesIO(data), encoding_of(io.BytesIO(data))))


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffName;City\r\nJosé;Niño\r\n".encode(),
        "Name,City\nJosé,Niño".encode("cp1252"),
        "Name\tCity\rJosé\tNiño\r".encode(),
        "Name|City\nJosé|Niño\n\n\n".encode(),
        'Name,City\r\n"José",Niño\r\n'.encode("utf-16"),
    ],
)
def test_any_dress_is_read(data: bytes) -> None:
    [row] = rows(data)
    assert (row.line, row.cells) == (2, {"name": "José", "city": "Niño"})


def test_headings_are_read_whatever_their_case_and_marks() -> None:
    [row] = rows(b" Who it is FOR? ,ZIP\nall,60540\n")
    assert row.cells == {"who_it_is_for": "all", "zip": "60540"}


def test_a_cell_may_go_over_lines() -> None:
    found = rows(b'a,b\n"one\ntwo",2\n3,4\n')
    assert [(row.line, row.cells) for row in found] == [
        (2, {"a": "one\ntwo", "b": "2"}),
        (4, {"a": "3", "b": "4"}),
    ]


def test_a_file_cut_off_in_a_row_says_so_by_its_line() -> None:
    found = rows(b"a,b,c\n1,2,3\n4,5")
    assert found[0].problem is None
    assert found[1].line == 3
    assert found[1].problem is not None
    assert found[1].problem.problem == "is cut off"


def test_a_quote_that_is_never_closed_costs_its_own_row_only() -> None:
    data = b'a,b\n1,2\n3,"four\n' + b"".join(b"%d,x\n" % number for number in range(2000))
    found = rows(data)
    assert [row.line for row in found if row.problem] == [3]
    assert len(found) == 2002


def test_a_quote_inside_a_word_is_only_a_letter() -> None:
    [row, after] = rows(b'a,b\n5" pipe,2\n6,7\n')
    assert row.cells == {"a": '5" pipe', "b": "2"}
    assert after.cells == {"a": "6", "b": "7"}


def test_a_row_with_more_cells_than_columns_is_told_of() -> None:
    [row] = rows(b"a,b\n1,2,3\n")
    assert row.problem is not None
    assert "more cells" in row.problem.problem
    assert rows(b"a,b\n1,2,,,\n")[0].problem is None


def test_what_is_no_table_is_refused() -> None:
    for data in (b"", b"\n\n", b"\x00\x01\x02"):
        with pytest.raises(Invalid):
            rows(data)


@given(st.text(max_size=20))
def test_what_is_guarded_runs_nothing_and_comes_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unguarded(guarded(text)) == text
