"""The closed loop: a clinician refers, the partner answers, the person says what came of it.

Each journey goes by another door: the link without a log-in, the partner's own system, texts.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from directory import database
from directory.clock import wall_now
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.partners import service as partners
from directory.staff.models import Role
from tests.journeys.running import RESIDENT, Product, wait_until

FRONT_DESK, NIGHT_DESK = "+16305550150", "+16305550151"
REASON = "Groceries until payday"
# What no text that we start may say to whoever else reads the resident's phone.
REVEALING = ("pantry", "food", "police", "crisis", "referral", "mental", "refer ")
LINK = re.compile(r"https?://\S+/r/[0-9a-f]{32}")
LETTER = re.compile(r"Reply ([A-Z]{1,2})1 to accept")


def _all_noted() -> bool:
    with database.read_scope() as session:
        sending = OutboundMessage.status == OutboundStatus.SENDING
        return session.query(OutboundMessage).filter(sending).first() is None


class Loop:
    """One person, one partner's service, and everybody's doors."""

    def __init__(self, product: Product) -> None:
        self.product = product
        local = product.services.clock.now().astimezone(product.settings.zone)
        ten = local.replace(hour=10, minute=0, second=0, microsecond=0)
        # Never in quiet hours, whenever the test runs.
        product.pass_time(ten + timedelta(days=0 if ten > local else 1) - local)
        self.supervisor = product.log_in(Role.SUPERVISOR)
        self.clinician = product.log_in()
        found = product.http.get("/api/v1/services/search", params={"q": "food 60540"}).json()
        self.service = next(each for each in found["items"] if each["accepts_referrals"])
        whole = product.http.get(f"/api/v1/services/{self.service['service_id']}").json()
        self.organization_id = whole["organization"]["id"]
        self.person_id = product.visit().json()["person_id"]

    def add_contact(self, phone: str, name: str) -> None:
        body = {"name": name, "channel": "sms", "address": phone}
        path = f"/api/v1/organizations/{self.organization_id}/contacts"
        answer = self.product.http.post(path, json=body, headers=self.supervisor)
        assert answer.status_code == httpx.codes.CREATED, answer.text

    def refer(self, **changes: Any) -> str:
        body = {
            "person_id": self.person_id,
            "service_id": self.service["service_id"],
            "reason": REASON,
            "priority": "routine",
        }
        answer = self.product.http.post(
            "/api/v1/referrals", json=body | changes, headers=self.clinician
        )
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return str(answer.json()["id"])

    def referral(self, referral_id: str) -> dict[str, Any]:
        path = f"/api/v1/referrals/{referral_id}"
        answer = self.product.http.get(path, headers=self.clinician)
        referral: dict[str, Any] = answer.json()
        return referral

    def statuses(self, referral_id: str) -> list[str]:
        return [line["status"] for line in self.referral(referral_id)["history"]]

    def tasks(self) -> list[str]:
        return [task["kind"] for task in self.product.listed("tasks", person_id=self.person_id)]

    def got(self, phone: str, words: str) -> str:
        """The text that a phone gets sooner or later, by words that are in it."""

        def newest() -> str:
            texts = [each.body for each in self.product.received(phone) if words in each.body]
            return texts[-1] if texts else ""

        found = str(wait_until(f"a text with “{words}”", newest))
        # Nobody answers within the milliseconds until it is noted as sent; a test could.
        wait_until("its note", _all_noted)
        return found

    def link(self, phone: str) -> str:
        """The path of the link that a contact was texted."""
        found = LINK.search(self.got(phone, "/r/"))
        assert found is not None
        return found[0].removeprefix(self.product.settings.base_url)

    def letter(self, phone: str) -> str:
        """The letter of a request in what a contact was texted: a question about their listings
        may have come first, on a working day, and taken the A."""
        found = LETTER.search(self.got(phone, "/r/"))
        assert found is not None
        return found[1]

    def page(self, path: str) -> str:
        """A page's text, as somebody reads it."""
        answer = self.product.http.get(path)
        assert answer.status_code == httpx.codes.OK, answer.text
        return words_of(answer)

    def answer(self, path: str, button: str, **fields: str) -> httpx.Response:
        """Press a button of the page: its form goes out with what stands in it."""
        page = self.product.http.get(path).text
        form = next(form for form in FORM.findall(page) if f">{button}</button>" in form)
        hidden = dict(HIDDEN.findall(form))
        return self.product.http.post(path, data=hidden | fields, follow_redirects=True)


FORM = re.compile(r"<form.*?</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="(\w+)">')


def words_of(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture(name="loop")
def _loop(product: Product) -> Loop:
    loop = Loop(product)
    loop.add_contact(FRONT_DESK, "Front desk")
    return loop


def test_by_the_link_from_the_visit_to_the_service_received(product_on_both: Product) -> None:
    loop = Loop(product_on_both)
    loop.add_contact(FRONT_DESK, "Front desk")
    referral_id = loop.refer()
    told = loop.got(RESIDENT, "passed on")
    assert not any(word in told.lower() for word in REVEALING)

    path = loop.link(FRONT_DESK)
    asked = loop.page(path)
    assert loop.service["service_name"] in asked
    for secret in ("Alex", "0100", REASON):
        assert secret not in asked
        assert secret not in loop.got(FRONT_DESK, "/r/")
    assert loop.statuses(referral_id) == ["requested"], "reading changes nothing"

    accepted = words_of(loop.answer(path, "Accept"))
    assert "You have accepted" in accepted
    for detail in ("Alex Doe", "(630) 555-0100", REASON):
        assert detail in accepted
    loop.got(RESIDENT, "there is news")

    closed = loop.answer(path, "Done")
    assert "noted that it is done" in words_of(closed)
    assert loop.product.http.get(path).status_code == httpx.codes.NOT_FOUND
    loop.product.pass_time(timedelta(hours=3))
    loop.got(RESIDENT, "did you get the help")
    loop.product.text("1")
    referral = loop.referral(referral_id)
    assert (referral["status"], referral["outcome"]) == ("completed", "service_received")
    assert loop.statuses(referral_id) == ["requested", "accepted", "completed"]
    assert [line["by"].split(":")[0] for line in referral["history"]] == [
        "staff",
        "partner",
        "partner",
    ]


def test_by_the_partners_system_to_a_no_and_the_next_service(loop: Loop, keys: str) -> None:
    referral_id = loop.refer()
    headers = {"X-API-Key": keys}
    http, own = loop.product.http, f"/api/v1/partner/referrals/{referral_id}"
    assert http.get(own, headers=headers).json()["person"] is None
    for status in ("accepted", "in-progress", "completed"):
        answer = http.post(f"{own}/status", json={"status": status}, headers=headers)
        assert answer.status_code == httpx.codes.OK, answer.text
    loop.product.pass_time(timedelta(hours=3))
    loop.got(RESIDENT, "did you get the help")
    (why,) = loop.product.text("3")
    assert "What happened?" in why
    assert loop.referral(referral_id)["outcome"] == "not_received"
    loop.product.text("they were full")
    noted = loop.referral(referral_id)
    assert noted["outcome_reason"] == "full"
    assert noted["suggestions"]
    assert "referral_not_received" in loop.tasks()
    path = f"/api/v1/referrals/{referral_id}/next"
    takes = [each["id"] for each in noted["suggestions"] if takes_referrals(loop, each["id"])]
    following = http.post(path, json={"service_id": takes[0]}, headers=loop.clinician)
    assert following.status_code == httpx.codes.CREATED, following.text
    assert following.json()["replaces_id"] == referral_id


def takes_referrals(loop: Loop, service_id: str) -> bool:
    listing = loop.product.http.get(f"/api/v1/services/{service_id}").json()
    return bool(listing["accepts_referrals"])


@pytest.fixture(name="keys")
def _keys(loop: Loop) -> str:
    """A key of the partner's organisation."""
    with database.session_scope() as session:
        return partners.issue_key(session, loop.organization_id, now=wall_now())


def test_by_text_from_accepting_to_done(loop: Loop) -> None:
    referral_id = loop.refer()
    letter = loop.letter(FRONT_DESK)
    loop.product.text(f"{letter}1", phone=FRONT_DESK)
    accepted = ["requested", "accepted"]
    wait_until("the yes", lambda: loop.statuses(referral_id) == accepted)
    assert "You accepted this referral" in loop.page(loop.link(FRONT_DESK))
    loop.product.text(f"{letter}3", phone=FRONT_DESK)
    wait_until("the end", lambda: loop.statuses(referral_id) == [*accepted, "completed"])


def test_a_decline_is_the_clinicians_at_once_with_the_next_best(loop: Loop) -> None:
    referral_id = loop.refer()
    loop.answer(loop.link(FRONT_DESK), "Decline", why="full", words="until Monday")
    referral = loop.referral(referral_id)
    assert referral["status"] == "rejected"
    assert referral["history"][-1]["reason"] == "We are full: until Monday"
    assert referral["suggestions"]
    assert "referral_declined" in loop.tasks()


@pytest.mark.parametrize(
    ("priority", "reminded", "handed_back"),
    [
        ("routine", timedelta(hours=24), timedelta(hours=24)),
        ("urgent", timedelta(hours=1), timedelta(hours=1)),
    ],
)
def test_silence_is_reminded_and_then_the_clinicians(
    loop: Loop, priority: str, reminded: timedelta, handed_back: timedelta
) -> None:
    referral_id = loop.refer(priority=priority)
    loop.link(FRONT_DESK)
    loop.product.pass_time(reminded + timedelta(minutes=1))
    loop.got(FRONT_DESK, "still waits for your answer")
    assert "referral_unanswered" not in loop.tasks()
    loop.product.pass_time(handed_back)
    wait_until("the task", lambda: "referral_unanswered" in loop.tasks())
    assert loop.referral(referral_id)["suggestions"]
    assert "Can you help this person?" in loop.page(loop.link(FRONT_DESK)), "late is not too late"


def test_a_question_is_answered_on_the_page(loop: Loop) -> None:
    referral_id = loop.refer()
    path = loop.link(FRONT_DESK)
    loop.answer(path, "Send the question", words="Is there a car?")
    wait_until("the task", lambda: "referral_question" in loop.tasks())
    answer = loop.product.http.post(
        f"/api/v1/referrals/{referral_id}/remarks",
        json={"text": "No, on foot."},
        headers=loop.clinician,
    )
    assert answer.status_code == httpx.codes.CREATED
    loop.got(FRONT_DESK, "was answered")
    assert "No, on foot." in loop.page(path)


def test_of_two_desks_at_once_one_wins_and_the_other_is_told(product_on_both: Product) -> None:
    loop = Loop(product_on_both)
    loop.add_contact(FRONT_DESK, "Front desk")
    loop.add_contact(NIGHT_DESK, "Night desk")
    referral_id = loop.refer()
    paths = [loop.link(FRONT_DESK), loop.link(NIGHT_DESK)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda path: loop.answer(path, "Accept"), paths))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    late = next(answer for answer in answers if answer.status_code == httpx.codes.CONFLICT)
    assert "A colleague has accepted this already" in words_of(late)
    assert loop.statuses(referral_id) == ["requested", "accepted"]


def test_stop_ends_what_we_would_still_have_asked(loop: Loop) -> None:
    referral_id = loop.refer()
    loop.got(RESIDENT, "passed on")
    loop.product.text("STOP")
    before = loop.product.carrier.last_order()
    loop.answer(loop.link(FRONT_DESK), "Accept")
    loop.answer(loop.link(FRONT_DESK), "Done")
    loop.product.pass_time(timedelta(days=8))
    wait_until("a person to ask instead", lambda: "call_back" in loop.tasks())
    assert not loop.product.received(RESIDENT, after=before)
    assert loop.referral(referral_id)["outcome"] is None
