"""Behind a partner's link: answers without a log-in, and nothing said to who only guesses."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from httpx import Response

from directory import database
from directory.conversations import service as conversations
from directory.conversations.memory import Memory
from directory.listings.models import Service
from directory.notices.models import Notice
from directory.partners.models import PartnerContact, ReferralLink
from directory.people import service as people
from directory.people.models import Person, Purpose
from directory.referrals import service as referrals
from directory.referrals.actors import partner
from directory.referrals.models import Referral, ReferralEvent, ReferralRemark
from directory.referrals.states import Status
from directory.tasks.models import Task
from tests.api.partners.conftest import link_to
from tests.api.referrals.conftest import Desk, audited, stored
from tests.directory.referrals.builders import a_contact
from tests.factories import PHONE
from tests.fakes import MORNING

REASON = "Groceries until payday & <b>diapers</b>"


class Page:
    """One contact's link to one referral, in a browser that does nothing by itself."""

    def __init__(self, desk: Desk, referral_id: str, contact_id: str) -> None:
        self.client = desk.api.client
        self.referral_id = referral_id
        self.path = link_to(referral_id, contact_id)

    def get(self, **query: str) -> Response:
        return self.client.get(self.path, params=query)

    def post(self, step: str, headers: dict[str, str] | None = None, **fields: str) -> Response:
        form = {"step": step, "language": "en"} | fields
        return self.client.post(self.path, data=form, headers=headers, follow_redirects=False)

    def accept(self) -> None:
        assert self.post("accept").status_code == 303


@pytest.fixture(name="page")
def _page(desk: Desk) -> Page:
    with database.session_scope() as session:
        person = session.get_one(Person, desk.person_id)
        person.name, person.language = "Maria Example", "es"
        conversations.remember(session, person.id, Memory(place="60540"), now=MORNING)
    return Page(desk, desk.refer(reason=REASON)["id"], desk.contact_id)


def colleague(desk: Desk, page: Page, name: str = "Night desk") -> Page:
    with database.session_scope() as session:
        first = session.get_one(PartnerContact, desk.contact_id)
        found = session.get_one(Service, session.get_one(Referral, page.referral_id).service_id)
        assert found.organization_id == first.organization_id
        other = a_contact(session, found, address="+16305550151", name=name)
    return Page(desk, page.referral_id, other.id)


def text_of(answer: Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def gone(answer: Response) -> bytes:
    """The page of a link that opens nothing."""
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    return answer.content


def count(table: type[Any]) -> int:
    with database.read_scope() as session:
        return session.query(table).count()


# --- reading ----------------------------------------------------------------------------------


def test_before_acceptance_the_page_shows_the_minimum(desk: Desk, page: Page) -> None:
    answer = page.get()
    assert answer.status_code == 200
    said = text_of(answer)
    service = desk.get(f"referrals/{page.referral_id}").json()["service"]["name"]
    for shown in (service, "Routine", "Spanish", "Naperville", "Accept", "Decline"):
        assert shown in said
    for secret in ("Maria", "0100", "Groceries", "60540", desk.person_id):
        assert secret not in answer.text
    assert "referral.read" not in [a for actor, a in audited(desk.person_id) if "partner" in actor]


def test_looking_changes_nothing(desk: Desk, page: Page) -> None:
    before = (stored(page.referral_id).status, count(ReferralEvent), count(Notice), count(Task))
    for method in ("GET", "HEAD"):
        for query in ("", "?step=accept&status=accepted", "?done=accept"):
            answer = desk.api.client.request(method, page.path + query)
            assert answer.status_code == 200
            assert "have accepted" not in answer.text
    after = (stored(page.referral_id).status, count(ReferralEvent), count(Notice), count(Task))
    assert after == before


def test_the_page_is_closed_to_everything_from_elsewhere(page: Page) -> None:
    for answer in (page.get(), page.post("accept"), page.post("?"), page.client.get("/r/guess")):
        headers = answer.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src" not in policy
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "noindex" in headers["x-robots-tag"]
        assert "<script" not in answer.text and "style=" not in answer.text
    style = page.client.get("/r/static/referral.css")
    assert style.status_code == 200 and style.headers["content-type"].startswith("text/css")


def test_after_acceptance_the_page_says_whom_to_call(desk: Desk, page: Page) -> None:
    answer = page.post("accept")
    assert answer.status_code == 303
    answer = page.client.get(answer.headers["location"])
    said = text_of(answer)
    assert "You have accepted" in said and "Maria Example" in said and "(630) 555-0100" in said
    assert f'href="tel:{PHONE}"' in answer.text
    assert "Texts to this number are fine" in said
    assert REASON in said and "<b>diapers" not in answer.text
    reads = [actor for actor, action in audited(desk.person_id) if action == "referral.read"]
    assert reads == [f"partner:{desk.contact_id}"]


@pytest.mark.parametrize(("safe", "shared"), [(None, True), (False, True), (None, False)])
def test_where_it_is_not_safe_the_page_says_so(
    desk: Desk, page: Page, safe: bool | None, shared: bool
) -> None:
    with database.session_scope() as session:
        person = session.get_one(Person, desk.person_id)
        person.safe_to_text, person.number_shared = safe, shared
    page.accept()
    said = text_of(page.get())
    assert "Do not leave a message" in said and "are fine" not in said
    assert ("Others use this phone" in said) is shared


def test_once_consent_has_ended_the_person_is_not_shown(desk: Desk, page: Page) -> None:
    page.accept()
    with database.session_scope() as session:
        person = session.get_one(Person, desk.person_id)
        people.revoke(session, person, Purpose.REFERRAL, now=MORNING)
    said = text_of(page.get())
    assert "agreement to share their details has ended" in said
    assert "Maria" not in said and "0100" not in said and "Groceries" not in said


# --- answering --------------------------------------------------------------------------------


def test_the_contact_is_named_in_the_history(desk: Desk, page: Page) -> None:
    page.accept()
    history = desk.get(f"referrals/{page.referral_id}").json()["history"]
    assert (history[-1]["status"], history[-1]["by"]) == ("accepted", f"partner:{desk.contact_id}")


def test_a_decline_says_why_and_ends_the_link(desk: Desk, page: Page) -> None:
    answer = page.post("decline", why="full", words="until\nMonday")
    assert answer.status_code == 303
    assert "looking for another place" in text_of(page.client.get(answer.headers["location"]))
    referral = desk.get(f"referrals/{page.referral_id}").json()
    assert referral["status"] == "rejected"
    assert referral["history"][-1]["reason"] == "We are full: until\nMonday"
    assert referral["suggestions"]
    assert gone(page.get()) == gone(page.client.get("/r/guess"))
    assert gone(page.post("accept")) == gone(page.client.get("/r/guess"))


def test_the_reason_is_english_whatever_the_page_is(desk: Desk, page: Page) -> None:
    page.post("decline", language="es", why="outside_area", words="vive muy lejos")
    history = desk.get(f"referrals/{page.referral_id}").json()["history"]
    assert history[-1]["reason"] == "Outside our area: vive muy lejos"


def test_waiting_list_started_and_done(desk: Desk, page: Page) -> None:
    page.accept()
    for step, status, words in [
        ("wait", "on-hold", "two weeks"),
        ("start", "in-progress", ""),
        ("finish", "completed", ""),
    ]:
        answer = page.post(step, words=words)
        assert answer.status_code == 303, text_of(answer)
        assert stored(page.referral_id).status == status
        assert "Thank you" in text_of(page.client.get(answer.headers["location"]))
    history = desk.get(f"referrals/{page.referral_id}").json()["history"]
    assert history[2]["reason"] == "On the waiting list: two weeks"
    gone(page.get())
    with database.read_scope() as session:
        [link] = session.query(ReferralLink)
    assert link.used_at is not None


def test_could_not_help_hands_back(page: Page) -> None:
    page.accept()
    assert page.post("fail", why="not_reached").status_code == 303
    assert stored(page.referral_id).status == "failed"
    with database.read_scope() as session:
        assert "referral_declined" in {task.kind for task in session.query(Task)}


def test_a_question_is_sent_and_its_answer_shown(desk: Desk, page: Page) -> None:
    answer = page.post("ask", words="Any <i>pets</i>?")
    assert answer.status_code == 303
    assert "Your question was sent" in text_of(page.client.get(answer.headers["location"]))
    desk.post(f"referrals/{page.referral_id}/remarks", {"text": "A cat."})
    said = page.get()
    assert "Any <i>pets</i>? you," in text_of(said) and "<i>pets" not in said.text
    assert "A cat. our team," in text_of(said)
    assert stored(page.referral_id).status == "requested"


def test_a_question_asked_twice_by_a_double_tap_is_one_until_it_is_answered(
    desk: Desk, page: Page
) -> None:
    for _ in range(2):
        answer = page.post("ask", words="Any pets?")
        assert "Your question was sent" in text_of(page.client.get(answer.headers["location"]))
    assert page.get().text.count("Any pets?") == 1
    with database.read_scope() as session:
        [task] = session.query(Task)
    assert task.note == "The partner writes: Any pets?"
    desk.post(f"referrals/{page.referral_id}/remarks", {"text": "A cat."})
    page.post("ask", words="Any pets?")
    assert page.get().text.count("Any pets?") == 2


@pytest.mark.parametrize(
    ("step", "fields", "problem"),
    [
        ("decline", {}, "choose a reason"),
        ("decline", {"why": "nonsense"}, "choose a reason"),
        ("decline", {"why": "other"}, "in your words why"),
        ("decline", {"why": "full", "words": "x" * 1001}, "too long"),
        ("ask", {"words": " \n "}, "write your question"),
        ("ask", {"words": "\x00\x07"}, "write your question"),
        ("", {}, "choose one of the answers"),
        ("cancel", {}, "choose one of the answers"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    page: Page, step: str, fields: dict[str, str], problem: str
) -> None:
    answer = page.post(step, **fields)
    assert answer.status_code == 422
    assert problem in text_of(answer)
    assert fields.get("words", "").strip("\x00\x07 \n") in answer.text
    assert stored(page.referral_id).status == "requested"
    assert count(ReferralRemark) == 0


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe=%ff", b"&".join(b"a%d=1" % n for n in range(99)), b"{}", b"step"]
)
def test_a_form_that_is_none_is_a_page(page: Page, body: bytes) -> None:
    answer = page.client.post(page.path, content=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")


def test_a_step_that_is_not_the_next_is_told_in_plain_words(page: Page) -> None:
    answer = page.post("finish")
    assert answer.status_code == 409
    assert "changed since you opened the page" in text_of(answer)
    page.accept()
    again = page.post("accept")
    assert again.status_code == 409
    assert "You have accepted this already" in text_of(again)


def test_of_two_who_answer_one_wins_and_the_other_is_told(desk: Desk, page: Page) -> None:
    other = colleague(desk, page)
    other.accept()
    answer = page.post("accept")
    assert answer.status_code == 409
    said = text_of(answer)
    assert "A colleague has accepted this already" in said
    assert "Night desk accepted this referral" in said
    answer = page.post("decline", why="full")
    assert answer.status_code == 409
    assert stored(page.referral_id).status == "accepted"


def test_who_answers_after_a_colleague_has_declined_is_told(desk: Desk, page: Page) -> None:
    other = colleague(desk, page)
    other.post("decline", why="full")
    answer = page.post("accept")
    assert answer.status_code == 409
    assert "A colleague has answered this referral already" in text_of(answer)
    assert "Night desk" not in answer.text
    gone(page.get())
    gone(other.post("accept"))


def test_who_has_declined_by_text_has_used_the_link(desk: Desk, page: Page) -> None:
    with database.session_scope() as session:
        actor = partner(desk.contact_id)
        referrals.move(
            session, page.referral_id, Status.REJECTED, actor=actor, reason="full", now=MORNING
        )
    assert gone(page.post("accept")) == gone(page.client.get("/r/guess"))


def test_who_took_it_is_seen_by_the_colleagues(desk: Desk, page: Page) -> None:
    other = colleague(desk, page)
    desk.api.client.post(
        f"/api/v1/partner/referrals/{page.referral_id}/status",
        json={"status": "accepted"},
        headers=desk.partner_headers(),
    )
    assert "Your organization accepted this referral" in text_of(other.get())
    assert "your computer system" in text_of(other.get())


# --- who may -----------------------------------------------------------------------------------


def test_expired_used_guessed_and_withdrawn_links_are_all_alike(desk: Desk, page: Page) -> None:
    guessed = gone(page.client.get("/r/" + "0" * 32))
    used = Page(desk, desk.refer()["id"], desk.contact_id)
    used.post("decline", why="full")
    withdrawn = Page(desk, desk.refer()["id"], desk.contact_id)
    desk.move(withdrawn.referral_id, "cancelled", "moved away")
    assert gone(used.get()) == gone(withdrawn.get()) == guessed
    with time_machine.travel(MORNING + timedelta(days=31)):
        assert gone(page.get()) == guessed
        assert gone(page.post("accept")) == guessed
    assert stored(page.referral_id).status == "requested"


@pytest.mark.parametrize(
    "token", ["x", "%00", "%ED%A0%80", "%FF", "x" * 5000, "..%2F..%2Fetc", "%27%22%3B--", "ñ"]
)
def test_no_token_breaks_us(desk: Desk, token: str) -> None:
    for answer in (
        desk.api.client.get(f"/r/{token}"),
        desk.api.client.post(f"/r/{token}", data={"step": "accept"}),
    ):
        assert answer.status_code == 404
        assert "x" * 50 not in answer.text


def test_who_guesses_too_often_is_not_listened_to(page: Page) -> None:
    alike = {gone(page.client.get(f"/r/guess{number}")) for number in range(20)}
    alike.add(gone(page.get()))
    alike.add(gone(page.post("accept")))
    assert len(alike) == 1
    assert stored(page.referral_id).status == "requested"
    with time_machine.travel(MORNING + timedelta(minutes=11)):
        assert page.get().status_code == 200


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Origin": "null"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": "http://127.0.0.1:8000"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://127.0.0.1.evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_answers_of_other_websites_are_not_taken(
    page: Page, headers: dict[str, str], taken: bool
) -> None:
    answer = page.post("accept", headers=headers)
    assert answer.status_code == (303 if taken else 403)
    assert (stored(page.referral_id).status == "accepted") is taken


def test_too_much_is_a_page_too(page: Page) -> None:
    answer = page.post("ask", words="x" * 1_000_001)
    assert answer.status_code == 413
    assert "too much for us to read" in text_of(answer)


# --- languages ---------------------------------------------------------------------------------


def test_the_page_is_in_the_contacts_language_and_can_be_switched(desk: Desk, page: Page) -> None:
    assert '<html lang="en">' in page.get().text
    spanish = page.get(language="es")
    assert '<html lang="es">' in spanish.text and "¿Pueden ayudar" in spanish.text
    answer = page.post("accept", language="es")
    assert "Usted aceptó" in text_of(page.client.get(answer.headers["location"]))
    with database.session_scope() as session:
        session.get_one(PartnerContact, desk.contact_id).language = "es"
    assert '<html lang="es">' in page.get().text
    assert '<html lang="es">' in page.get(language="xx").text
    assert '<html lang="en">' in page.get(language="en").text


@pytest.mark.parametrize("step", ["accept", "ask", "nothing"])
def test_there_are_thanks_only_for_what_ends(desk: Desk, step: str) -> None:
    gone(desk.api.client.get(f"/r/thanks/{step}"))
    assert desk.api.client.get("/r/thanks/decline?language=es").status_code == 200
    gone(desk.api.client.get("/r/thanks/decline?language=xx"))
