"""Texts of notices: what became of them comes back, and what was overtaken does not leave."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sms import receipts
from bot.sms.deliver import TRIES, Sender
from bot.sms.gateway import (
    AmbiguousSendError,
    DeliveryStatus,
    PermanentSendError,
    SendFailure,
    StatusReport,
)
from bot.sms.pace import Pace
from bot.sms.twilio import TwilioGateway
from directory import database
from directory.clock import wall_now
from directory.follow_up import end_texting
from directory.messages.models import OutboundStatus
from directory.notices.models import NoticeKind, NoticeStatus
from directory.partners import service as partners
from directory.partners.models import PartnerContact
from directory.people import service as people
from directory.referrals import service as referrals
from directory.referrals.actors import partner
from directory.referrals.states import Status
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from tests.bot.carrier.running import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    NUMBER,
    PUBLIC_URL,
    RunningCarrier,
    carrier_settings,
    eventually,
    running_carrier,
    running_product,
)
from tests.bot.notices.builders import (
    COLLEAGUE,
    PARTNER,
    a_colleague,
    fates_of,
    handed_over,
    paused,
    referred,
    tasks_now,
    the_notice,
    the_person,
    told_staff,
)
from tests.bot.sms.test_deliver import NIGHT
from tests.factories import PHONE, QUIET, a_sender, read_message, read_person
from tests.fakes import MORNING, Clock, FakeGateway

pytestmark = pytest.mark.usefixtures("partners")
NEW, SENT = NoticeKind.REFERRAL_NEW, NoticeKind.REFERRAL_SENT


@pytest.fixture(name="gateway")
def _gateway() -> FakeGateway:
    return FakeGateway()


def texts() -> dict[str, str]:
    """Ids of the texts of a new referral, by the number that they go to."""
    referred()
    return {read_person(each.person_id).phone: each.id for each in handed_over()}


def report(
    gateway: FakeGateway, status: DeliveryStatus, failure: SendFailure | None = None
) -> None:
    with database.session_scope() as session:
        receipts.apply_report(
            session,
            StatusReport(gateway.carried[-1].provider_id, status, failure),
            reference=None,
            now=gateway.wall(),
            wall=gateway.wall(),
        )


def test_a_notice_is_sent_when_the_carrier_has_taken_its_text(gateway: FakeGateway) -> None:
    waiting = texts()
    a_sender(gateway).deliver(waiting[PHONE])
    notice = the_notice(SENT)
    assert (notice.status, notice.sent_at) == (NoticeStatus.SENT, MORNING)


def test_stop_between_hand_over_and_sending_takes_the_text_back(gateway: FakeGateway) -> None:
    waiting = texts()
    with database.session_scope() as session:
        person = the_person(session, PHONE)
        people.opt_out(session, person, now=MORNING)
        end_texting(session, person, reason="opted_out", now=MORNING)
    a_sender(gateway).deliver(waiting[PHONE])
    assert gateway.sends == 0
    assert fates_of(SENT) == [(NoticeStatus.CANCELLED, "opted_out")]
    assert tasks_now() == []


def test_an_opt_out_alone_is_seen_at_the_last_moment(gateway: FakeGateway) -> None:
    waiting = texts()
    with database.session_scope() as session:
        people.opt_out(session, the_person(session, PHONE), now=MORNING)
    a_sender(gateway).deliver(waiting[PHONE])
    assert gateway.sends == 0
    assert read_message(waiting[PHONE]).status == OutboundStatus.DROPPED
    assert fates_of(SENT) == [(NoticeStatus.CANCELLED, "opted_out")]


def test_a_partner_who_says_stop_leaves_the_clinician_a_task(gateway: FakeGateway) -> None:
    waiting = texts()
    with database.session_scope() as session:
        people.opt_out(session, the_person(session, PARTNER), now=MORNING)
    a_sender(gateway).deliver(waiting[PARTNER])
    assert gateway.sends == 0
    assert fates_of(NEW) == [(NoticeStatus.FAILED, "opted_out")]
    assert [kind for kind, _ in tasks_now()] == [TaskKind.REFERRAL_UNANSWERED]


def test_a_contact_who_was_removed_after_the_hand_over_is_told_nothing(
    gateway: FakeGateway,
) -> None:
    waiting = texts()
    with database.session_scope() as session:
        for contact in session.query(PartnerContact):
            partners.remove_contact(contact, now=MORNING)
    a_sender(gateway).deliver(waiting[PARTNER])
    assert gateway.sends == 0
    assert fates_of(NEW) == [(NoticeStatus.CANCELLED, "contact_removed")]


def test_nobody_is_asked_for_what_a_colleague_has_answered_meanwhile(gateway: FakeGateway) -> None:
    referral_id = referred()
    (asking,) = [each for each in handed_over() if "new request" in each.body]
    with database.session_scope() as session:
        referrals.move(
            session,
            referral_id,
            Status.REJECTED,
            actor=partner("another"),
            reason="full",
            now=MORNING,
        )
    a_sender(gateway).deliver(asking.id)
    assert gateway.sends == 0
    assert fates_of(NEW) == [(NoticeStatus.CANCELLED, "out_of_date")]


@pytest.mark.parametrize("failure", [SendFailure.LANDLINE, SendFailure.UNKNOWN_NUMBER])
def test_a_partners_number_that_is_no_mobile_is_the_clinicians_to_call(
    gateway: FakeGateway, failure: SendFailure
) -> None:
    waiting = texts()
    gateway.then(PermanentSendError(failure))
    a_sender(gateway).deliver(waiting[PARTNER])
    assert fates_of(NEW) == [(NoticeStatus.FAILED, failure.value)]
    ((kind, note),) = tasks_now()
    assert kind == TaskKind.REFERRAL_UNANSWERED
    assert "555" not in note


def test_a_residents_text_that_fails_is_one_task(gateway: FakeGateway) -> None:
    waiting = texts()
    gateway.then(PermanentSendError(SendFailure.FILTERED))
    a_sender(gateway).deliver(waiting[PHONE])
    assert fates_of(SENT) == [(NoticeStatus.FAILED, "filtered")]
    assert [kind for kind, _ in tasks_now()] == [TaskKind.SEND_FAILED]


def test_the_carriers_block_of_a_resident_ends_everything_planned(gateway: FakeGateway) -> None:
    waiting = texts()
    gateway.opted_out.add(PHONE)
    a_sender(gateway).deliver(waiting[PHONE])
    assert fates_of(SENT) == [(NoticeStatus.CANCELLED, "opted_out")]
    assert tasks_now() == []


def test_a_text_of_unknown_fate_fails_its_notice_until_a_report_knows_better(
    gateway: FakeGateway,
) -> None:
    waiting = texts()
    gateway.then(*[AmbiguousSendError("a time-out")] * TRIES)
    sender = a_sender(gateway, now=Clock(MORNING))
    for _ in range(TRIES):
        sender.deliver(waiting[PHONE])
        gateway.wall.forward(minutes=10)
    assert fates_of(SENT) == [(NoticeStatus.FAILED, "ambiguous")]
    with database.session_scope() as session:
        receipts.apply_report(
            session,
            StatusReport("SM" + "7" * 32, DeliveryStatus.DELIVERED, None),
            reference=waiting[PHONE],
            now=MORNING,
            wall=MORNING,
        )
    assert the_notice(SENT).status == NoticeStatus.SENT


def test_a_phone_that_is_off_gives_the_notice_back_until_it_is_on(gateway: FakeGateway) -> None:
    waiting = texts()
    sender = a_sender(gateway, now=Clock(MORNING))
    sender.deliver(waiting[PHONE])
    report(gateway, DeliveryStatus.UNDELIVERED, SendFailure.UNREACHABLE)
    notice = the_notice(SENT)
    assert (notice.status, notice.sent_at) == (NoticeStatus.HANDED_OVER, None)
    gateway.wall.at += receipts.UNREACHABLE_PAUSE
    sender.deliver(waiting[PHONE])
    assert the_notice(SENT).status == NoticeStatus.SENT


def test_a_text_that_never_arrives_fails_its_notice(gateway: FakeGateway) -> None:
    waiting = texts()
    a_sender(gateway).deliver(waiting[PHONE])
    report(gateway, DeliveryStatus.UNDELIVERED, SendFailure.LANDLINE)
    assert fates_of(SENT) == [(NoticeStatus.FAILED, "landline")]
    assert [kind for kind, _ in tasks_now()] == [TaskKind.SEND_FAILED]


def test_handed_over_in_the_evening_and_late_it_waits_for_the_morning(
    gateway: FakeGateway,
) -> None:
    waiting = texts()
    now = Clock(NIGHT)
    sender = a_sender(gateway, now=now)
    for message_id in waiting.values():
        sender.deliver(message_id)
    assert gateway.sends == 0
    now.forward(hours=11)
    for message_id in waiting.values():
        sender.deliver(message_id)
    assert {carried.to for carried in gateway.carried} == {PHONE, PARTNER}


def test_a_page_leaves_at_night_and_in_a_pause(gateway: FakeGateway) -> None:
    paused()
    told_staff(a_colleague(), now=NIGHT)
    (page,) = handed_over(NIGHT)
    a_sender(gateway, now=Clock(NIGHT)).deliver(page.id)
    assert [carried.to for carried in gateway.carried] == [COLLEAGUE]


def test_a_page_about_what_is_done_by_now_does_not_leave(gateway: FakeGateway) -> None:
    with database.session_scope() as session:
        task = tasks.open_task(session, TaskKind.DANGER, person_id=None, now=MORNING)
        session.flush()
    told_staff(a_colleague(), task_id=task.id)
    (page,) = handed_over()
    with database.session_scope() as session:
        tasks.finish(session.merge(task), by="somebody", now=MORNING)
    a_sender(gateway).deliver(page.id)
    assert gateway.sends == 0
    assert fates_of(NoticeKind.ON_CALL) == [(NoticeStatus.CANCELLED, "task_done")]


def test_a_check_in_that_waits_for_its_turn_lets_a_page_pass(gateway: FakeGateway) -> None:
    texts()
    told_staff(a_colleague())
    (page,) = handed_over()
    sender = a_sender(gateway, rate=1.0)
    assert sender.next_up()[0] == page.id


# --- through the real client and the simulated carrier --------------------------------------------


@pytest.fixture(name="carrier", scope="module")
def _carrier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCarrier]:
    folder: Path = tmp_path_factory.mktemp("carrier")
    with (
        running_product() as product,
        running_carrier(carrier_settings(product.webhook_url, folder)) as carrier,
    ):
        yield carrier


def test_the_partner_and_the_person_have_it_on_their_phones(carrier: RunningCarrier) -> None:
    waiting = texts()
    gateway = TwilioGateway(
        account_sid=ACCOUNT_SID,
        auth_token=AUTH_TOKEN,
        status_callback_url=f"{PUBLIC_URL}/webhooks/twilio/status",
        from_number=NUMBER,
        api_base_url=carrier.url,
    )
    sender = Sender(
        gateway,
        pace=Pace(NUMBER, 1000.0),
        quiet=QUIET,
        now=Clock(MORNING),
        wall=wall_now,
        sleep=lambda _: None,
        jitter=lambda: 0.0,
    )
    for message_id in waiting.values():
        sender.deliver(message_id)
    eventually(lambda: len(carrier.control.messages()) == 2)
    on_phones = {each.phone: each for each in carrier.control.messages()}
    assert "Reply A1 to accept" in on_phones[PARTNER].body
    assert "help you asked for" in on_phones[PHONE].body
    assert {each.segments for each in on_phones.values()} <= {1, 2}
    assert {the_notice(kind).status for kind in (NEW, SENT)} == {NoticeStatus.SENT}
    assert the_notice(NEW).sent_at == MORNING
