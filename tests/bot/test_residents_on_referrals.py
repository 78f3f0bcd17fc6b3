"""A resident texts back about a referral: details, what came of it, what next, taking it back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.sms.segments import Encoding, encoding_of, segments
from bot.wording import say
from directory import database
from directory.listings.models import Service
from directory.messages.models import OutboundMessage, SendPriority
from directory.notices.models import Notice, NoticeKind
from directory.people import queries as people
from directory.people import service as people_service
from directory.people.models import Purpose
from directory.referrals import queries
from directory.referrals import service as referrals
from directory.referrals.actors import partner
from directory.referrals.models import ListingReport, Referral
from directory.referrals.states import Status
from directory.tasks.models import Task, TaskKind
from tests.bot.talking import DANGER, EN, ES
from tests.bot.texting import Texting, got, person_of, rows, task_kinds
from tests.directory.referrals.builders import a_contact, a_referral, read
from tests.factories import CLINICIAN, read_person
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("partners")
WHY = say("outcome_why", EN)


@pytest.fixture(name="texting")
def _texting() -> Texting:
    return Texting()


@pytest.fixture(name="referral_id")
def _referral_id() -> str:
    with database.session_scope() as session:
        return a_referral(session, reason="groceries until payday")


def service_of(referral_id: str) -> Service:
    with database.read_scope() as session:
        return session.get_one(Service, read(referral_id).service_id)


def open_referrals() -> list[Referral]:
    with database.read_scope() as session:
        return queries.open_of_person(session, person_of())


def accepted(referral_id: str) -> None:
    with database.session_scope() as session:
        referrals.move(
            session, referral_id, Status.ACCEPTED, actor=partner("c"), reason=None, now=MORNING
        )


# --- details ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1", "1 please", "details", "who will call?", "yes"])
def test_details_name_the_service_and_how_to_change_ones_mind(
    texting: Texting, referral_id: str, text: str
) -> None:
    got(NoticeKind.REFERRAL_SENT, referral_id)
    (reply,) = texting.text(text)
    assert service_of(referral_id).name in reply
    assert "TAKE BACK" in reply
    assert segments(reply) <= 2
    assert encoding_of(reply) is Encoding.GSM_7


def test_details_say_what_it_is_now(texting: Texting, referral_id: str) -> None:
    got(NoticeKind.REFERRAL_SENT, referral_id)
    accepted(referral_id)
    got(NoticeKind.REFERRAL_ACCEPTED, referral_id)
    (reply,) = texting.text("1")
    assert "said yes" in reply
    (reply,) = texting.text("detalles por favor")
    assert "dijo que si" in reply


def test_a_newer_list_is_what_a_number_speaks_of(texting: Texting, referral_id: str) -> None:
    got(NoticeKind.REFERRAL_SENT, referral_id)
    (listed,) = texting.text("a lawyer 60540")
    (details,) = texting.text("1")
    assert details.split(" (")[0].split("\n")[0] in listed
    assert "TAKE BACK" not in details


def test_who_is_this_is_answered_as_ever_and_ends_nothing(
    texting: Texting, referral_id: str
) -> None:
    texting.rasa.down = False
    texting.rasa.answers = [({"say": "who_are_you"},)]
    got(NoticeKind.REFERRAL_SENT, referral_id)
    assert texting.text("who is this?") == [say("who_are_you", EN)]
    assert read_person(person_of()).opted_out_at is None


@pytest.mark.parametrize(
    "text", ["wrong number", "you have the wrong person", "no soy esa persona"]
)
def test_a_wrong_person_is_left_alone_and_the_clinician_looks_for_the_right_one(
    texting: Texting, referral_id: str, text: str
) -> None:
    got(NoticeKind.REFERRAL_SENT, referral_id)
    (reply,) = texting.text(text)
    assert reply in (say("checkin_wrong_person", EN), say("checkin_wrong_person", ES))
    person = read_person(person_of())
    assert person.opted_out_at is not None
    assert person.safe_to_text is False
    assert TaskKind.SEND_FAILED in task_kinds()


def test_a_notice_of_three_weeks_ago_is_answered_no_more(
    texting: Texting, referral_id: str
) -> None:
    got(NoticeKind.REFERRAL_SENT, referral_id)
    texting.clock.forward(days=21)
    assert texting.text("1") == [say("no_list", EN)]


# --- what came of it ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1", "yes", "yes i got it", "Si ya", "they helped me, thank you"])
def test_a_yes_closes_the_loop(texting: Texting, referral_id: str, text: str) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    (reply,) = texting.text(text)
    assert reply in (say("outcome_received", EN), say("outcome_received", ES))
    assert read(referral_id).outcome == "service_received"


@pytest.mark.parametrize("text", ["2", "not yet", "still waiting", "todavia no"])
def test_not_yet_is_asked_again_in_a_week(texting: Texting, referral_id: str, text: str) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    texting.text(text)
    referral = read(referral_id)
    assert referral.outcome is None
    assert referral.ask_at == texting.clock() + timedelta(days=7)
    texting.text("yes i got it")
    assert read(referral_id).outcome == "service_received"


@pytest.mark.parametrize("text", ["3", "no", "they never called me", "no me hablaron"])
def test_a_no_asks_why_then_offers_the_next_and_sends_the_request_there(
    texting: Texting, referral_id: str, text: str
) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    (reply,) = texting.text(text)
    assert reply in (WHY, say("outcome_why", ES))
    assert read(referral_id).outcome == "not_received"
    assert task_kinds(referral_id=referral_id) == [TaskKind.REFERRAL_NOT_RECEIVED]
    (offer,) = texting.text("2")
    assert read(referral_id).outcome_reason == "full"
    following = read(referral_id).suggestions[0]
    with database.read_scope() as session:
        service = session.get_one(Service, following)
    assert service.name in offer
    assert service.accepts_referrals
    with database.session_scope() as session:
        a_contact(session, session.get_one(Service, following), address="+16305550151")
    (sent,) = texting.text("1")
    assert service.name in sent
    (new,) = [each for each in rows(Referral) if each.replaces_id == referral_id]
    assert (new.service_id, new.clinician_id, new.status) == (following, CLINICIAN, "requested")
    assert new.created_by == f"resident:{person_of()}"
    told = rows(Notice, referral_id=new.id, kind=NoticeKind.REFERRAL_SENT)
    assert [notice.status for notice in told] == ["cancelled"]  # told in the reply


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("number disconnected", "wrong_number"),
        ("they said i make too much", "not_eligible"),
        ("they're full till june", "full"),
        ("cerrado", "closed"),
        ("nadie contesta", "no_answer"),
    ],
)
def test_a_reason_in_words_says_no_and_why_in_one_text(
    texting: Texting, referral_id: str, text: str, why: str
) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    (reply,) = texting.text(text)
    assert reply.startswith((say("outcome_told", EN), say("outcome_told", ES)))
    assert read(referral_id).outcome_reason == why
    reports = rows(ListingReport)
    assert [report.kind for report in reports] == (
        [why] if why in ("closed", "wrong_number") else []
    )
    (task,) = rows(Task, referral_id=referral_id, kind=TaskKind.REFERRAL_NOT_RECEIVED)
    assert text in task.note


def test_after_we_asked_why_wrong_number_is_about_the_listing(
    texting: Texting, referral_id: str
) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    texting.text("no")
    texting.text("wrong number")
    assert read(referral_id).outcome_reason == "wrong_number"
    assert read_person(person_of()).opted_out_at is None


def test_a_reason_that_no_list_knows_is_kept_in_their_words(
    texting: Texting, referral_id: str
) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    texting.text("no")
    texting.text("the lady there was very rude with me")
    assert read(referral_id).outcome_reason == "other"
    (task,) = rows(Task, referral_id=referral_id, kind=TaskKind.REFERRAL_NOT_RECEIVED)
    assert "very rude" in task.note


def test_a_plain_new_need_is_served_instead_of_taken_for_an_answer(
    texting: Texting, referral_id: str
) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    (reply,) = texting.text("i need food 60540")
    assert reply.startswith("1 ")
    assert read(referral_id).outcome is None
    texting.text("no")
    texting.text("they never called me")
    (reply,) = texting.text("i need a lawyer in 60540")
    assert reply.startswith("1 ")


def test_something_else_offers_one_after_the_other_until_none_is_left(
    texting: Texting, referral_id: str
) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    texting.text("3")
    texting.text("4")
    count = len(read(referral_id).suggestions)
    for _ in range(count - 1):
        assert "Next:" in texting.text("2")[0]
    assert texting.text("2") == [say("next_none", EN)]


def test_without_consent_nothing_is_sent_and_a_person_calls(
    texting: Texting, referral_id: str
) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    texting.text("they're full")
    with database.session_scope() as session:
        person = people.by_id(session, read(referral_id).person_id)
        assert person is not None
        people_service.revoke(session, person, Purpose.REFERRAL, now=MORNING)
    assert texting.text("1") == [say("next_by_phone", EN)]
    assert TaskKind.CALL_BACK in task_kinds(referral_id=referral_id)
    assert [each for each in rows(Referral) if each.replaces_id] == []


def test_a_next_service_that_takes_no_referrals_is_given_with_its_number(
    texting: Texting, referral_id: str
) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    texting.text("they're full")
    with database.session_scope() as session:
        following = session.get_one(Service, read(referral_id).suggestions[0])
        following.accepts_referrals = False
    (reply,) = texting.text("1")
    assert reply.startswith(f"Next: {following.name}, ")
    assert [each for each in rows(Referral) if each.replaces_id] == []
    (reply,) = texting.text("2")
    assert following.name not in reply
    assert reply == say("next_none", EN) or reply.startswith("Next: ")


def test_a_number_that_was_not_offered_is_told_the_range(
    texting: Texting, referral_id: str
) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    assert texting.text("5") == [say("pick_unknown", EN, last=3)]
    texting.text("3")
    assert texting.text("9") == [say("pick_unknown", EN, last=5)]


def test_said_twice_it_is_one_task(texting: Texting, referral_id: str) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    texting.text("3")
    assert texting.text("they never called me") == [WHY]
    (task,) = rows(Task, referral_id=referral_id)
    assert task.note.count("did not get") == 1


def test_danger_and_stop_come_before_any_of_it(texting: Texting, referral_id: str) -> None:
    got(NoticeKind.OUTCOME_QUESTION, referral_id)
    texting.text("3")
    texting.text(DANGER)
    assert read(referral_id).outcome_reason is None
    with database.read_scope() as session:
        sent = session.scalars(select(OutboundMessage).order_by(OutboundMessage.sequence)).all()
    assert sent[-1].priority == SendPriority.DANGER
    texting.text("1")  # "press 1": no answer to why
    assert read(referral_id).outcome_reason is None
    assert texting.text("stop") == [say("stopped", EN)]
    assert texting.text("yes i got it") == []


# --- taking it back -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["don't share my info with them", "no quiero que les den mis datos", "cancel my request",
     "cancel my referral", "TAKE BACK", "retirar", "i revoke my consent to share my info"],
)  # fmt: skip
def test_consent_to_referrals_is_revoked_in_any_words_and_texts_go_on(
    texting: Texting, referral_id: str, text: str
) -> None:
    (reply,) = texting.text(text)
    assert reply in (say("taken_back", EN), say("taken_back", ES))
    assert read(referral_id).status == "cancelled"
    person = read_person(person_of())
    assert person.opted_out_at is None
    with database.read_scope() as session:
        now = texting.clock()
        assert people.valid_consent(session, person.id, Purpose.REFERRAL, now=now) is None
        assert people.valid_consent(session, person.id, Purpose.SMS, now=now) is not None


@pytest.mark.parametrize("text", ["stop", "cancel", "stop texting me", "no me manden mensajes"])
def test_stop_ends_the_texts_and_takes_nothing_back(
    texting: Texting, referral_id: str, text: str
) -> None:
    texting.text(text)
    assert read_person(person_of()).opted_out_at is not None
    assert read(referral_id).status == "requested"


def test_both_at_once_are_both_done(texting: Texting, referral_id: str) -> None:
    assert texting.text("stop texting me and dont share my info") == [say("stopped", EN)]
    assert read(referral_id).status == "cancelled"
    assert read_person(person_of()).opted_out_at is not None


def test_who_opted_out_takes_back_in_silence(texting: Texting, referral_id: str) -> None:
    texting.text("stop")
    assert texting.text("cancel my referral") == []
    assert read(referral_id).status == "cancelled"


def test_what_a_partner_has_taken_up_is_talked_about(texting: Texting, referral_id: str) -> None:
    accepted(referral_id)
    assert texting.text("cancel my referral") == [say("taken_back_late", EN)]
    assert read(referral_id).status == "accepted"
    assert TaskKind.CALL_BACK in task_kinds(referral_id=referral_id)


def test_unsure_words_are_asked_about_and_read_by_a_person(
    texting: Texting, referral_id: str
) -> None:
    assert texting.text("i changed my mind") == [say("take_back_question", EN)]
    assert task_kinds() == [TaskKind.CALL_BACK]
    assert read(referral_id).status == "requested"
    assert texting.text("2") == [say("take_back_not", EN)]
    assert read(referral_id).status == "requested"
    texting.text("i changed my mind")
    assert texting.text("1") == [say("taken_back", EN)]
    assert read(referral_id).status == "cancelled"
    assert open_referrals() == []


def test_without_an_open_referral_unsure_words_mean_nothing_special(texting: Texting) -> None:
    assert texting.text("i changed my mind") == [say("holding", EN)]
    assert task_kinds() == []
