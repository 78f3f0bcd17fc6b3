"""Due texts go to the outbox, unless something forbids them or holds them back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from directory import database
from directory.listings.models import Service
from directory.messages.models import MessageKind, OutboundStatus, SendPriority
from directory.notices import service as notices
from directory.notices.models import NoticeKind, NoticeStatus
from directory.on_call.models import Pause
from directory.partners import service as partners
from directory.partners.models import Channel, PartnerContact
from directory.people import service as people
from directory.referrals import clocks, outcomes
from directory.referrals import service as referrals
from directory.referrals.actors import partner, resident
from directory.referrals.models import Referral
from directory.referrals.states import NotReceived, Status
from directory.staff import service as staff
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from directory.visits.models import CallType
from tests.bot.notices.builders import (
    COLLEAGUE,
    PARTNER,
    a_colleague,
    bodies,
    change_person,
    fates_of,
    handed_over,
    paused,
    referred,
    referred_to,
    tasks_now,
    the_notice,
    the_person,
    told_staff,
)
from tests.directory.referrals.builders import BY_CLINICIAN, a_contact, a_service
from tests.factories import PHONE, read_person, visited
from tests.fakes import MORNING

pytestmark = pytest.mark.usefixtures("partners")
NIGHT = datetime(2026, 3, 19, 3, 0, tzinfo=UTC)  # 22:00 in Chicago
NEXT_MORNING = datetime(2026, 3, 19, 14, 0, tzinfo=UTC)  # 9:00
NEW, SENT = NoticeKind.REFERRAL_NEW, NoticeKind.REFERRAL_SENT


def move(referral_id: str, to: Status, reason: str | None = None, by: str = "contact-1") -> None:
    with database.session_scope() as session:
        referrals.move(session, referral_id, to, actor=partner(by), reason=reason, now=MORNING)


def cancel(referral_id: str) -> None:
    with database.session_scope() as session:
        referrals.move(
            session,
            referral_id,
            Status.CANCELLED,
            actor=BY_CLINICIAN,
            reason="found another",
            now=MORNING,
        )


def remove_contacts() -> None:
    with database.session_scope() as session:
        for contact in session.query(PartnerContact):
            partners.remove_contact(contact, now=MORNING)


# --- what is handed over ------------------------------------------------------------------------


def test_a_referral_is_texted_to_the_partner_and_to_the_person() -> None:
    referral_id = referred()
    messages = handed_over()
    said = bodies(messages)
    assert set(said) == {NEW, SENT}
    assert said[SENT].startswith("Hi, about the help you asked for")
    with database.read_scope() as session:
        referral = session.get_one(Referral, referral_id)
        service = session.get_one(Service, referral.service_id)
    assert service.name[:20] in said[NEW]
    assert "Reply A1 to accept" in said[NEW]
    assert "http://127.0.0.1:8000/r/" in said[NEW]
    for message in messages:
        assert (message.kind, message.priority) == (MessageKind.NOTICE, SendPriority.NOTICE)
        assert message.initiated
    numbers = {read_person(message.person_id).phone for message in messages}
    assert numbers == {PHONE, PARTNER}
    assert the_notice(NEW).status == NoticeStatus.HANDED_OVER


def test_a_notice_is_handed_over_once() -> None:
    referred()
    assert len(handed_over()) == 2
    assert handed_over() == []


def test_the_partner_learns_neither_name_nor_number_nor_reason() -> None:
    referred(reason="has lost everything in a fire")
    change_person(PHONE, name="Maria Example", language="es")
    text = bodies(handed_over())[NEW]
    assert "(routine, Spanish)" in text
    for secret in ("Maria", "Example", "555", "fire"):
        assert secret not in text


def test_two_requests_to_one_contact_have_letters_of_their_own() -> None:
    referred()
    referred(contact=False)
    asked = [message.body for message in handed_over() if "new request" in message.body]
    letters = {text.split("new request ")[1][:1] for text in asked}
    assert letters == {"A", "B"}
    for letter in letters:
        assert (
            sum(f"Reply {letter}1 to accept, {letter}2 to decline" in text for text in asked) == 1
        )


def test_a_person_is_greeted_by_first_name() -> None:
    referred()
    change_person(PHONE, name="José Example", language="es")
    assert bodies(handed_over())[SENT].startswith("Hola José, sobre la ayuda")


def test_a_shared_phone_and_a_home_with_violence_see_no_name() -> None:
    referred()
    change_person(PHONE, name="Maria Example", number_shared=True)
    assert "Maria" not in bodies(handed_over())[SENT]


def test_after_domestic_violence_only_the_partner_is_texted() -> None:
    visited(call_type=CallType.DOMESTIC_VIOLENCE, safe_to_text=True)
    referred()
    assert set(bodies(handed_over())) == {NEW}


def test_a_report_about_a_listing_reaches_its_partner() -> None:
    referral_id = referred()
    with database.session_scope() as session:
        referral = session.get_one(Referral, referral_id)
        outcomes.because(
            session,
            referral,
            NotReceived.WRONG_NUMBER,
            actor=resident(referral.person_id),
            words="the number is somebody's kitchen",
            now=MORNING,
        )
    text = bodies(handed_over())[NoticeKind.LISTING_REPORTED]
    assert "wrong number" in text
    assert "kitchen" not in text


# --- what forbids a text ------------------------------------------------------------------------


def test_a_person_who_said_stop_is_not_told() -> None:
    referred()
    with database.session_scope() as session:
        people.opt_out(session, the_person(session, PHONE), now=MORNING)
    assert set(bodies(handed_over())) == {NEW}
    assert fates_of(SENT) == [(NoticeStatus.CANCELLED, "opted_out")]


@pytest.mark.parametrize(
    ("changes", "fate"),
    [
        ({"safe_to_text": False}, (NoticeStatus.CANCELLED, "not_safe_to_text")),
        ({"safe_to_text": None}, (NoticeStatus.CANCELLED, "not_safe_to_text")),
        ({"unreachable_because": "landline"}, (NoticeStatus.FAILED, "landline")),
    ],
)
def test_a_person_who_may_not_be_texted_is_not_told(
    changes: dict[str, object], fate: tuple[str, str]
) -> None:
    referred()
    change_person(PHONE, **changes)
    handed_over()
    assert fates_of(SENT) == [fate]


def test_news_that_is_old_by_now_is_not_told() -> None:
    referral_id = referred()
    move(referral_id, Status.ACCEPTED)
    said = bodies(handed_over())
    assert SENT not in said
    assert "there is news" in said[NoticeKind.REFERRAL_ACCEPTED]
    assert fates_of(SENT) == [(NoticeStatus.CANCELLED, "out_of_date")]


def test_a_question_that_has_its_answer_is_not_asked() -> None:
    referral_id = referred()
    with database.session_scope() as session:
        clocks.look(session, now=MORNING + timedelta(days=8))
        referral = session.get_one(Referral, referral_id)
        referral.outcome = "service_received"
    late = MORNING + timedelta(days=8)
    assert NoticeKind.OUTCOME_QUESTION not in bodies(handed_over(late))


def test_who_never_heard_of_a_request_is_not_told_that_it_ended() -> None:
    referral_id = referred()
    cancel(referral_id)
    assert handed_over() == []
    assert fates_of(NoticeKind.REFERRAL_WITHDRAWN) == [(NoticeStatus.CANCELLED, "never_told")]


def test_who_was_asked_is_told_that_the_request_was_withdrawn() -> None:
    referral_id = referred()
    messages = handed_over()
    with database.session_scope() as session:
        for message in messages:
            notices.mark(
                session, message.notice_id or "", NoticeStatus.SENT, now=MORNING, reason=None
            )
            session.merge(message).status = OutboundStatus.SENT
    cancel(referral_id)
    said = bodies(handed_over())
    assert set(said) == {NoticeKind.REFERRAL_WITHDRAWN}
    assert "request A" in said[NoticeKind.REFERRAL_WITHDRAWN]


def test_a_removed_contact_is_told_nothing() -> None:
    referred()
    remove_contacts()
    assert set(bodies(handed_over())) == {SENT}
    assert fates_of(NEW) == [(NoticeStatus.CANCELLED, "contact_removed")]


def test_a_partner_whose_number_takes_no_texts_is_the_clinicians_to_call() -> None:
    with database.session_scope() as session:
        people.opt_out(session, people.find_or_create(session, PARTNER, now=MORNING), now=MORNING)
    referred()
    handed_over()
    assert fates_of(NEW) == [(NoticeStatus.FAILED, "opted_out")]
    ((kind, note),) = tasks_now()
    assert kind == TaskKind.REFERRAL_UNANSWERED
    assert "the partner's number takes no texts" in note


def test_a_reminder_that_fails_like_the_first_text_adds_nothing_to_the_task() -> None:
    with database.session_scope() as session:
        people.opt_out(session, people.find_or_create(session, PARTNER, now=MORNING), now=MORNING)
    referred()
    handed_over()
    with database.session_scope() as session:
        clocks.look(session, now=MORNING + timedelta(days=1))
    handed_over(MORNING + timedelta(days=1))
    ((_, note),) = tasks_now()
    assert note.count("takes no texts") == 1


def test_what_is_too_late_is_dropped() -> None:
    told_staff(a_colleague())
    with database.session_scope() as session:
        notice = session.merge(the_notice(NoticeKind.ON_CALL))
        notice.expires_at = MORNING + timedelta(minutes=5)
    assert handed_over(MORNING + timedelta(minutes=6)) == []
    assert fates_of(NoticeKind.ON_CALL) == [(NoticeStatus.DROPPED, "stale")]


# --- staff --------------------------------------------------------------------------------------


def test_a_page_goes_to_the_registered_phone_ahead_of_everything() -> None:
    told_staff(a_colleague())
    (message,) = handed_over()
    assert read_person(message.person_id).phone == COLLEAGUE
    assert (message.priority, message.initiated) == (SendPriority.DANGER, False)
    assert "somebody needs a person now" in message.body


def without_phone() -> None:
    with database.session_scope() as session:
        staff.revoke_phone(session, "on.call@naperville.example")


def without_account() -> None:
    with database.session_scope() as session:
        staff.remove(session, "on.call@naperville.example", now=MORNING)


@pytest.mark.parametrize(
    ("happens", "fate"),
    [
        (without_phone, (NoticeStatus.FAILED, "no_phone")),
        (without_account, (NoticeStatus.CANCELLED, "staff_removed")),
    ],
)
def test_a_colleague_who_cannot_be_texted_is_not(
    happens: Callable[[], None], fate: tuple[str, str]
) -> None:
    told_staff(a_colleague())
    happens()
    assert handed_over() == []
    assert fates_of(NoticeKind.ON_CALL) == [fate]


def test_nobody_is_paged_for_what_is_done() -> None:
    with database.session_scope() as session:
        task = tasks.open_task(session, TaskKind.DANGER, person_id=None, now=MORNING)
        session.flush()
        tasks.finish(task, by="somebody", now=MORNING)
    told_staff(a_colleague(), task_id=task.id)
    assert handed_over() == []
    assert fates_of(NoticeKind.ON_CALL) == [(NoticeStatus.CANCELLED, "task_done")]


# --- quiet hours and pauses ---------------------------------------------------------------------


def test_at_night_residents_and_partners_are_left_alone_and_told_in_the_morning() -> None:
    referred(now=NIGHT)
    assert handed_over(NIGHT) == []
    assert {the_notice(kind).status for kind in (NEW, SENT)} == {NoticeStatus.PLANNED}
    assert set(bodies(handed_over(NEXT_MORNING))) == {NEW, SENT}


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (NoticeKind.ON_CALL, {}),
        (NoticeKind.ALARM, {"alarm": "carrier_quiet"}),
        (NoticeKind.TASK_OVERDUE, {"count": 1, "danger": True}),
    ],
)
def test_pages_and_alarms_go_at_any_hour_and_through_a_pause(
    kind: NoticeKind, facts: dict[str, object]
) -> None:
    paused()
    told_staff(a_colleague(), kind, now=NIGHT, facts=facts)
    (message,) = handed_over(NIGHT)
    assert message.priority == SendPriority.DANGER


def test_what_is_merely_overdue_waits_for_the_morning() -> None:
    told_staff(a_colleague(), NoticeKind.TASK_OVERDUE, now=NIGHT, facts={"count": 3})
    assert handed_over(NIGHT) == []
    (message,) = handed_over(NEXT_MORNING)
    assert (message.priority, message.initiated) == (SendPriority.NOTICE, True)


def test_a_pause_holds_back_what_we_start_until_it_ends() -> None:
    referred()
    paused()
    assert handed_over() == []
    assert the_notice(NEW).status == NoticeStatus.PLANNED
    paused(ended=True)
    assert len(handed_over()) == 2
    with database.read_scope() as session:
        assert session.query(Pause).count() == 1


def test_a_page_is_not_stuck_behind_what_is_held_back() -> None:
    with database.session_scope() as session:
        person = people.find_or_create(session, PHONE, now=MORNING)
        for number in range(250):
            notices.to_resident(session, person, SENT, reference=f"held-{number}", now=MORNING)
    paused()
    told_staff(a_colleague(), now=MORNING + timedelta(seconds=1))
    (message,) = handed_over(MORNING + timedelta(seconds=2))
    assert message.priority == SendPriority.DANGER


# --- ended by others ----------------------------------------------------------------------------


def test_a_text_that_others_have_dropped_is_settled_at_the_next_look() -> None:
    referred()
    messages = handed_over()
    with database.session_scope() as session:
        for message in messages:
            ended = session.merge(message)
            ended.status, ended.reason = OutboundStatus.DROPPED, "opted_out"
    handed_over()
    assert fates_of(SENT) == [(NoticeStatus.CANCELLED, "opted_out")]
    assert fates_of(NEW) == [(NoticeStatus.FAILED, "opted_out")]
    assert [kind for kind, _ in tasks_now()] == [TaskKind.REFERRAL_UNANSWERED]


def test_e_mails_and_webhooks_are_not_texts() -> None:
    referred_to(Channel.EMAIL, "desk@pantry.example")
    assert set(bodies(handed_over())) == {SENT}
    assert the_notice(NEW).status == NoticeStatus.PLANNED


def test_a_contact_of_another_service_is_not_asked() -> None:
    with database.session_scope() as session:
        other = a_service(session, "rent")
        a_contact(session, other, address="+16305550151")
    referred()
    numbers = {read_person(message.person_id).phone for message in handed_over()}
    assert "+16305550151" not in numbers
