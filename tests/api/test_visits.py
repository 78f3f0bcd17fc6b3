"""POST /api/v1/visits: what a clinician logs, and which check-ins come of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from directory import database
from directory.checkins.models import CheckIn
from directory.people import queries as people
from directory.people import service as people_service
from directory.staff.models import Role
from directory.visits.models import CallType, Visit
from tests.api.conftest import PHONE, Api, a_visit, problem
from tests.factories import CHICAGO
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("morning")
HOUR = timedelta(hours=1)


def log(api: Api, **changes: Any) -> dict[str, Any]:
    answer = api.client.post("/api/v1/visits", json=a_visit(**changes), headers=api.staff())
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def due_times(visit: dict[str, Any]) -> list[datetime]:
    return [datetime.fromisoformat(each["due_at"]) for each in visit["checkins"]]


def test_a_visit_with_consent_plans_three_check_ins(any_api: Api) -> None:
    visit = log(any_api)
    assert set(visit) >= {"id", "person_id", "checkins"}
    assert all(set(each) == {"id", "due_at", "status"} for each in visit["checkins"])
    assert [each["status"] for each in visit["checkins"]] == ["planned"] * 3
    assert due_times(visit) == [
        MORNING + after for after in (24 * HOUR, 72 * HOUR, timedelta(days=14))
    ]


@pytest.mark.parametrize("call_type", list(CallType))
@pytest.mark.parametrize("safe", [True, False, None])
@pytest.mark.parametrize("follow_up", [None, "standard", "none"])
def test_who_gets_check_ins(
    api: Api, call_type: CallType, safe: bool | None, follow_up: str | None
) -> None:
    visit = log(api, call_type=call_type, person={"safe_to_text": safe}, follow_up=follow_up)
    violence = call_type is CallType.DOMESTIC_VIOLENCE
    expected = follow_up or ("none" if violence else "standard")
    assert visit["follow_up"] == expected
    assert len(visit["checkins"]) == (3 if expected == "standard" and safe is True else 0)


def test_what_was_not_said_is_the_cautious_answer(api: Api) -> None:
    body = a_visit()
    body["person"] = {"phone": PHONE}
    del body["disposition"]
    answer = api.client.post("/api/v1/visits", json=body, headers=api.staff())
    assert answer.status_code == 201
    assert answer.json()["checkins"] == []
    body["person"]["safe_to_text"] = True
    body["call_type"] = "domestic_violence"
    answer = api.client.post("/api/v1/visits", json=body, headers=api.staff())
    assert (answer.json()["follow_up"], answer.json()["checkins"]) == ("none", [])


def test_without_consent_to_texts_there_are_no_check_ins(api: Api) -> None:
    for call_type in CallType:
        visit = log(api, call_type=call_type, consent={"sms": False}, follow_up="standard")
        assert visit["checkins"] == []


def test_consent_to_a_referral_is_another_question(api: Api) -> None:
    assert len(log(api, consent={"referral": False})["checkins"]) == 3


@pytest.mark.parametrize("hour", range(24))
def test_no_check_in_is_due_in_quiet_hours(api: Api, hour: int) -> None:
    occurred = (MORNING - 24 * HOUR + hour * HOUR).astimezone(CHICAGO)
    for due in due_times(log(api, occurred_at=occurred.isoformat())):
        assert 9 <= due.astimezone(CHICAGO).hour < 20


def test_an_earlier_visit_s_check_ins_are_replaced(api: Api) -> None:
    first, second = log(api), log(api)
    assert first["person_id"] == second["person_id"]
    query = {"person_id": first["person_id"]}
    answer = api.client.get("/api/v1/checkins", params=query, headers=api.staff())
    statuses = {each["id"]: each["status"] for each in answer.json()["items"]}
    assert {statuses[each["id"]] for each in first["checkins"]} == {"cancelled"}
    assert {statuses[each["id"]] for each in second["checkins"]} == {"planned"}


@pytest.mark.parametrize(
    "later",
    [{"person": {"safe_to_text": None}}, {"consent": {"sms": False}}, {"follow_up": "none"}],
    ids=["not asked again", "no more texts", "no follow-up"],
)
def test_a_later_visit_without_check_ins_ends_the_earlier_ones(
    api: Api, later: dict[str, Any]
) -> None:
    person_id = log(api)["person_id"]
    log(api, **later)
    answer = api.client.get(f"/api/v1/checkins?person_id={person_id}", headers=api.staff())
    assert {each["status"] for each in answer.json()["items"]} == {"cancelled"}


def test_who_asked_for_silence_gets_no_check_ins(api: Api) -> None:
    person_id = log(api)["person_id"]
    with database.session_scope() as session:
        person = people.by_id(session, person_id)
        assert person is not None
        people_service.opt_out(session, person, now=MORNING)
    assert log(api)["checkins"] == []


def test_a_number_is_one_person_however_it_is_written(api: Api) -> None:
    written = [PHONE, "630-555-0100", "(630) 555-0100", " 6305550100 ", "+1 630 555 0100"]
    assert len({log(api, person={"phone": each})["person_id"] for each in written}) == 1


def test_a_visit_of_long_ago_plans_only_what_is_not_stale(api: Api) -> None:
    ten_days_ago = MORNING - timedelta(days=10)
    assert len(log(api, occurred_at=ten_days_ago.isoformat())["checkins"]) == 1
    assert log(api, occurred_at=(MORNING - timedelta(days=90)).isoformat())["checkins"] == []


def test_any_zone_is_understood(api: Api) -> None:
    for written in (
        "2026-03-18T10:00:00-05:00",
        "2026-03-18T15:00:00Z",
        "2026-03-19T00:00:00+09:00",
    ):
        assert due_times(log(api, occurred_at=written))[0] == MORNING + 24 * HOUR


WRONG: list[dict[str, Any]] = [
    {"occurred_at": "2026-03-18T15:00:00"},  # whose clock?
    {"occurred_at": "yesterday"},
    {"occurred_at": None},
    {"occurred_at": "2026-02-30T10:00:00Z"},
    {"call_type": "burglary"},
    {"call_type": None},
    {"follow_up": "Every week!"},
    {"follow_up": ""},
    {"follow_up": "x" * 41},
    {"occurred_at": 1700000000},
    {"occurred_at": "1700000000"},
    {"occurred_at": "1700000000.5"},
    {"disposition": 7},
    {"disposition": "x" * 2001},
    {"disposition": "quiet\x00now"},
    {"consent": None},
    {"person": "Maria"},
    {"unknown_field": 1},
    {"clinician_id": "somebody else"},
]
WRONG_PERSON: list[dict[str, Any]] = [
    {"phone": None},
    {"phone": 6305550100},
    {"name": ""},
    {"name": "   "},
    {"name": "M\x00ria"},
    {"name": "x" * 121},
    {"language": "fr"},
    {"safe_to_text": "perhaps"},
    {"safe_to_text": "yes"},
    {"safe_to_text": 1},
    {"id": "chosen"},
    {"number_shared": "perhaps"},
    {"code_word": "x"},
    {"code_word": "blue\x00bird"},
]
WRONG_CONSENT: list[dict[str, Any]] = [
    {"sms": None},
    {"sms": "true"},
    {"sms": 1},
    {"referral": "no"},
    {"method": "telepathic"},
    {"by": "me"},
    {"substance_use": "perhaps"},
    {"expires_at": "2026-06-01"},
]


def wrong_bodies() -> list[dict[str, Any]]:
    whole = [a_visit() | change for change in WRONG]
    person = [a_visit(person=change) for change in WRONG_PERSON]
    consent = [a_visit(consent=change) for change in WRONG_CONSENT]
    missing = [
        {key: value for key, value in a_visit().items() if key != left_out}
        for left_out in ("person", "call_type", "occurred_at", "consent")
    ]
    return [*whole, *person, *consent, *missing]


@pytest.mark.parametrize("body", wrong_bodies())
def test_a_wrong_body_is_malformed_and_changes_nothing(api: Api, body: dict[str, Any]) -> None:
    answer = api.client.post("/api/v1/visits", json=body, headers=api.staff())
    problem(answer, 422, "malformed")
    with database.read_scope() as session:
        assert people.by_phone(session, PHONE) is None


@pytest.mark.parametrize("phone", ["555-01", "1234", "not a number", "+999 123", "+1630555010000"])
def test_a_number_that_nobody_can_be_texted_at_is_refused(api: Api, phone: str) -> None:
    body = a_visit(person={"phone": phone})
    answer = api.client.post("/api/v1/visits", json=body, headers=api.staff())
    problem(answer, 422, "phone_invalid")
    assert phone not in answer.text


def test_an_absurd_year_is_a_slip(any_api: Api) -> None:
    headers = any_api.staff()
    for written in (
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00",
        "1826-03-18T15:00:00Z",
        "2206-03-18T15:00:00Z",
    ):
        answer = any_api.client.post(
            "/api/v1/visits", json=a_visit(occurred_at=written), headers=headers
        )
        problem(answer, 422, "occurred_at_implausible")


@pytest.mark.parametrize("ahead", [timedelta(minutes=61), timedelta(days=1)])
def test_what_has_not_happened_yet_is_no_visit(any_api: Api, ahead: timedelta) -> None:
    body = a_visit(occurred_at=(datetime.now(UTC) + ahead).isoformat())
    answer = any_api.client.post("/api/v1/visits", json=body, headers=any_api.staff())
    problem(answer, 422, "occurred_at_implausible")


def test_a_plan_that_there_is_not_is_refused_and_the_others_named(any_api: Api) -> None:
    body = a_visit(follow_up="weekly")
    answer = any_api.client.post("/api/v1/visits", json=body, headers=any_api.staff())
    refused = problem(answer, 422, "follow_up_unknown")
    assert {"standard", "caring_contacts", "none"} <= set(refused["allowed"])
    with database.read_scope() as session:
        assert people.by_phone(session, PHONE) is None


def test_caring_contacts_go_on_for_a_year(api: Api) -> None:
    visit = log(api, follow_up="caring_contacts")
    assert visit["follow_up"] == "caring_contacts"
    assert due_times(visit)[-1] > MORNING + timedelta(days=360)


def test_repeat_visits_are_counted(any_api: Api) -> None:
    assert [log(any_api)["visit_number"] for _ in range(3)] == [1, 2, 3]
    assert log(any_api, person={"phone": "+16305550101"})["visit_number"] == 1


@pytest.mark.parametrize("written", ["1e300", "-1", "1" + "0" * 40, "1e999", "NaN", "true", "{}"])
def test_a_date_that_is_none_breaks_nothing(api: Api, written: str) -> None:
    body = json.dumps(a_visit(occurred_at="HERE")).replace('"HERE"', written)
    headers = api.staff() | {"Content-Type": "application/json"}
    answer = api.client.post("/api/v1/visits", content=body, headers=headers)
    problem(answer, 422, answer.json()["code"])


def test_a_visit_a_little_ahead_of_our_clock_is_logged(api: Api) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=5)
    assert len(log(api, occurred_at=ahead.isoformat())["checkins"]) == 3


def test_what_was_sent_is_never_repeated(api: Api) -> None:
    body = a_visit(person={"phone": "630-555-0177", "name": "", "630-555-0178": "secret-words"})
    body |= {"call_type": "secret-words", "Maria Example": 1, "disposition": ["secret-words"]}
    answer = api.client.post("/api/v1/visits", json=body, headers=api.staff())
    problem(answer, 422, "malformed")
    for sent in ("555-017", "secret-words", "Maria"):
        assert sent not in answer.text
    where = {each["where"] for each in answer.json()["errors"]}
    assert {"body.person.name", "body.call_type", "body.disposition"} <= where


def test_a_visit_with_a_key_is_logged_once(any_api: Api) -> None:
    headers = any_api.staff() | {"Idempotency-Key": "the report of Tuesday"}
    first, again = (
        any_api.client.post("/api/v1/visits", json=a_visit(), headers=headers) for _ in range(2)
    )
    assert first.status_code == again.status_code == 201
    assert again.json() == first.json()
    with database.read_scope() as session:
        assert session.query(Visit).count() == 1
        assert session.query(CheckIn).count() == 3
    other = any_api.client.post(
        "/api/v1/visits", json=a_visit(call_type="elderly"), headers=headers
    )
    problem(other, 422, "idempotency_key_reused")
    colleague = any_api.staff(Role.SUPERVISOR) | {"Idempotency-Key": "the report of Tuesday"}
    theirs = any_api.client.post("/api/v1/visits", json=a_visit(), headers=colleague)
    assert theirs.json()["id"] != first.json()["id"], "a key is its owner's"


def test_a_visit_that_was_refused_leaves_its_key_free(api: Api) -> None:
    headers = api.staff() | {"Idempotency-Key": "k"}
    refused = api.client.post("/api/v1/visits", json=a_visit(follow_up="no such"), headers=headers)
    assert refused.status_code == 422
    assert api.client.post("/api/v1/visits", json=a_visit(), headers=headers).status_code == 201
