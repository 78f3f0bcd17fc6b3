"""Referrals as clinicians make and follow them: consent first, once, and with a whole history."""

from datetime import timedelta
from typing import Any

import pytest

from directory import database
from directory.database import new_id
from directory.listings.models import Service
from directory.notices.models import Notice
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Purpose
from directory.referrals import clocks
from directory.referrals.models import Referral
from directory.staff.models import Role
from directory.tasks.models import Task
from tests.api.conftest import problem
from tests.api.referrals.conftest import Desk, audited, stored
from tests.directory.referrals.builders import a_service, agreed
from tests.fakes import MORNING

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def count(table: type[Any]) -> int:
    with database.read_scope() as session:
        return session.query(table).count()


def withdraw_consent(person_id: str) -> None:
    with database.session_scope() as session:
        person = people.by_id(session, person_id)
        assert person is not None
        people_service.revoke(session, person, Purpose.REFERRAL, now=MORNING)


def test_a_referral_is_made_and_read_alike(desk: Desk) -> None:
    made = desk.refer(need="food")
    assert (made["status"], made["outcome"], made["outcome_reason"]) == ("requested", None, None)
    assert made["service"]["id"] == desk.service_id and made["service"]["name"]
    assert made["organization"]["id"] == desk.organization_id and made["organization"]["name"]
    assert (made["reason"], made["priority"], made["need"]) == (
        "Groceries until payday",
        "routine",
        "food",
    )
    [line] = made["history"]
    assert set(line) == {"status", "at", "by", "reason"}
    assert line["status"] == "requested" and line["by"].startswith("staff:")
    assert desk.get(f"referrals/{made['id']}").json() == made
    assert desk.get("referrals", person_id=desk.person_id).json()["items"] == [made]


def test_every_look_at_a_persons_referral_is_noted(desk: Desk) -> None:
    referral_id = desk.refer()["id"]
    desk.get(f"referrals/{referral_id}")
    desk.get("referrals", person_id=desk.person_id)
    desk.move(referral_id, "cancelled", "moved away")
    assert [action for _, action in audited(desk.person_id)] == [
        "referral.create",
        "referral.read",
        "referrals.read",
        "referral.status",
    ]


def test_without_consent_nothing_leaves(desk: Desk) -> None:
    withdraw_consent(desk.person_id)
    refused = problem(desk.post("referrals", desk.body()), 422, "consent_missing")
    assert refused["purpose"] == "referral"
    assert (count(Referral), count(Notice), count(Task)) == (0, 0, 0)


def test_substance_use_wants_a_consent_of_its_own(desk: Desk) -> None:
    with database.read_scope() as session:
        service_id = a_service(session, "substance_use").id
    refused = desk.post("referrals", desk.body(service_id=service_id))
    assert problem(refused, 422, "consent_missing")["purpose"] == "substance_use"


def test_a_service_that_takes_none_is_refused(desk: Desk) -> None:
    with database.session_scope() as session:
        session.get_one(Service, desk.service_id).accepts_referrals = False
    problem(desk.post("referrals", desk.body()), 422, "referral_not_accepted")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"person_id": UNKNOWN}, 404),
        ({"service_id": UNKNOWN}, 404),
        ({"person_id": None}, 422),
        ({"service_id": "a service"}, 422),
        ({"reason": ""}, 422),
        ({"reason": " \n "}, 422),
        ({"reason": "a\x00b"}, 422),
        ({"priority": "now"}, 422),
        ({"need": "money"}, 422),
        ({"status": "accepted"}, 422),
        ({"draft": "perhaps"}, 422),
    ],
)
def test_a_bad_body_is_refused(desk: Desk, changes: dict[str, Any], status: int) -> None:
    answer = desk.post("referrals", desk.body(**changes))
    problem(answer, status, answer.json()["code"])
    assert count(Referral) == 0


def test_the_same_key_and_body_is_the_same_referral(desk: Desk) -> None:
    key = {"Idempotency-Key": new_id()}
    first = desk.post("referrals", desk.body(), **key)
    again = desk.post("referrals", dict(reversed(desk.body().items())), **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    other = desk.post("referrals", desk.body(reason="Something else"), **key)
    problem(other, 422, "idempotency_key_reused")
    assert (count(Referral), count(Notice)) == (1, 2)


def test_the_first_answer_comes_again_whatever_has_become_of_it(desk: Desk) -> None:
    key = {"Idempotency-Key": new_id()}
    first = desk.post("referrals", desk.body(), **key).json()
    desk.move(first["id"], "rejected", "full")
    assert desk.post("referrals", desk.body(), **key).json() == first
    assert desk.get(f"referrals/{first['id']}").json()["status"] == "rejected"


def test_a_key_belongs_to_who_sent_it(desk: Desk) -> None:
    key = {"Idempotency-Key": "monday-1"}
    first = desk.post("referrals", desk.body(), **key).json()
    other = desk.api.staff(Role.SUPERVISOR) | key
    second = desk.api.client.post("/api/v1/referrals", json=desk.body(), headers=other).json()
    assert first["id"] != second["id"]


@pytest.mark.parametrize("key", ["", " ", "x" * 256])
def test_a_key_that_is_none_is_refused(desk: Desk, key: str) -> None:
    problem(desk.post("referrals", desk.body(), **{"Idempotency-Key": key}), 422, "malformed")


def test_what_was_refused_may_be_sent_again_with_the_same_key(desk: Desk) -> None:
    key = {"Idempotency-Key": "again"}
    with database.session_scope() as session:
        session.get_one(Service, desk.service_id).accepts_referrals = False
    problem(desk.post("referrals", desk.body(), **key), 422, "referral_not_accepted")
    with database.session_scope() as session:
        session.get_one(Service, desk.service_id).accepts_referrals = True
    assert desk.post("referrals", desk.body(), **key).status_code == 201


def test_a_draft_tells_nobody_until_it_is_sent(desk: Desk) -> None:
    draft = desk.refer(draft=True)
    assert (draft["status"], count(Notice)) == ("draft", 0)
    sent = desk.move(draft["id"], "requested").json()
    assert [line["status"] for line in sent["history"]] == ["draft", "requested"]
    assert count(Notice) == 2


def test_a_draft_is_not_sent_once_consent_is_withdrawn(desk: Desk) -> None:
    draft = desk.refer(draft=True)
    withdraw_consent(desk.person_id)
    problem(desk.move(draft["id"], "requested"), 422, "consent_missing")
    assert count(Notice) == 0


def test_staff_writes_down_what_the_partner_says_by_phone(desk: Desk) -> None:
    referral = desk.refer()
    accepted = desk.move(referral["id"], "accepted").json()
    assert accepted["answered_at"]
    started = desk.move(referral["id"], "in-progress").json()
    assert [line["status"] for line in started["history"]] == [
        "requested",
        "accepted",
        "in-progress",
    ]


def test_an_illegal_move_says_what_is_allowed(desk: Desk) -> None:
    referral = desk.refer()
    refused = problem(desk.move(referral["id"], "completed"), 409, "move_not_allowed")
    assert refused["allowed"] == ["accepted", "cancelled", "entered-in-error", "rejected"]
    assert stored(referral["id"]).status == "requested"
    problem(desk.move(referral["id"], "cancelled"), 422, "reason_missing")
    problem(desk.move(referral["id"], "no such status"), 422, "malformed")
    problem(desk.move(UNKNOWN, "cancelled", "x"), 404, "referral_unknown")


def test_lists_are_filtered_and_paged(desk: Desk) -> None:
    ids = [desk.refer()["id"] for _ in range(3)]
    desk.move(ids[1], "cancelled", "twice")

    def listed(**query: Any) -> list[str]:
        return [each["id"] for each in desk.get("referrals", **query).json()["items"]]

    assert listed(person_id=desk.person_id) == ids
    assert listed(person_id=UNKNOWN) == []
    assert listed(status="cancelled") == [ids[1]]
    assert listed(open="true") == [ids[0], ids[2]]
    assert listed(open="false") == [ids[1]]
    page = desk.get("referrals", limit=2).json()
    rest = desk.get("referrals", limit=2, cursor=page["next"]).json()
    assert [each["id"] for each in page["items"] + rest["items"]] == ids
    assert rest["next"] is None
    problem(desk.get("referrals", status="unheard"), 422, "malformed")
    problem(desk.get("referrals", cursor="mine"), 422, "cursor_invalid")


def test_the_service_was_received(desk: Desk) -> None:
    referral = desk.refer()
    desk.move(referral["id"], "accepted")
    noted = desk.post(f"referrals/{referral['id']}/outcome", {"outcome": "service_received"}).json()
    assert (noted["outcome"], noted["status"]) == ("service_received", "accepted")
    assert noted["outcome_at"]


def test_a_no_with_its_reason_finds_the_next_and_reports_the_listing(desk: Desk) -> None:
    referral = desk.refer()
    body = {"outcome": "not_received", "reason": "wrong_number", "words": "a pizza place"}
    noted = desk.post(f"referrals/{referral['id']}/outcome", body).json()
    assert (noted["outcome"], noted["outcome_reason"]) == ("not_received", "wrong_number")
    assert noted["suggestions"] and all(each["name"] for each in noted["suggestions"])
    with database.read_scope() as session:
        kinds = {task.kind for task in session.query(Task)}
    assert kinds == {"referral_not_received", "listing_report"}
    mended = desk.post(f"referrals/{referral['id']}/outcome", {"outcome": "service_received"})
    assert mended.json()["outcome_reason"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": "fine"},
        {"outcome": "not_received", "reason": "far"},
        {"outcome": "service_received", "reason": "full"},
        {"outcome": "not_received", "words": "no reason to it"},
    ],
)
def test_an_outcome_that_says_nothing_is_refused(desk: Desk, body: dict[str, Any]) -> None:
    referral = desk.refer()
    problem(desk.post(f"referrals/{referral['id']}/outcome", body), 422, "malformed")


def test_nothing_comes_of_a_draft(desk: Desk) -> None:
    draft = desk.refer(draft=True)
    answer = desk.post(f"referrals/{draft['id']}/outcome", {"outcome": "unknown"})
    problem(answer, 409, "never_sent")
    problem(desk.post(f"referrals/{draft['id']}/remarks", {"text": "?"}), 409, "referral_draft")


def test_staff_answers_the_partner(desk: Desk) -> None:
    referral = desk.refer()
    answer = desk.post(f"referrals/{referral['id']}/remarks", {"text": "A cat, no dogs."})
    assert answer.status_code == 201
    [remark] = answer.json()["remarks"]
    assert remark["text"] == "A cat, no dogs." and remark["by"].startswith("staff:")
    with database.read_scope() as session:
        assert session.query(Notice).filter_by(kind="referral_answered").count() == 1
    desk.move(referral["id"], "cancelled", "moved away")
    late = desk.post(f"referrals/{referral['id']}/remarks", {"text": "Too late"})
    problem(late, 409, "referral_ended")


def test_a_declined_referral_goes_on_to_a_suggestion(desk: Desk) -> None:
    first = desk.refer(need="food", priority="urgent")
    declined = desk.move(first["id"], "rejected", "full").json()
    service_id = declined["suggestions"][0]["id"]
    key = {"Idempotency-Key": "next"}
    path, body = f"referrals/{first['id']}/next", {"service_id": service_id}
    answer = desk.post(path, body, **key)
    assert answer.status_code == 201, answer.text
    following = answer.json()
    assert following["replaces_id"] == first["id"]
    assert following["service"]["id"] == service_id
    assert following["person_id"] == desk.person_id
    kept = ("reason", "priority", "need")
    assert [following[name] for name in kept] == [first[name] for name in kept]
    assert desk.post(path, body, **key).json()["id"] == following["id"]
    problem(desk.post(path, body), 422, "not_suggested")
    assert count(Referral) == 2


def test_going_on_takes_back_what_no_partner_has_answered(desk: Desk) -> None:
    first = desk.refer(need="food")
    with database.session_scope() as session:
        clocks.look(session, now=MORNING + timedelta(days=3))
    waiting = desk.get(f"referrals/{first['id']}").json()
    assert (waiting["status"], bool(waiting["suggestions"])) == ("requested", True)
    body = {"service_id": waiting["suggestions"][0]["id"]}
    assert desk.post(f"referrals/{first['id']}/next", body).status_code == 201
    assert desk.get(f"referrals/{first['id']}").json()["status"] == "cancelled"


def test_going_on_asks_for_consent_again(desk: Desk) -> None:
    first = desk.refer(need="food")
    declined = desk.move(first["id"], "rejected", "full").json()
    withdraw_consent(desk.person_id)
    body = {"service_id": declined["suggestions"][0]["id"]}
    problem(desk.post(f"referrals/{first['id']}/next", body), 422, "consent_missing")
    assert count(Referral) == 1
    problem(desk.post(f"referrals/{UNKNOWN}/next", body), 404, "referral_unknown")


def test_staff_reports_a_listing(desk: Desk) -> None:
    with database.read_scope() as session:
        slug = session.get_one(Service, desk.service_id).slug
    answer = desk.post(f"services/{slug}/reports", {"kind": "closed", "note": "Doors shut"})
    assert answer.status_code == 201
    report = answer.json()
    assert (report["service_id"], report["kind"]) == (desk.service_id, "closed")
    with database.read_scope() as session:
        [task] = session.query(Task)
    assert (task.kind, task.service_id) == ("listing_report", desk.service_id)
    problem(desk.post("services/nowhere/reports", {"kind": "closed"}), 404, "service_not_found")
    problem(desk.post(f"services/{slug}/reports", {"kind": "ugly"}), 422, "malformed")


def test_only_staff_comes_in(desk: Desk) -> None:
    client = desk.api.client
    for method, path in [
        ("POST", "referrals"),
        ("GET", "referrals"),
        ("GET", f"referrals/{UNKNOWN}"),
        ("POST", f"referrals/{UNKNOWN}/status"),
        ("POST", f"referrals/{UNKNOWN}/next"),
        ("POST", "services/x/reports"),
    ]:
        for headers in ({}, {"Authorization": "Bearer no"}, desk.partner_headers()):
            answer = client.request(method, f"/api/v1/{path}", content=b"{", headers=dict(headers))
            problem(answer, 401, answer.json()["code"])


def test_two_people_are_two_records(desk: Desk) -> None:
    with database.session_scope() as session:
        other = agreed(session, phone="+16305550101")
    desk.refer()
    desk.refer(person_id=other)
    desk.get("referrals")
    assert ("referrals.read" in [a for _, a in audited(other)]) and len(audited(other)) == 2
