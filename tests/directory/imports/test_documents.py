"""HSDS JSON that is one document, and what is told of one that cannot be read."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from directory.errors import TooLarge
from directory.imports import documents
from directory.imports.content import look
from directory.imports.entries import Entry, Format
from tests.directory.imports.builders import a_service

ONE, TWO = a_service(1, name="Grace Pantry"), a_service(2, name="Hope Shelter")


def read(path: Path, data: str | bytes) -> list[Entry]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    content = look(path)
    assert content.format is Format.JSON_LINES
    return list(content.entries(source="county"))


def as_page(services: list[Any], **fields: Any) -> dict[str, Any]:
    return {"total_items": len(services), "total_pages": 1, "page_number": 1, **fields} | {
        "contents": services
    }


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("whole", [[ONE, TWO], as_page([ONE, TWO])], ids=["list", "page"])
def test_a_list_and_a_page_are_read(tmp_path: Path, whole: Any, indent: int | None) -> None:
    found = read(tmp_path / "a.json", json.dumps(whole, indent=indent))
    assert [each.value for each in found] == [ONE, TWO]
    assert not any(each.problems for each in found)


def test_a_service_over_several_lines_is_one(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "a.json", "\ufeff\n" + json.dumps(ONE, indent=2) + "\n")
    assert (found.value, found.line) == (ONE, 2)


def test_entries_of_a_list_are_named_by_the_line_where_they_begin(tmp_path: Path) -> None:
    text = "[\n" + json.dumps(ONE, indent=1) + ",\n\n" + json.dumps(TWO) + "\n]\n"
    first, second = read(tmp_path / "a.json", text)
    assert (first.line, second.line) == (2, 2 + json.dumps(ONE, indent=1).count("\n") + 2)


def test_several_documents_one_after_the_other_are_all_read(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(each, indent=2) for each in (ONE, TWO))
    assert [each.value for each in read(tmp_path / "a.json", text)] == [ONE, TWO]


def test_pages_packed_and_on_lines_of_their_own_are_read(tmp_path: Path) -> None:
    pages = "\n".join(json.dumps(as_page([each])) for each in (ONE, TWO))
    assert [e.value for e in read(tmp_path / "a.gz", gzip.compress(pages.encode()))] == [ONE, TWO]


def test_an_empty_list_names_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "a.json", "[]") == []


@pytest.mark.parametrize("kept", [0.75, 0.999])
def test_where_a_list_breaks_off_is_said_and_what_came_before_is_taken(
    tmp_path: Path, kept: float
) -> None:
    whole = json.dumps([ONE, TWO], indent=2)
    *before, last = read(tmp_path / "a.json", whole[: int(len(whole) * kept)])
    assert [each.value for each in before] == ([ONE] if kept < 0.9 else [ONE, TWO])
    assert [each.problem for each in last.problems] == ["is not JSON from here on"]
    assert last.line > json.dumps(ONE, indent=2).count("\n")


def test_what_follows_a_list_is_not_passed_over(tmp_path: Path) -> None:
    first, last = read(tmp_path / "a.json", json.dumps([ONE]) + "\n" + json.dumps([TWO]))
    assert (first.value, first.problems) == (ONE, ())
    assert [each.problem for each in last.problems] == ["is not JSON from here on"]


def test_a_document_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "a.json", b'[\n{"name": "Caf\xe9"}]')
    assert [each.problem for each in found.problems] == ["is not UTF-8"]


def test_one_nested_without_end_is_refused(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "a.json", "[" * 200_000)
    assert [each.problem for each in found.problems] == ["is nested too deeply"]


def test_lines_whose_first_was_cut_are_still_lines(tmp_path: Path) -> None:
    good = json.dumps(ONE)
    found = read(tmp_path / "a.jsonl", good[:40] + "\n" + good + "\n")
    assert [bool(each.problems) for each in found] == [True, False]


def test_a_document_larger_than_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "LARGEST_WORKBOOK", 1000)
    with pytest.raises(TooLarge):
        read(tmp_path / "a.json", json.dumps([ONE] * 20, indent=1))
