"""Referrals on the partner pages: the minimum before accepting, attributed to the contact."""

import pytest

from directory import database
from directory.listings.models import Service
from directory.people import service as people
from directory.people.models import Person, Purpose
from directory.referrals import queries
from directory.referrals import service as referrals
from directory.referrals.actors import partner as actor
from directory.referrals.models import Referral
from directory.referrals.states import Status
from tests.api.conftest import Api
from tests.api.partners.pages.partner import Partner, text_of
from tests.api.referrals.conftest import Desk, a_desk, audited, stored
from tests.directory.referrals.builders import a_contact
from tests.fakes import MORNING

REASON = "Groceries until payday & <b>diapers</b>"


class Answering(Partner):
    """A contact at the organisation that a referral has been sent to."""

    desk: Desk
    referral_id: str

    @property
    def page(self) -> str:
        return f"/partner/referrals/{self.referral_id}"

    def says(self, step: str, **fields: str) -> int:
        return self.post(self.page, {"step": step} | fields).status_code


@pytest.fixture(name="contact")
def _contact(listed: Api, morning: None) -> Answering:
    desk = a_desk(listed)
    contact = Answering(listed, contact_id=desk.contact_id)
    with database.session_scope() as session:
        session.get_one(Person, desk.person_id).name = "Maria Example"
    contact.desk, contact.referral_id = desk, desk.refer(reason=REASON)["id"]
    contact.signed_in()
    return contact


def a_colleague(contact: Answering) -> str:
    with database.session_scope() as session:
        referral = session.get_one(Referral, contact.referral_id)
        service = session.get_one(Service, referral.service_id)
        return a_contact(session, service, address="+16305550151", name="Night desk").id


def test_before_accepting_nothing_names_the_person(contact: Answering) -> None:
    assert "1 referral waits for your answer" in text_of(contact.get("/partner"))
    for page in ("/partner/referrals", contact.page):
        answer = contact.get(page)
        assert answer.status_code == 200
        for secret in ("Maria", "Groceries", contact.desk.person_id):
            assert secret not in answer.text
    assert "referral.read" not in [
        a for who, a in audited(contact.desk.person_id) if "partner" in who
    ]


def test_accepting_shows_how_to_reach_the_person_and_is_noted(contact: Answering) -> None:
    assert contact.says("accept") == 303
    answer = contact.get(f"{contact.page}?done=accept")
    assert "Maria Example" in answer.text
    assert "&lt;b&gt;diapers" in answer.text
    assert "You have accepted" in text_of(answer)
    by = actor(contact.contact_id).by
    with database.read_scope() as session:
        assert queries.history(session, contact.referral_id)[-1].by == by
    assert (by, "referral.read") in audited(contact.desk.person_id)
    assert contact.says("accept") == 409  # the second click
    assert "Maria" not in contact.get("/partner/referrals?status=accepted").text


def test_declining_needs_a_reason_and_ends_it(contact: Answering) -> None:
    wrong = contact.post(contact.page, {"step": "decline", "why": "other"})
    assert wrong.status_code == 422
    assert "Please say in your words why" in text_of(wrong)
    assert contact.says("decline", why="full") == 303
    assert stored(contact.referral_id).status == Status.REJECTED
    said = text_of(contact.get(contact.page))
    assert "You declined" in said
    assert "Ask a question" not in said
    assert "Declined (1)" in text_of(contact.get("/partner/referrals"))


def test_a_question_asked_twice_by_a_double_tap_is_one(contact: Answering) -> None:
    for _ in range(2):
        assert contact.says("ask", words="Any pets?") == 303
    with database.read_scope() as session:
        assert len(queries.remarks(session, contact.referral_id)) == 1


@pytest.mark.parametrize("how", ["consent", "end"])
def test_staffs_answers_go_with_the_person(contact: Answering, how: str) -> None:
    contact.says("ask", words="Any pets?")
    answer = {"text": "Maria has a cat."}
    contact.desk.post(f"referrals/{contact.referral_id}/remarks", answer)
    contact.says("accept")
    assert "a cat" in contact.get(contact.page).text
    if how == "end":
        contact.says("finish")
    else:
        with database.session_scope() as session:
            person = session.get_one(Person, contact.desk.person_id)
            people.revoke(session, person, Purpose.REFERRAL, now=MORNING)
    page = contact.get(contact.page)
    assert "Any pets?" in page.text
    assert "a cat" not in page.text


def test_waiting_list_then_done(contact: Answering) -> None:
    contact.says("accept")
    assert contact.says("wait", words="two weeks") == 303
    assert contact.says("start") == 303
    assert contact.says("finish") == 303
    assert stored(contact.referral_id).status == Status.COMPLETED


def test_a_colleague_who_was_first_is_named(contact: Answering) -> None:
    by = actor(a_colleague(contact))
    with database.session_scope() as session:
        referrals.move(
            session, contact.referral_id, Status.ACCEPTED, actor=by, reason=None, now=MORNING
        )
    late = contact.post(contact.page, {"step": "accept"})
    assert late.status_code == 409
    assert "A colleague has accepted this already" in text_of(late)
    assert "Night desk" in text_of(late)


def test_a_draft_that_was_taken_back_was_never_sent(contact: Answering) -> None:
    draft = contact.desk.refer(draft=True)["id"]
    contact.desk.move(draft, "cancelled", "asked for another place")
    board = contact.get("/partner/referrals?status=cancelled")
    assert draft not in board.text
    assert "None." in text_of(board)
    assert "Withdrawn (0)" in text_of(board)
    assert contact.get(f"/partner/referrals/{draft}").status_code == 404
    assert contact.post(f"/partner/referrals/{draft}", {"step": "accept"}).status_code == 404


def test_another_organisations_referral_does_not_exist(contact: Answering) -> None:
    own, contact.api.client.cookies = contact.referral_id, type(contact.api.client.cookies)()
    stranger = Partner(contact.api).with_listings("Elsewhere", address="+16305550158").signed_in()
    assert stranger.get(f"/partner/referrals/{own}").status_code == 404
    assert stranger.post(f"/partner/referrals/{own}", {"step": "accept"}).status_code == 404
    assert stored(own).status == Status.REQUESTED
    assert "None." in text_of(stranger.get("/partner/referrals"))
    assert stranger.get("/partner/referrals?status=draft").status_code == 404
