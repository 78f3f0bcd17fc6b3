"""`handoff directory`: what a person at a terminal sees of files that go in and out."""

import json
from pathlib import Path

from directory.imports.spreadsheet import template_csv
from tests.api.terminal import Command
from tests.conftest import PARTNERS
from tests.directory.imports.builders import a_service, jsonl


def test_json_lines_go_in_once_and_bad_ones_are_named(handoff: Command, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "county.jsonl", [a_service(1), a_service(2, url="www.example.org")])
    done = handoff("directory", "load", str(path))
    assert done.returncode == 1
    assert done.stdout == f"{path}: 1 added, 0 changed, 0 unchanged, 0 removed, 1 rejected\n"
    assert done.stderr.startswith("county.jsonl:2: ")
    assert "url is no web address: write it with its beginning" in done.stderr
    again = handoff("directory", "load", str(jsonl(path, [a_service(1)])))
    assert again.returncode == 0
    assert "0 added, 0 changed, 1 unchanged" in again.stdout


def test_what_goes_out_comes_in_again(handoff: Command, tmp_path: Path) -> None:
    handoff("directory", "load", str(PARTNERS))
    for form, name in (("hsds-json", "out.jsonl"), ("hsds-csv", "out.zip"), ("hsds-csv", "out")):
        out = tmp_path / name
        written = handoff("directory", "export", "--format", form, str(out))
        assert written.returncode == 0
        count = int(written.stdout.split()[-2])
        done = handoff("directory", "load", str(out))
        assert f"0 added, 0 changed, {count} unchanged, 0 removed, 0 rejected" in done.stdout


def test_a_complete_file_ends_what_it_does_not_name(handoff: Command, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "county.jsonl", [a_service(1), a_service(2)])
    handoff("directory", "load", str(path))
    jsonl(path, [a_service(1)])
    done = handoff("directory", "load", "--complete", str(path))
    assert "1 unchanged, 1 removed" in done.stdout


def test_what_is_none_of_ours_is_one_line(handoff: Command, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    done = handoff("directory", "load", str(tmp_path / "a.pdf"))
    assert done.returncode == 1
    assert "Send HSDS JSON (lines" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_template_and_the_look_for_doubles(handoff: Command, tmp_path: Path) -> None:
    assert handoff("directory", "template", str(tmp_path / "t.csv")).returncode == 0
    assert (tmp_path / "t.csv").read_bytes() == template_csv()
    phones = [{"number": "630-555-0142"}]
    same = [a_service(each, name="Grace Pantry", phones=phones) for each in (1, 2)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, same)), encoding="utf-8")
    handoff("directory", "load", str(tmp_path / "a.jsonl"))
    assert handoff("directory", "doubles").stdout == "1 pair to look at\n"
