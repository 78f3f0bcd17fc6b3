"""Visits as a file: who gets and sends them, what a row becomes, and that a second time is none."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from api.interchange import visit_export
from api.interchange.visit_rows import COLUMNS
from directory import database
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import AuditEntry, Person, Purpose
from directory.staff.models import Role
from directory.visits import queries
from directory.visits.models import Visit
from tests.api.conftest import Api, a_visit, problem
from tests.fakes import MORNING

HERE = "/api/v1/visits.csv"
USUAL = {
    "reference": "V-1",
    "phone": "630-555-0100",
    "occurred_at": "2026-03-18 09:30",
    "call_type": "Mental Health",
    "safe_to_text": "yes",
    "consent_sms": "yes",
    "consent_referral": "yes",
    "consent_method": "verbal",
    "name": "Maria Example",
    "language": "es",
    "disposition": "Talked on the porch",
}


def a_file(*changes: dict[str, str], without: str | None = None) -> str:
    """A file of usual rows, each changed."""
    out = io.StringIO(newline="")
    columns = [each for each in COLUMNS if each != without]
    writer = csv.DictWriter(out, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(USUAL | each for each in changes)
    return out.getvalue()


def send(api: Api, content: str | bytes, role: Role = Role.CLINICIAN) -> Response:
    headers = api.staff(role) | {"Content-Type": "text/csv"}
    return api.client.post(HERE, content=content, headers=headers)


def sent(api: Api, *changes: dict[str, str], **given: Any) -> list[tuple[int, str, str | None]]:
    """Line, result and reason of each row."""
    answer = send(api, a_file(*changes), **given)
    assert answer.status_code == 200, answer.text
    return [(each["line"], each["result"], each["why"]) for each in answer.json()["rows"]]


def exported(api: Api, **query: str) -> list[dict[str, str]]:
    answer = api.client.get(HERE, headers=api.staff(Role.SUPERVISOR), params=query)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def visits() -> list[Visit]:
    with database.read_scope() as session:
        return list(session.scalars(select(Visit).order_by(Visit.occurred_at)))


def the_person(phone: str = "+16305550100") -> Person:
    with database.read_scope() as session:
        person = people.by_phone(session, phone)
        assert person is not None
        return person


def agreed(purpose: Purpose) -> bool:
    with database.read_scope() as session:
        now = MORNING + timedelta(hours=1)
        return people.valid_consent(session, the_person().id, purpose, now=now) is not None


def planned() -> int:
    with database.read_scope() as session:
        return sum(
            each.status == "planned" for each in queries.checkins_of(session, visits()[-1].id)
        )


pytestmark = pytest.mark.usefixtures("morning")


# --- in -----------------------------------------------------------------------------------------


def test_a_row_becomes_a_visit_with_its_follow_up(any_api: Api) -> None:
    assert sent(any_api, {}) == [(2, "accepted", None)]
    [visit] = visits()
    assert visit.occurred_at == MORNING - timedelta(minutes=30)
    assert (visit.call_type, visit.disposition) == ("mental_health", "Talked on the porch")
    person = the_person()
    assert (person.name, person.language, person.safe_to_text) == ("Maria Example", "es", True)
    assert agreed(Purpose.SMS)
    assert agreed(Purpose.REFERRAL)
    assert planned() == 3


def test_the_same_file_again_changes_nothing(any_api: Api) -> None:
    rows = [{}, {"reference": "", "phone": "(630) 555-0101"}]
    assert [result for _, result, _ in sent(any_api, *rows)] == ["accepted", "accepted"]
    before = visits()
    assert [result for _, result, _ in sent(any_api, *rows)] == ["unchanged", "unchanged"]
    assert [each.id for each in visits()] == [each.id for each in before]
    with database.read_scope() as session:
        noted = session.scalars(select(AuditEntry.action)).all()
    assert noted.count("visit.upload") == 2


def test_without_a_reference_phone_time_and_kind_tell_a_visit_apart(api: Api) -> None:
    row = {"reference": ""}
    assert sent(api, row, row) == [(2, "accepted", None), (3, "unchanged", None)]
    [(_, result, why)] = sent(api, row | {"disposition": "Something else"})
    assert result == "rejected"
    assert "logged already" in str(why)
    assert len(visits()) == 1


def test_a_reference_that_stands_for_another_visit_is_refused(api: Api) -> None:
    sent(api, {})
    [(_, result, why)] = sent(api, {"phone": "630-555-0102"})
    assert (result, "another person" in str(why)) == ("rejected", True)
    [(_, result, why)] = sent(api, {"occurred_at": "2026-03-18 09:45"})
    assert (result, "something else" in str(why)) == ("rejected", True)


def test_what_was_corrected_or_voided_since_stays_so(api: Api) -> None:
    sent(api, {})
    path = f"/api/v1/visits/{visits()[0].id}"
    headers = api.staff()
    api.client.patch(path, json={"call_type": "elderly"}, headers=headers)
    assert sent(api, {}) == [(2, "unchanged", None)]
    api.client.post(f"{path}/void", json={"reason": "Somebody else's"}, headers=headers)
    assert sent(api, {}) == [(2, "unchanged", None)]
    assert visits()[0].voided_at is not None
    assert visits()[0].call_type == "elderly"


@pytest.mark.parametrize("column", ["consent_sms", "safe_to_text"])
@pytest.mark.parametrize("said", ["", "no"])
def test_an_empty_consent_is_none(api: Api, column: str, said: str) -> None:
    assert sent(api, {column: said})[0][1] == "accepted"
    assert planned() == 0
    if column == "consent_sms":
        assert not agreed(Purpose.SMS)


def test_no_consent_at_all_needs_no_method(api: Api) -> None:
    no = {"consent_sms": "", "consent_referral": "", "consent_method": ""}
    assert sent(api, no)[0][1] == "accepted"
    [(_, result, why)] = sent(api, {"reference": "V-2", "consent_method": ""})
    assert (result, "verbal or written" in str(why)) == ("rejected", True)


def test_substance_use_is_agreed_to_apart(api: Api) -> None:
    [(_, result, why)] = sent(api, {"reference": "V-0", "consent_substance_use": "yes"})
    assert (result, "in writing" in str(why)) == ("rejected", True)
    sent(api, {"consent_substance_use": "yes", "consent_method": "written"})
    assert agreed(Purpose.SUBSTANCE_USE)
    sent(api, {"reference": "V-2", "occurred_at": "2026-03-18 09:40", "consent_substance_use": ""})
    assert not agreed(Purpose.SUBSTANCE_USE)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"phone": "911"}, "not a phone number"),
        ({"phone": ""}, "not a phone number"),
        ({"occurred_at": "yesterday"}, "Write occurred_at like"),
        ({"occurred_at": "2026-03-18"}, "Write occurred_at like"),
        ({"occurred_at": "2026-03-08 02:30"}, "clocks went forward"),
        ({"occurred_at": "1899-12-30 00:00"}, "date of the visit"),
        ({"occurred_at": "2027-03-18 09:30"}, "logged when it has been"),
        ({"occurred_at": "0001-01-01 00:00"}, "date of the visit"),
        ({"call_type": "burglary"}, "The call_type is one of"),
        ({"call_type": ""}, "The call_type is one of"),
        ({"consent_sms": "perhaps"}, "Write yes or no in consent_sms"),
        ({"safe_to_text": "?"}, "Write yes or no in safe_to_text"),
        ({"consent_method": "by fax"}, "The consent_method is one of"),
        ({"language": "fr"}, "The language is en or es"),
        ({"name": "x" * 121}, "at most 120"),
        ({"disposition": "x" * 2001}, "at most 2000"),
        ({"follow_up": "daily"}, "no such check-in plan"),
        ({"clinician": "other@city.example"}, "a supervisor sends the visits of others"),
    ],
)
def test_a_rejected_row_says_what_is_wrong_and_the_others_go_on(
    api: Api, change: dict[str, str], why: str
) -> None:
    good = {"reference": "V-2", "phone": "630-555-0101"}
    (first, *_), second = sent(api, change, good)
    _, result, said = sent(api, change, good)[0]
    assert first == 2
    assert (result, second) == ("rejected", (3, "accepted", None))
    assert why in str(said)
    assert len(visits()) == 1
    assert not any(each and each in str(said) for each in (USUAL["name"], USUAL["phone"]))


@pytest.mark.parametrize(
    "written",
    ["2026-03-18T09:30", "3/18/2026 9:30", "3/18/26 09:30", "3/18/2026 9:30 AM",
     "2026-03-18T14:30:00Z", "2026-03-18 09:30:00-05:00"],
)  # fmt: skip
def test_a_time_is_read_as_spreadsheets_write_it(api: Api, written: str) -> None:
    assert sent(api, {"occurred_at": written})[0][1] == "accepted"
    assert visits()[0].occurred_at == MORNING - timedelta(minutes=30)


def test_a_plus_that_was_made_harmless_is_a_plus(api: Api) -> None:
    assert sent(api, {"phone": "'+16305550100", "disposition": "'=1+1"})[0][1] == "accepted"
    assert visits()[0].disposition == "=1+1"


def test_the_last_visit_counts_however_the_file_is_sorted(api: Api) -> None:
    rows = [
        {"reference": "V-2", "occurred_at": "2026-03-17 10:00", "consent_sms": "no"},
        {"reference": "V-1", "occurred_at": "2026-03-16 10:00"},
        {"reference": "V-3", "occurred_at": "2026-03-18 09:00"},
    ]
    assert [each[:2] for each in sent(api, *rows)] == [(n, "accepted") for n in (2, 3, 4)]
    assert agreed(Purpose.SMS)
    assert planned() > 0


def test_an_older_visit_does_not_undo_a_later_one(api: Api) -> None:
    visit = a_visit(consent={"sms": False})
    api.client.post("/api/v1/visits", json=visit, headers=api.staff())
    [(_, result, why)] = sent(api, {"occurred_at": "2026-03-17 09:30"})
    assert (result, "A later visit" in str(why)) == ("rejected", True)
    assert not agreed(Purpose.SMS)


def test_what_the_person_has_taken_back_since_is_not_given_again(api: Api) -> None:
    sent(api, {"occurred_at": "2026-03-16 09:30"})
    with database.session_scope() as session:
        person = people.by_id(session, the_person().id)
        assert person is not None
        people_service.revoke(session, person, Purpose.REFERRAL, now=MORNING)
    row = {"reference": "V-2", "occurred_at": "2026-03-17 09:30"}
    [(_, result, why)] = sent(api, row)
    assert (result, "taken this back since (referral)" in str(why)) == ("rejected", True)
    assert sent(api, row | {"consent_referral": ""})[0][1] == "accepted"


def test_who_was_marked_as_not_safe_since_stays_so(api: Api) -> None:
    sent(api, {"occurred_at": "2026-03-16 09:30"})
    with database.session_scope() as session:
        session.get_one(Person, the_person().id).safe_to_text = False
    row = {"reference": "V-2", "occurred_at": "2026-03-17 09:30"}
    [(_, result, why)] = sent(api, row)
    assert (result, "not safe to text" in str(why)) == ("rejected", True)
    assert sent(api, row | {"safe_to_text": ""})[0][1] == "accepted"


def test_a_visit_of_weeks_ago_sends_nothing_late(api: Api) -> None:
    sent(api, {"occurred_at": "2026-02-18 09:30"})
    assert planned() == 0


def test_a_supervisor_sends_the_visits_of_others(api: Api) -> None:
    api.add_account("ana@city.example")
    rows = [{"clinician": "Ana@city.example"}, {"reference": "V-2", "clinician": "no@city.example"}]
    assert [each[1] for each in sent(api, *rows, role=Role.SUPERVISOR)] == ["accepted", "rejected"]
    assert [each["clinician"] for each in exported(api)] == ["ana@city.example"]


@pytest.mark.parametrize("column", ["consent_sms", "consent_referral", "safe_to_text", "phone"])
def test_consent_is_never_taken_from_a_column_that_is_not_there(api: Api, column: str) -> None:
    answer = send(api, a_file({}, without=column))
    assert column in problem(answer, 422, "not_a_table")["detail"]
    assert visits() == []


def test_what_is_no_file_is_refused_whole(api: Api) -> None:
    problem(send(api, b"PK\x03\x04\x00"), 422, "not_a_table")
    problem(send(api, b"x" * 1_000_001), 413, "too_large")


# --- out, and who may ---------------------------------------------------------------------------


def test_the_file_holds_neither_names_nor_numbers_and_no_cell_runs(api: Api) -> None:
    sent(api, {"disposition": "=SUM(A1)"})
    [line] = exported(api)
    assert (line["occurred_at"], line["call_type"]) == ("2026-03-18 09:30", "mental_health")
    assert (line["disposition"], line["safe_to_text"]) == ("'=SUM(A1)", "yes")
    assert (line["person_id"], line["follow_up"]) == (the_person().id, "standard")
    assert not any("Maria" in cell or "555" in cell for cell in line.values())


def test_since_leaves_out_what_has_not_changed(api: Api) -> None:
    sent(api, {}, {"reference": "V-2", "phone": "630-555-0101"})
    with database.session_scope() as session:
        for visit in session.scalars(select(Visit)):
            visit.created_at -= timedelta(days=1)
    first = visits()[0].id
    headers = api.staff(Role.SUPERVISOR)
    api.client.patch(f"/api/v1/visits/{first}", json={"disposition": "More"}, headers=headers)
    assert [each["id"] for each in exported(api, since=MORNING.isoformat())] == [first]
    assert len(exported(api)) == 2


def test_whose_visits_a_file_holds_is_noted(api: Api) -> None:
    exported(api)
    sent(api, {})
    exported(api)
    with database.read_scope() as session:
        noted = session.scalars(
            select(AuditEntry.person_id).where(AuditEntry.action == "visits.export")
        ).all()
    assert set(noted) == {None, the_person().id}


def test_a_long_file_comes_a_page_at_a_time(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit_export, "AT_ONCE", 2)
    sent(api, *({"reference": f"V-{n}", "phone": f"630-555-010{n}"} for n in range(5)))
    assert len({each["id"] for each in exported(api)}) == 5


def test_the_template_is_what_the_upload_reads(api: Api) -> None:
    answer = api.client.get("/api/v1/visits-template.csv", headers=api.staff())
    assert answer.text == ",".join(COLUMNS) + "\r\n"
    assert send(api, answer.content).json() == {
        "accepted": 0, "unchanged": 0, "rejected": 0, "rows": [],
    }  # fmt: skip


def test_out_is_for_supervisors_and_in_for_who_makes_visits(api: Api) -> None:
    problem(api.client.get(HERE), 401, "token_missing")
    problem(api.client.post(HERE, content=b"x"), 401, "token_missing")
    problem(api.client.get("/api/v1/visits-template.csv"), 401, "token_missing")
    problem(api.client.get(HERE, headers=api.staff(Role.CLINICIAN)), 403, "role_missing")
    problem(send(api, a_file({}), role=Role.ADMIN), 403, "role_missing")
    assert api.client.get(HERE, headers=api.staff(Role.ADMIN)).status_code == 200
