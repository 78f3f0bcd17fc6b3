"""The partner API: its own referrals only, no person before acceptance, every look noted."""

from typing import Any

import pytest
from httpx import Response

from directory import database
from directory.conversations import service as conversations
from directory.conversations.memory import Memory
from directory.listings.models import Service
from directory.notices.models import Notice
from directory.partners import service as partners
from directory.people import service as people
from directory.people.models import Person, Purpose
from directory.tasks.models import Task
from tests.api.conftest import problem
from tests.api.referrals.conftest import Desk, audited
from tests.factories import PHONE
from tests.fakes import MORNING

UNKNOWN = "00000000-0000-4000-8000-000000000000"
REASON = "Groceries until payday"


class Partner:
    """An organisation's system with its key."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.headers = desk.partner_headers()

    def get(self, path: str = "", **query: Any) -> Response:
        return self.desk.api.client.get(
            f"/api/v1/partner/referrals{path}", params=query, headers=self.headers
        )

    def post(self, path: str, body: Any) -> Response:
        return self.desk.api.client.post(
            f"/api/v1/partner/referrals/{path}", json=body, headers=self.headers
        )

    def move(self, referral_id: str, status: str, reason: str | None = None) -> Response:
        return self.post(f"{referral_id}/status", {"status": status, "reason": reason})


@pytest.fixture(name="partner")
def _partner(desk: Desk) -> Partner:
    with database.session_scope() as session:
        person = session.get_one(Person, desk.person_id)
        person.name, person.language = "Maria Example", "es"
        conversations.remember(session, person.id, Memory(place="60540"), now=MORNING)
    return Partner(desk)


def test_before_acceptance_a_partner_sees_the_minimum(partner: Partner) -> None:
    referral = partner.desk.refer(need="food", priority="urgent")
    answer = partner.get(f"/{referral['id']}")
    seen = answer.json()
    assert seen["person"] is None and not seen["withheld"]
    assert (seen["priority"], seen["need"]) == ("urgent", "food")
    assert (seen["language"], seen["town"]) == ("es", "Naperville")
    assert seen["service"]["name"] == referral["service"]["name"]
    assert seen["allowed"] == ["accepted", "rejected"]
    assert seen["history"][0]["by"] == "staff"
    for secret in ("Maria", PHONE, REASON, "60540", partner.desk.person_id):
        assert secret not in answer.text
        assert secret not in partner.get().text
    assert [action for _, action in audited(partner.desk.person_id)] == ["referral.create"]


def test_after_acceptance_a_partner_sees_whom_to_call_and_how(partner: Partner) -> None:
    referral = partner.desk.refer()
    accepted = partner.move(referral["id"], "accepted").json()
    assert accepted["person"] == {
        "name": "Maria Example",
        "phone": PHONE,
        "reason": REASON,
        "safe_to_text": True,
        "number_shared": False,
        "note": "Texts are fine.",
    }
    assert accepted["history"][-1]["by"].startswith("partner:")
    actors = {actor for actor, action in audited(partner.desk.person_id) if "read" in action}
    assert actors == {accepted["history"][-1]["by"]}


@pytest.mark.parametrize("safe", [None, False])
def test_where_texts_are_not_safe_no_message_is_left(partner: Partner, safe: bool | None) -> None:
    with database.session_scope() as session:
        person = session.get_one(Person, partner.desk.person_id)
        person.safe_to_text, person.number_shared = safe, True
    referral = partner.desk.refer()
    person = partner.move(referral["id"], "accepted").json()["person"]
    assert (person["safe_to_text"], person["number_shared"]) == (False, True)
    assert "do not leave a message" in person["note"] and "Others use this phone" in person["note"]


def test_a_number_that_is_somebody_elses_is_not_given(partner: Partner) -> None:
    referral = partner.desk.refer()
    with database.session_scope() as session:
        person = session.get_one(Person, partner.desk.person_id)
        people.give_up_number(session, person, now=MORNING)
    seen = partner.move(referral["id"], "accepted")
    assert seen.json()["person"]["phone"] is None
    assert PHONE not in seen.text


def test_once_consent_has_ended_nothing_more_is_shown(partner: Partner) -> None:
    referral = partner.desk.refer()
    partner.move(referral["id"], "accepted")
    with database.session_scope() as session:
        person = session.get_one(Person, partner.desk.person_id)
        people.revoke(session, person, Purpose.REFERRAL, now=MORNING)
    answer = partner.get(f"/{referral['id']}")
    assert (answer.json()["person"], answer.json()["withheld"]) == (None, True)
    assert "Maria" not in answer.text and REASON not in answer.text


def test_at_the_end_the_minimum_is_left(partner: Partner) -> None:
    referral = partner.desk.refer()
    partner.move(referral["id"], "accepted")
    done = partner.move(referral["id"], "completed")
    assert (done.json()["status"], done.json()["person"]) == ("completed", None)
    assert "Maria" not in done.text and REASON not in done.text


def talked(partner: Partner) -> str:
    """The id of a referral that the partner has accepted, after a question and its answer."""
    referral_id: str = partner.desk.refer()["id"]
    partner.post(f"{referral_id}/remarks", {"text": "Any pets?"})
    partner.desk.post(f"referrals/{referral_id}/remarks", {"text": "Maria has a cat."})
    partner.move(referral_id, "accepted")
    return referral_id


def remarks_to(partner: Partner, referral_id: str) -> list[str]:
    return [each["text"] for each in partner.get(f"/{referral_id}").json()["remarks"]]


def test_what_staff_answered_is_read_while_consent_stands_and_the_referral_is_open(
    partner: Partner,
) -> None:
    referral_id = talked(partner)
    assert remarks_to(partner, referral_id) == ["Any pets?", "Maria has a cat."]
    partner.move(referral_id, "completed")
    assert remarks_to(partner, referral_id) == ["Any pets?"]
    assert "a cat" not in partner.get().text


def test_once_consent_has_ended_the_partner_keeps_its_own_questions(partner: Partner) -> None:
    referral_id = talked(partner)
    with database.session_scope() as session:
        person = session.get_one(Person, partner.desk.person_id)
        people.revoke(session, person, Purpose.REFERRAL, now=MORNING)
    assert remarks_to(partner, referral_id) == ["Any pets?"]


def test_the_whole_way_of_a_referral(partner: Partner) -> None:
    referral_id = partner.desk.refer()["id"]
    for status, reason in [
        ("accepted", None),
        ("on-hold", "two weeks"),
        ("in-progress", None),
        ("completed", None),
    ]:
        assert partner.move(referral_id, status, reason).status_code == 200
    history = partner.get(f"/{referral_id}").json()["history"]
    assert [line["status"] for line in history] == [
        "requested",
        "accepted",
        "on-hold",
        "in-progress",
        "completed",
    ]
    assert history[2]["reason"] == "two weeks"


def test_illegal_moves_name_what_is_allowed(partner: Partner) -> None:
    referral_id = partner.desk.refer()["id"]
    refused = problem(partner.move(referral_id, "completed"), 409, "move_not_allowed")
    assert refused["allowed"] == ["accepted", "rejected"]
    problem(partner.move(referral_id, "cancelled", "x"), 409, "move_not_allowed")
    problem(partner.move(referral_id, "rejected"), 422, "reason_missing")
    problem(partner.move(referral_id, "maybe"), 422, "malformed")
    assert partner.move(referral_id, "rejected", "full").status_code == 200
    problem(partner.move(referral_id, "accepted"), 409, "already_answered")


def test_a_question_reaches_staff_and_its_answer_the_partner(partner: Partner) -> None:
    referral_id = partner.desk.refer()["id"]
    asked = partner.post(f"{referral_id}/remarks", {"text": "Any pets?"})
    assert asked.status_code == 201
    with database.read_scope() as session:
        [task] = session.query(Task)
    assert task.kind == "referral_question" and "Any pets?" in (task.note or "")
    partner.desk.post(f"referrals/{referral_id}/remarks", {"text": "A cat."})
    remarks = partner.get(f"/{referral_id}").json()["remarks"]
    assert [(each["text"], each["by"].split(":")[0]) for each in remarks] == [
        ("Any pets?", "partner"),
        ("A cat.", "staff"),
    ]


def test_other_organisations_know_nothing_of_it(partner: Partner) -> None:
    referral_id = partner.desk.refer()["id"]
    with database.session_scope() as session:
        other = (
            session.query(Service)
            .filter(Service.organization_id != partner.desk.organization_id)
            .first()
        )
        assert other is not None
        key = partners.issue_key(session, other.organization_id, now=MORNING)
    partner.headers = {"X-API-Key": key}
    assert partner.get().json() == {"items": [], "next": None}
    for answer in (
        partner.get(f"/{referral_id}"),
        partner.move(referral_id, "accepted"),
        partner.post(f"{referral_id}/remarks", {"text": "Who is it?"}),
        partner.get(f"/{UNKNOWN}"),
    ):
        problem(answer, 404, "referral_unknown")
    assert partner.desk.get(f"referrals/{referral_id}").json()["status"] == "requested"


def test_drafts_and_mistakes_are_not_the_partners_to_see(partner: Partner) -> None:
    draft = partner.desk.refer(draft=True)["id"]
    mistake = partner.desk.refer()["id"]
    partner.desk.move(mistake, "entered-in-error", "wrong person")
    assert partner.get().json()["items"] == []
    assert partner.get(status="draft").json()["items"] == []
    for each in (draft, mistake):
        problem(partner.get(f"/{each}"), 404, "referral_unknown")
        problem(partner.move(each, "accepted"), 404, "referral_unknown")


def test_a_draft_that_was_taken_back_was_never_sent(partner: Partner) -> None:
    draft = partner.desk.refer(draft=True)["id"]
    partner.desk.move(draft, "cancelled", "asked for another place")
    assert partner.get().json()["items"] == []
    assert partner.get(status="cancelled").json()["items"] == []
    for answer in (
        partner.get(f"/{draft}"),
        partner.move(draft, "accepted"),
        partner.post(f"{draft}/remarks", {"text": "Who is it?"}),
    ):
        problem(answer, 404, "referral_unknown")


def test_what_staff_wrote_when_taking_it_back_stays_with_staff(partner: Partner) -> None:
    referral_id = partner.desk.refer()["id"]
    partner.desk.move(referral_id, "cancelled", "went to hospital")
    answer = partner.get(f"/{referral_id}")
    assert answer.json()["status"] == "cancelled"
    assert "hospital" not in answer.text


def test_lists_are_filtered_and_paged(partner: Partner) -> None:
    ids = [partner.desk.refer()["id"] for _ in range(3)]
    partner.move(ids[1], "accepted")
    assert [each["id"] for each in partner.get(status="accepted").json()["items"]] == [ids[1]]
    page = partner.get(limit=2).json()
    rest = partner.get(limit=2, cursor=page["next"]).json()
    assert [each["id"] for each in page["items"] + rest["items"]] == ids
    problem(partner.get(status="gone"), 422, "malformed")


def test_without_a_key_nothing_is_said_of_what_was_sent(partner: Partner) -> None:
    referral_id = partner.desk.refer()["id"]
    client = partner.desk.api.client
    for headers in ({}, {"X-API-Key": "hp_guess"}, {"X-API-Key": ""}, partner.desk.headers):
        for method, path in [
            ("GET", ""),
            ("GET", "?status=gone"),
            ("GET", f"/{referral_id}"),
            ("POST", f"/{referral_id}/status"),
        ]:
            url = f"/api/v1/partner/referrals{path}"
            answer = client.request(method, url, content=b"{", headers=dict(headers))
            problem(answer, 401, answer.json()["code"])


def test_a_revoked_key_ends_at_once(partner: Partner) -> None:
    assert partner.get().status_code == 200
    with database.session_scope() as session:
        assert partners.revoke_keys(session, partner.desk.organization_id, now=MORNING) == 1
    problem(partner.get(), 401, "key_invalid")


def test_a_key_is_no_log_in_for_staff(partner: Partner) -> None:
    answer = partner.desk.api.client.get("/api/v1/referrals", headers=partner.headers)
    problem(answer, 401, "token_missing")


def test_accepting_tells_the_person(partner: Partner) -> None:
    partner.move(partner.desk.refer()["id"], "accepted")
    with database.read_scope() as session:
        kinds = {notice.kind for notice in session.query(Notice)}
    assert "referral_accepted" in kinds
