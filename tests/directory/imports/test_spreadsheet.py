"""Partners' own lists, as CSV and as Excel workbook."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from directory.database import Database
from directory.errors import Invalid
from directory.imports.clock_times import ClockError, week
from directory.imports.content import look
from directory.imports.spreadsheet import template_csv, template_workbook
from tests.directory.imports.builders import counts, exported, imported_file

HEADINGS = ["Organization", "Service", "Needs", "Phone", "ZIP", "City", "Address", "Monday"]
ROW: list[Any] = [
    "Example House", "Pantry", "Comida, shelter", "630-555-0100", 60540, "Naperville",
    "1 Example Street", "9:00 AM - 5:00 PM",
]  # fmt: skip


def a_csv(path: Path, *rows: list[Any], delimiter: str = ";") -> Path:
    lines = [delimiter.join(map(str, row)) for row in (HEADINGS, *rows)]
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def a_workbook(path: Path, *rows: list[Any]) -> Path:
    book = Workbook()
    sheet: Any = book.active
    for row in (HEADINGS, *rows):
        sheet.append(row)
    book.save(path)
    return path


def problems(path: Path) -> list[str]:
    return [
        f"{each.line} {problem.field} {problem.problem}"
        for each in look(path).entries(source="house")
        for problem in each.problems
    ]


def test_a_row_becomes_a_listing_from_either_form(db: Database, tmp_path: Path) -> None:
    path = a_csv(tmp_path / "a.csv", ROW)
    assert counts(imported_file(db, path)) == (1, 0, 0, 0)
    [shown] = exported(db)
    assert (shown["name"], shown["organization"]["name"]) == ("Pantry", "Example House")
    assert shown["phones"][0]["number"] == "630-555-0100"
    assert shown["schedules"][0]["opens_at"] == "09:00:00"
    address = shown["service_at_locations"][0]["location"]["addresses"][0]
    assert (address["postal_code"], address["state_province"]) == ("60540", "IL")
    codes = {each["taxonomy_term"]["code"] for each in shown["attributes"]}
    assert codes == {"food", "shelter"}
    same = a_workbook(tmp_path / "a.xlsx", ROW)
    assert counts(imported_file(db, same)) == (0, 0, 1, 0)


def test_everything_wrong_with_a_row_is_said_by_its_columns(tmp_path: Path) -> None:
    wrong = ["", "Pantry", "foood", "555-0100", "", "", "1 Example Street", "9-5"]
    for path in (
        a_csv(tmp_path / "a.csv", ROW, wrong),
        a_workbook(tmp_path / "a.xlsx", ROW, wrong),
    ):
        assert problems(path) == [
            "3 Organization is empty",
            "3 Needs holds a need that we do not know",
            "3 Monday is not opening hours",
            "3 Phone is not a number that can be dialled",
            "3 City is missing",
        ]


def test_of_a_confidential_service_no_address_is_taken(tmp_path: Path) -> None:
    text = "Organization,Service,Address,City,Confidential\nHouse,Shelter,1 Example Street,X,yes\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert problems(tmp_path / "a.csv") == ["2 Address is filled in beside Confidential"]


def test_the_templates_hold_one_example_that_is_no_listing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(template_csv())
    (tmp_path / "a.xlsx").write_bytes(template_workbook())
    for name in ("a.csv", "a.xlsx"):
        assert list(look(tmp_path / name).entries(source="house")) == []
    book = load_workbook(io.BytesIO(template_workbook()))
    assert book.sheetnames == ["Services", "How to fill it in"]


def test_another_table_is_not_the_template(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Invalid, match="start from the template"):
        problems(tmp_path / "a.csv")


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    data = a_workbook(tmp_path / "a.xlsx", ROW).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(data[: len(data) // 2])
    with pytest.raises(Invalid):
        problems(tmp_path / "b.xlsx")


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("9:00 AM - 5:00 PM", "Mo 09:00-17:00"),
        ("9am-12pm, 1-5 pm", "Mo 09:00-12:00,13:00-17:00"),
        ("09:00-17:00", "Mo 09:00-17:00"),
        ("8 a.m. to 4 p.m.", "Mo 08:00-16:00"),
        ("10pm-2am", "Mo 22:00-02:00"),
        ("20:00-02:00", "Mo 20:00-02:00"),
        ("24 hours", "Mo 00:00-24:00"),
        ("", None),
    ],
)
def test_hours_are_read_as_people_write_them(cell: str, hours: str | None) -> None:
    assert week([cell, *[""] * 6]) == hours


@pytest.mark.parametrize("cell", ["9-5", "9:00-5:00", "noon", "25:00-26:00", "9:75 AM - 5 PM"])
def test_hours_that_can_be_read_in_two_ways_are_refused(cell: str) -> None:
    with pytest.raises(ClockError):
        week([cell, *[""] * 6])


def test_days_with_the_same_hours_stand_together() -> None:
    assert week(["9am-5pm"] * 5 + ["closed", ""]) == "Mo-Fr 09:00-17:00"
    assert week(["24 hours"] * 7) == "24/7"
