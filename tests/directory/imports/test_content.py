"""What a file is, told by its content; and what is refused before it is unpacked."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from directory.errors import Invalid, TooLarge
from directory.imports import limits
from directory.imports.content import default_source, look
from directory.imports.entries import Entry, Format
from directory.imports.package import RESOURCES
from directory.imports.spreadsheet import template_csv, template_workbook
from tests.directory.imports.builders import a_service, jsonl

HEADER = "id,name,description\n"


def entries(path: Path) -> list[Entry]:
    return list(look(path).entries(source="county"))


def problems(path: Path) -> list[str]:
    return [
        f"{Path(each.file).name}:{each.line} {problem.field} {problem.problem}".replace("  ", " ")
        for each in entries(path)
        for problem in each.problems
    ]


def a_package(folder: Path, **tables: str) -> Path:
    folder.mkdir()
    for name, text in tables.items():
        (folder / RESOURCES[name].file).write_text(text, encoding="utf-8")
    return folder


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_each_kind_is_known_by_its_content(tmp_path: Path) -> None:
    lines = jsonl(tmp_path / "a.txt", [a_service()])
    (tmp_path / "b.gz").write_bytes(gzip.compress(lines.read_bytes()))
    (tmp_path / "c.dat").write_bytes(template_csv())
    (tmp_path / "d.dat").write_bytes(template_workbook())
    zipped(tmp_path / "e.dat", {"x/services.csv": b"id", "x/organizations.csv": b"id"})
    zipped(tmp_path / "f.zip", {"listings.jsonl": lines.read_bytes()})
    (tmp_path / "g.yml").write_text("organizations: []\n", encoding="utf-8")
    kinds = {path.name: look(path).format for path in sorted(tmp_path.iterdir())}
    assert kinds == {
        "a.txt": Format.JSON_LINES,
        "b.gz": Format.JSON_LINES,
        "c.dat": Format.SPREADSHEET,
        "d.dat": Format.SPREADSHEET,
        "e.dat": Format.DATA_PACKAGE,
        "f.zip": Format.JSON_LINES,
        "g.yml": Format.PARTNERS,
    }
    assert entries(tmp_path / "b.gz")[0].value == entries(tmp_path / "f.zip")[0].value


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"PK\x03\x04 not really", b"hello\n"])
def test_what_is_none_of_ours_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(Invalid):
        look(tmp_path / "file")


def test_a_bad_line_of_json_is_told_of_by_its_number(tmp_path: Path) -> None:
    good = json.dumps(a_service()).encode()
    data = b"\n".join([good, b'{"id": "cut o', b"{}x}", b"", b'{"a": NaN}', b'{"\xff": 1}', good])
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + data)
    assert problems(tmp_path / "a.jsonl") == [
        "a.jsonl:2 ends in the middle",
        "a.jsonl:3 is not JSON",
        "a.jsonl:5 is not JSON",
        "a.jsonl:6 is not UTF-8",
    ]
    assert len(entries(tmp_path / "a.jsonl")) == 6


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path) -> None:
    good = json.dumps(a_service()).encode()
    (tmp_path / "a.jsonl").write_bytes(b'{"a":"' + b"x" * 5_000_000 + b'"}\n' + good)
    first, second = entries(tmp_path / "a.jsonl")
    assert first.problems[0].problem == "is longer than 2 MB"
    assert (second.line, second.problems) == (2, ())


def test_an_archive_that_unpacks_to_too_much_is_refused_unread(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"services.csv": b"\0" * 30_000_000})
    with pytest.raises(Invalid, match="far more than text can"):
        look(bomb)
    many = zipped(tmp_path / "many.zip", {f"{number}.csv": b"" for number in range(300)})
    with pytest.raises(TooLarge):
        look(many)


def test_an_archive_whose_header_lies_ends_at_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = limits.limited(io.BytesIO(b"x" * 1000), 100)
    with pytest.raises(TooLarge):
        stream.read()
    packed = gzip.compress(b'{"id":"1"}\n' * 10_000)
    (tmp_path / "a.gz").write_bytes(packed)
    monkeypatch.setattr(limits.limited, "__defaults__", (1000,))
    with pytest.raises(TooLarge):
        entries(tmp_path / "a.gz")


def test_files_outside_of_the_package_are_not_read(tmp_path: Path) -> None:
    folder = a_package(tmp_path / "p", service=HEADER, organization=HEADER)
    said = {"resources": [{"name": "phone", "path": "../../etc/passwd"}]}
    (folder / "datapackage.json").write_text(json.dumps(said), encoding="utf-8")
    (folder / "phones.csv").symlink_to("/etc/passwd")
    assert entries(folder) == []


def test_a_package_tells_of_rows_that_point_at_nothing(tmp_path: Path) -> None:
    folder = a_package(
        tmp_path / "p",
        organization="id,name,description\no1,House,A charity.\n",
        service="id,organization_id,name,status\ns1,o1,Pantry,active\ns2,o9,Lost,active\n",
        phone="id,service_id,number\np1,s1,630-555-0100\np2,s9,630-555-0101\np3,s1\n",
    )
    assert problems(folder) == [
        "phones.csv:4 is cut off",
        "phones.csv:3 service_id names no row of services.csv",
        "services.csv:3 organization_id names no organization of organizations.csv",
    ]
    [whole] = [each for each in entries(folder) if not each.problems]
    assert whole.value["phones"] == [{"id": "p1", "service_id": "s1", "number": "630-555-0100"}]
    assert whole.value["organization"]["name"] == "House"


def test_a_package_without_services_is_none(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        look(a_package(tmp_path / "a", organization=HEADER))
    with pytest.raises(Invalid):
        entries(a_package(tmp_path / "b", service=HEADER))


def test_a_source_that_nobody_names_is_called_like_its_file() -> None:
    assert default_source(Path("/x/County Food 2026.jsonl.gz")) == "county-food-2026"
    assert len(default_source(Path("x" * 80 + ".csv"))) == 33
