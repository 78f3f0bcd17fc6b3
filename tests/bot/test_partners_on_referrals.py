"""A partner answers by text, on a real database: it moves, everybody is told, one is first."""

import pytest

from bot.sms.segments import segments
from bot.wording import say
from directory import database
from directory.listings.models import Service
from directory.messages.models import AnsweredBy, InboundMessage
from directory.notices.models import Notice, NoticeKind
from directory.partners import links
from directory.partners import queries as partners
from directory.partners.models import PartnerContact
from directory.referrals import queries
from directory.referrals import service as referrals
from directory.referrals.actors import resident
from directory.referrals.models import ReferralRemark
from directory.tasks.models import Task, TaskKind
from tests.bot.talking import EN
from tests.bot.texting import Texting, rows, task_kinds
from tests.directory.referrals.builders import a_contact, a_referral, agreed, read
from tests.factories import PHONE
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("partners")
DESK, OTHER = "+16305550150", "+16305550151"


@pytest.fixture(name="texting")
def _texting() -> Texting:
    return Texting()


def told(referral_id: str, phone: str = DESK) -> str:
    """The letter by which this contact knows the referral; as if the notice had gone out."""
    with database.session_scope() as session:
        referral = queries.by_id(session, referral_id)
        assert referral is not None
        (contact,) = [
            each
            for each in partners.contacts_by_address(session, phone)
            if each.organization_id == referral.organization_id
        ]
        return links.link_for(session, referral, contact, wall=MORNING).code


@pytest.fixture(name="referral_id")
def _referral_id() -> str:
    with database.session_scope() as session:
        made = a_referral(session, reason="groceries until payday")
    assert told(made) == "A"
    return made


def another(number: int = 2) -> str:
    """A second request to the same desk."""
    with database.session_scope() as session:
        person = agreed(session, phone=f"+163055501{number:02}")
        made = a_referral(session, contact=False, person_id=person)
    told(made)
    return made


def history(referral_id: str) -> list[tuple[str, str, str | None]]:
    with database.read_scope() as session:
        return [(e.status, e.by, e.reason) for e in queries.history(session, referral_id)][1:]


def contact_id(phone: str = DESK) -> str:
    with database.read_scope() as session:
        return partners.contacts_by_address(session, phone)[0].id


@pytest.mark.parametrize("text", ["A1", "a 1", "1", "accept"])
def test_accepting_is_theirs_by_name_and_shows_the_link_never_the_person(
    texting: Texting, referral_id: str, text: str
) -> None:
    (reply,) = texting.text(text, DESK)
    assert read(referral_id).status == "accepted"
    assert history(referral_id) == [("accepted", f"partner:{contact_id()}", None)]
    assert "/r/" in reply
    assert PHONE[-7:] not in reply.replace("-", "")
    assert segments(reply) <= 2
    assert rows(Notice, kind=NoticeKind.REFERRAL_ACCEPTED, referral_id=referral_id)
    (inbound,) = rows(InboundMessage)
    assert inbound.answered_by == AnsweredBy.PARTNER


def test_a_decline_with_its_reason_is_handed_back_at_once(
    texting: Texting, referral_id: str
) -> None:
    assert texting.text("A2 full till june", DESK) == [say("partner_declined", EN, code="A")]
    assert history(referral_id)[-1][0::2] == ("rejected", "full till june")
    (task,) = rows(Task, referral_id=referral_id)
    assert task.kind == TaskKind.REFERRAL_DECLINED
    assert "full till june" in task.note


@pytest.mark.parametrize(
    ("text", "reason"), [("1", "Full."), ("we only take veterans", "we only take veterans")]
)
def test_a_decline_without_a_reason_stands_and_the_reason_is_added(
    texting: Texting, referral_id: str, text: str, reason: str
) -> None:
    assert texting.text("2", DESK) == [say("partner_declined_why", EN, code="A")]
    assert history(referral_id)[-1][0::2] == ("rejected", "No reason given.")
    assert task_kinds(referral_id=referral_id) == [TaskKind.REFERRAL_DECLINED]
    assert texting.text(text, DESK) == [say("partner_reason_noted", EN)]
    assert history(referral_id)[-1][0::2] == ("rejected", reason)
    (task,) = rows(Task, referral_id=referral_id)
    assert reason in task.note


def test_another_number_after_a_decline_is_not_taken_for_another_request(
    texting: Texting, referral_id: str
) -> None:
    second = another()
    texting.text("A2", DESK)
    texting.text("1", DESK)
    assert history(referral_id)[-1][2] == "Full."
    assert read(second).status == "requested"
    texting.text("B1", DESK)
    assert read(second).status == "accepted"


def test_a_new_request_after_the_question_why_makes_a_number_unclear(
    texting: Texting, referral_id: str
) -> None:
    texting.text("A2", DESK)
    texting.clock.forward(minutes=5)
    with database.session_scope() as session:
        person = agreed(session, phone="+16305550102", now=texting.clock())
        second = a_referral(session, contact=False, person_id=person, now=texting.clock())
    told(second)
    assert texting.text("1", DESK) == [say("partner_which", EN, codes="B", code="B")]
    assert read(second).status == "requested"


def test_with_two_open_a_bare_number_asks_which(texting: Texting, referral_id: str) -> None:
    second = another()
    (reply,) = texting.text("1", DESK)
    assert reply == say("partner_which", EN, codes="A, B", code="A")
    assert read(referral_id).status == read(second).status == "requested"


def test_done_comes_after_accepted(texting: Texting, referral_id: str) -> None:
    assert texting.text("A3", DESK) == [say("partner_accept_first", EN, code="A")]
    assert read(referral_id).status == "requested"
    texting.text("A1", DESK)
    assert texting.text("A3", DESK) == [say("partner_completed", EN, code="A")]
    assert read(referral_id).status == "completed"


def test_a_waiting_list_takes_it_up_for_later_and_the_person_is_told_once(
    texting: Texting, referral_id: str
) -> None:
    (reply,) = texting.text("A waiting list till May", DESK)
    assert "waiting list" in reply
    assert [status for status, _, _ in history(referral_id)] == ["accepted", "on-hold"]
    assert history(referral_id)[-1][2] == "waiting list till May"
    planned = {n.kind: n.status for n in rows(Notice, referral_id=referral_id)}
    assert planned[NoticeKind.REFERRAL_ACCEPTED] == "cancelled"
    assert planned[NoticeKind.REFERRAL_ON_HOLD] == "planned"


def test_what_is_said_of_a_remark_is_true_of_one_that_asks_nothing(
    texting: Texting, referral_id: str
) -> None:
    (reply,) = texting.text("A we moved to the other door", DESK)
    assert "note about A went to the clinician" in reply
    assert "question" not in reply


@pytest.mark.parametrize("text", ["A4 does she speak English?", "does she speak English?"])
def test_a_question_goes_to_the_clinician(texting: Texting, referral_id: str, text: str) -> None:
    assert texting.text(text, DESK) == [say("partner_asked", EN, code="A")]
    (remark,) = rows(ReferralRemark)
    assert (remark.text, remark.by) == ("does she speak English?", f"partner:{contact_id()}")
    assert task_kinds(referral_id=referral_id) == [TaskKind.REFERRAL_QUESTION]
    assert read(referral_id).status == "requested"


@pytest.mark.parametrize(
    "text", ["A 3pm tomorrow works", "A closed today, will call Monday", "A can't reach her",
             "A no answer when we called", "A no show", "A we dont have her number",
             "A2 no answer so far", "A we are full till june"],
)  # fmt: skip
def test_words_after_accepting_reach_the_clinician_and_move_nothing(
    texting: Texting, referral_id: str, text: str
) -> None:
    texting.text("A1", DESK)
    assert texting.text(text, DESK) == [say("partner_asked", EN, code="A")]
    assert read(referral_id).status == "accepted"
    (remark,) = rows(ReferralRemark)
    assert remark.text == text.removeprefix("A2 ").removeprefix("A ")
    assert TaskKind.REFERRAL_QUESTION in task_kinds(referral_id=referral_id)


def test_a_second_word_about_the_waiting_list_reaches_the_clinician(
    texting: Texting, referral_id: str
) -> None:
    texting.text("A waiting list till May", DESK)
    assert texting.text("A waiting list till June", DESK) == [say("partner_asked", EN, code="A")]
    (remark,) = rows(ReferralRemark)
    assert remark.text == "waiting list till June"


@pytest.mark.parametrize(
    "text", ["A 1 bed left, need answer by 5", "A 1:30 pm works", "A 2 beds free tonight, send her",
             "A sorry for the delay, we accept", "2 beds free"],
)  # fmt: skip
def test_words_before_an_answer_neither_show_a_name_nor_decline(
    texting: Texting, referral_id: str, text: str
) -> None:
    assert texting.text(text, DESK) == [say("partner_asked", EN, code="A")]
    assert read(referral_id).status == "requested"
    assert task_kinds(referral_id=referral_id) == [TaskKind.REFERRAL_QUESTION]


def told_to_two() -> str:
    """The id of a referral that the front desk and the back office were told of."""
    with database.session_scope() as session:
        made = a_referral(session)
        service = session.get_one(Service, read_service(session, made))
        a_contact(session, service, address=OTHER, name="Back office")
    told(made)
    told(made, OTHER)
    return made


def test_a_colleague_who_declines_with_words_hears_who_was_first_and_is_heard(
    texting: Texting,
) -> None:
    made = told_to_two()
    texting.text("A1", DESK)
    assert texting.text("A2 full till june", OTHER) == [
        say("partner_too_late", EN, code="A", name="Front desk", state="accepted"),
        say("partner_asked", EN, code="A"),
    ]
    assert read(made).status == "accepted"
    (remark,) = rows(ReferralRemark)
    assert remark.text == "full till june"


def test_what_has_ended_takes_no_more_words(texting: Texting, referral_id: str) -> None:
    texting.text("A2 full", DESK)
    (reply,) = texting.text("A2 still full", DESK)
    assert "Nothing has changed" in reply
    assert rows(ReferralRemark) == []


def test_of_two_colleagues_the_second_is_told_who_was_first(texting: Texting) -> None:
    made = told_to_two()
    texting.text("A1", DESK)
    (reply,) = texting.text("A2", OTHER)
    assert reply == say("partner_too_late", EN, code="A", name="Front desk", state="accepted")
    assert read(made).status == "accepted"
    (again,) = texting.text("A1", DESK)
    assert "yours already" in again


def read_service(session: object, referral_id: str) -> str:
    from sqlalchemy.orm import Session

    assert isinstance(session, Session)
    referral = queries.by_id(session, referral_id)
    assert referral is not None
    return referral.service_id


def test_who_answers_what_was_taken_back_is_told_so(texting: Texting, referral_id: str) -> None:
    with database.session_scope() as session:
        from directory.people import queries as people

        person = people.by_id(session, read(referral_id).person_id)
        assert person is not None
        referrals.withdraw_for(session, person, actor=resident(person.id), now=MORNING)
    (reply,) = texting.text("A1", DESK)
    assert "taken back" in reply
    assert "the person" in reply
    (reply,) = texting.text("A4 is she still there?", DESK)
    assert "taken back" in reply
    assert rows(ReferralRemark) == []


def test_partners_look_for_services_like_anybody(texting: Texting, referral_id: str) -> None:
    (reply,) = texting.text("food 60540", DESK)
    assert reply.startswith("1 ")
    (details,) = texting.text("1", DESK)
    assert "/r/" not in details
    assert read(referral_id).status == "requested"
    texting.text("A1", DESK)
    assert read(referral_id).status == "accepted"


def test_a_contact_that_was_removed_answers_nothing(texting: Texting, referral_id: str) -> None:
    with database.session_scope() as session:
        session.get_one(PartnerContact, contact_id()).removed_at = MORNING
    texting.text("A1", DESK)
    assert read(referral_id).status == "requested"


def test_letters_of_somebody_who_works_for_two_partners_never_collide(texting: Texting) -> None:
    with database.session_scope() as session:
        first = a_referral(session)
        second = a_referral(session, need="legal", person_id=agreed(session, phone="+16305550102"))
    assert {told(first), told(second)} == {"A", "B"}
    texting.text("B1", DESK)
    assert (read(first).status, read(second).status) == ("requested", "accepted")
