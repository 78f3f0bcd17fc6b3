"""Files of listings over HTTP: sent, reported on, given out."""

import io
import json
import zipfile
from threading import Event
from typing import Any

import pytest

from api.imports import desk as desks
from directory import database
from directory.database import Database
from directory.imports.spreadsheet import template_csv, template_workbook
from directory.listings.change_models import DuplicatePair
from directory.staff.models import Role
from tests.api.conftest import Api
from tests.directory.imports.builders import a_service

DOOR = "/api/v1/directory/imports"


def lines(*objects: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in objects)


def send(api: Api, data: bytes, role: Role = Role.SUPERVISOR, **query: Any) -> Any:
    query = {"source": "county"} | query
    return api.client.post(DOOR, content=data, params=query, headers=api.staff(role))


def test_a_file_is_taken_in_and_reported_on(any_api: Api) -> None:
    answer = send(any_api, lines(a_service(1), a_service(2, phones=[{"number": "555-0100"}])))
    assert answer.status_code == 201
    report = answer.json()
    assert (report["added"], report["rejected"], report["status"]) == (1, 1, "done")
    assert report["remarks"] == [
        {
            "file": "upload",
            "line": 2,
            "id": a_service(2)["id"],
            "field": "phones[0]",
            "problem": "is not a number that can be dialled",
            "remedy": "write it as 630-555-0100",
            "rejected": True,
        }
    ]
    headers = any_api.staff(Role.ADMIN)
    assert any_api.client.get(answer.headers["Location"], headers=headers).json() == report
    assert any_api.client.get(DOOR, headers=headers).json() == {"items": [report], "next": None}
    assert send(any_api, lines(a_service(1))).json()["unchanged"] == 1


def test_a_form_with_a_file_is_as_good(api: Api) -> None:
    text = "Organization,Service,Needs,Phone\nExample House,Pantry,food,630-555-0100\n"
    files = {"file": ("C:\\lists\\house.csv", text.encode(), "text/csv")}
    answer = api.client.post(
        DOOR, files=files, params={"source": "house"}, headers=api.staff(Role.SUPERVISOR)
    )
    assert answer.status_code == 201
    assert (answer.json()["added"], answer.json()["format"]) == (1, "spreadsheet")


def test_doubles_are_looked_for_after_an_import(api: Api) -> None:
    phones = [{"number": "630-555-0142"}]
    send(api, lines(*(a_service(each, name="Grace Pantry", phones=phones) for each in (1, 2))))
    with database.read_scope() as session:
        assert len(session.query(DuplicatePair).all()) == 1


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "empty_file"),
        (b"%PDF-1.7", 422, "format_unknown"),
        (b"PK\x03\x04broken", 422, "not_readable"),
        (b"organizations:\n- id: x\n", 422, "format_unknown"),
        (b"a,b\n1,2\n", 422, "not_the_template"),
    ],
)
def test_what_is_none_of_ours_is_refused(api: Api, data: bytes, status: int, code: str) -> None:
    answer = send(api, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_bomb_is_refused(api: Api) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("services.csv", b"\0" * 30_000_000)
    assert send(api, out.getvalue()).json()["code"] == "unlikely_archive"


def test_a_body_that_is_too_large_is_refused_before_it_is_read(api: Api) -> None:
    headers = api.staff(Role.SUPERVISOR) | {"Content-Length": "200000000"}
    answer = api.client.post(DOOR, content=b"small", params={"source": "county"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_body_that_does_not_say_its_size_is_cut_off(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.imports.uploads.LARGEST_PACKED", 100_000)

    def pieces() -> Any:
        for _ in range(20):
            yield b"x" * 10_000

    answer = api.client.post(
        DOOR, content=pieces(), params={"source": "county"}, headers=api.staff(Role.SUPERVISOR)
    )
    assert answer.status_code == 413


def test_only_supervisors_and_administrators_pass(api: Api) -> None:
    for path in (
        DOOR,
        "/api/v1/directory/export?format=hsds-json",
        "/api/v1/directory/template.csv",
    ):
        assert api.client.get(path).status_code == 401
        assert api.client.get(path, headers=api.staff(Role.CLINICIAN)).status_code == 403
    assert send(api, lines(a_service()), Role.CLINICIAN).status_code == 403
    assert api.client.post(DOOR, content=b"x").status_code == 401
    assert send(api, lines(a_service()), source="../x").status_code == 422
    unknown = api.client.get(f"{DOOR}/nothing", headers=api.staff(Role.ADMIN))
    assert unknown.status_code == 404


def test_a_long_import_is_answered_at_once_and_only_one_goes_on(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, usual = Event(), desks.take_in.finish

    def slow(database: Database, *arguments: Any, **more: Any) -> Any:
        go.wait(20)
        return usual(database, *arguments, **more)

    monkeypatch.setattr(desks.take_in, "finish", slow)
    monkeypatch.setattr(desks.waited, "__kwdefaults__", {"seconds": 0.05})
    first = send(api, lines(a_service(1)))
    assert (first.status_code, first.json()["status"]) == (202, "running")
    assert send(api, lines(a_service(2))).json()["code"] == "import_running"
    go.set()
    headers = api.staff(Role.SUPERVISOR)
    for _ in range(200):
        report = api.client.get(first.headers["Location"], headers=headers).json()
        if report["status"] == "done":
            break
        Event().wait(0.05)
    assert report["added"] == 1


def test_the_directory_is_given_out_in_both_forms(listed: Api) -> None:
    headers = listed.staff(Role.SUPERVISOR)
    path = "/api/v1/directory/export"
    answer = listed.client.get(path, params={"format": "hsds-json"}, headers=headers)
    services = [json.loads(line) for line in answer.text.splitlines()]
    assert len(services) > 60
    packed = listed.client.get(path, params={"format": "hsds-csv"}, headers=headers)
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        table = archive.read("services.csv").decode()
        assert "datapackage.json" in archive.namelist()
    assert all(each["id"] in table for each in services)
    assert listed.client.get(path, params={"format": "x"}, headers=headers).status_code == 422


def test_the_templates_are_there(api: Api) -> None:
    headers = api.staff(Role.SUPERVISOR)
    sheet = api.client.get("/api/v1/directory/template.csv", headers=headers)
    assert sheet.content == template_csv()
    book = api.client.get("/api/v1/directory/template.xlsx", headers=headers)
    with zipfile.ZipFile(io.BytesIO(book.content)) as archive:
        assert set(archive.namelist()) == set(
            zipfile.ZipFile(io.BytesIO(template_workbook())).namelist()
        )
