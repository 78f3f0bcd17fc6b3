"""E-mails and webhooks: one sender at a time, tried again, and given to a person in the end."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.notices.attempts import FIRST_PAUSE, LONGEST_PAUSE, TRIES, Refused, TryLater, pause_after
from bot.notices.email import MailServer
from bot.notices.send import NoticeSender
from bot.notices.webhook import Webhooks
from bot.notices.words import Letter
from directory import database
from directory.notices import service as notices
from directory.notices.models import Notice, NoticeKind, NoticeStatus
from directory.partners.models import Channel, PartnerContact
from directory.referrals import service as referrals
from directory.referrals.states import Status
from directory.tasks.models import TaskKind
from tests.bot.notices.builders import (
    a_colleague,
    fates_of,
    paused,
    referred_to,
    tasks_now,
    the_notice,
    told_staff,
)
from tests.bot.notices.receivers import PartnerSystem, Postbox, a_mail_server, a_partner_system
from tests.directory.referrals.builders import BY_CLINICIAN
from tests.fakes import MORNING, Clock
from tests.threads import all_at_once

pytestmark = pytest.mark.usefixtures("partners")
NEW = NoticeKind.REFERRAL_NEW
DESK = "desk@pantry.example"


@dataclass
class FakeMail:
    """A mail server in memory: `script` holds what the next e-mails come to."""

    script: list[Exception] = field(default_factory=list)
    sent: list[tuple[str, str, Letter]] = field(default_factory=list)
    tries: int = 0

    def send(self, letter: Letter, *, to: str, notice_id: str, at: object) -> None:
        self.tries += 1
        with database.session_scope() as session:  # would wait for a writer that is open
            session.get_one(Notice, notice_id).facts = {"seen": True}
        if self.script:
            raise self.script.pop(0)
        self.sent.append((to, notice_id, letter))


@dataclass
class Post:
    """A sender whose clock moves only when told to."""

    mail: FakeMail = field(default_factory=FakeMail)
    clock: Clock = field(default_factory=Clock)

    @property
    def sender(self) -> NoticeSender:
        return NoticeSender(
            mail=self.mail,  # type: ignore[arg-type]
            webhooks=Webhooks(private_allowed=True),
            now=self.clock,
            wall=self.clock,
            jitter=lambda: 0.0,
        )

    def sweep(self) -> None:
        for notice_id in self.sender.due():
            self.sender.send(notice_id)

    def until_it_gives_up(self) -> int:
        """How many sweeps, at the moments when something is due again."""
        for rounds in range(50):
            self.sweep()
            retry_at = the_notice(NEW).retry_at
            if the_notice(NEW).status != NoticeStatus.PLANNED or retry_at is None:
                return rounds + 1
            self.clock.at = retry_at
        raise AssertionError("it never gives up")


@pytest.fixture(name="post")
def _post() -> Post:
    return Post()


@pytest.fixture(name="system")
def _system() -> Iterator[PartnerSystem]:
    with a_partner_system() as system:
        yield system


# --- e-mail -------------------------------------------------------------------------------------


def test_a_partner_gets_an_e_mail_with_its_link(post: Post) -> None:
    referred_to(Channel.EMAIL, DESK)
    post.sweep()
    ((to, notice_id, letter),) = post.mail.sent
    notice = the_notice(NEW)
    assert (to, notice_id) == (DESK, notice.id)
    assert (notice.status, notice.sent_at) == (NoticeStatus.SENT, MORNING)
    assert letter.subject.startswith("Handoff: new request for ")
    assert "http://127.0.0.1:8000/r/" in letter.body
    post.sweep()
    assert len(post.mail.sent) == 1


def test_over_real_smtp(post: Post) -> None:
    referred_to(Channel.EMAIL, DESK)
    postbox = Postbox()
    with a_mail_server(postbox) as port:
        mail = MailServer.at(f"smtp://127.0.0.1:{port}", sender="handoff@localhost")
        sender = replace(post.sender, mail=mail)
        for notice_id in sender.due():
            sender.send(notice_id)
    assert [envelope.rcpt_tos for envelope in postbox.taken] == [[DESK]]


def test_of_many_senders_one_sends(post: Post) -> None:
    referred_to(Channel.EMAIL, DESK)
    notice_id = the_notice(NEW).id
    all_at_once([partial(post.sender.send, notice_id)] * 5)
    assert post.mail.tries == 1


def test_a_slow_senders_late_result_does_not_undo_the_others(post: Post) -> None:
    referred_to(Channel.EMAIL, DESK)
    notice_id = the_notice(NEW).id

    def other_sends_meanwhile(*_: object, **__: object) -> None:
        with database.session_scope() as session:
            notices.mark(session, notice_id, NoticeStatus.SENT, now=MORNING, reason=None)
        raise TryLater("mail_server_not_reached")

    post.mail.send = other_sends_meanwhile  # type: ignore[method-assign]
    post.sweep()
    assert fates_of(NEW) == [(NoticeStatus.SENT, None)]


def test_after_a_crash_it_is_sent_again_under_the_same_id(post: Post) -> None:
    referred_to(Channel.EMAIL, DESK)
    with database.session_scope() as session:
        notices.claim(session, the_notice(NEW).id, now=MORNING, wall=MORNING)
    post.sweep()
    assert post.mail.tries == 0
    post.clock.at += notices.CLAIM + timedelta(seconds=1)
    post.sweep()
    assert [notice_id for _, notice_id, _ in post.mail.sent] == [the_notice(NEW).id]


def test_what_kills_every_sender_is_given_up(post: Post) -> None:
    referred_to(Channel.EMAIL, DESK)

    def dies(*_: object, **__: object) -> None:
        raise MemoryError

    post.mail.send = dies  # type: ignore[method-assign]
    for _ in range(TRIES):
        with pytest.raises(MemoryError):
            post.sweep()
        post.clock.at += notices.CLAIM + timedelta(seconds=1)
    post.sweep()
    assert fates_of(NEW) == [(NoticeStatus.FAILED, "gave_up")]


def test_a_server_that_fails_is_asked_again_for_an_hour_and_then_a_person_calls(
    post: Post,
) -> None:
    referred_to(Channel.EMAIL, DESK)
    post.mail.script = [TryLater("mail_server_not_reached") for _ in range(TRIES)]
    assert post.until_it_gives_up() == TRIES
    assert timedelta(minutes=45) < post.clock.at - MORNING < timedelta(minutes=90)
    assert fates_of(NEW) == [(NoticeStatus.FAILED, "mail_server_not_reached")]
    ((kind, note),) = tasks_now()
    assert kind == TaskKind.REFERRAL_UNANSWERED
    assert "the e-mail to the partner did not go out" in note
    assert DESK not in note


def test_a_refusal_is_for_good_and_a_task_at_once(post: Post) -> None:
    referred_to(Channel.EMAIL, DESK)
    post.mail.script = [Refused("mail_address_refused")]
    post.sweep()
    assert fates_of(NEW) == [(NoticeStatus.FAILED, "mail_address_refused")]
    assert [kind for kind, _ in tasks_now()] == [TaskKind.REFERRAL_UNANSWERED]


def test_without_a_mail_server_the_clinician_knows_at_once(post: Post) -> None:
    referred_to(Channel.EMAIL, DESK)
    sender = replace(post.sender, mail=None)
    for notice_id in sender.due():
        sender.send(notice_id)
    assert fates_of(NEW) == [(NoticeStatus.FAILED, "mail_not_set_up")]
    assert [kind for kind, _ in tasks_now()] == [TaskKind.REFERRAL_UNANSWERED]


def test_a_colleague_gets_an_e_mail_without_content(post: Post) -> None:
    staff_id = a_colleague()
    told_staff(staff_id, NoticeKind.TASK_OVERDUE, channel=Channel.EMAIL, facts={"count": 4})
    post.sweep()
    ((to, _, letter),) = post.mail.sent
    assert to == "on.call@naperville.example"
    assert "4 tasks are overdue" in letter.body
    assert "http://127.0.0.1:8000/console" in letter.body


# --- webhooks -----------------------------------------------------------------------------------


def test_a_partners_system_gets_the_event(post: Post, system: PartnerSystem) -> None:
    referral_id = referred_to(Channel.WEBHOOK, system.url)
    post.sweep()
    (received,) = system.requests
    event = json.loads(received.body)
    assert (event["event"], event["referral_id"]) == ("referral_new", referral_id)
    assert set(event) == {
        "event",
        "referral_id",
        "status",
        "priority",
        "service_id",
        "at",
        "link",
    }
    assert received.headers["webhook-id"] == the_notice(NEW).id
    assert fates_of(NEW) == [(NoticeStatus.SENT, None)]


def test_a_repeat_carries_the_same_id(post: Post, system: PartnerSystem) -> None:
    referred_to(Channel.WEBHOOK, system.url)
    system.answers = [500, 503]
    post.until_it_gives_up()
    assert len(system.requests) == 3
    assert len({each.headers["webhook-id"] for each in system.requests}) == 1
    assert len({each.body for each in system.requests}) == 1
    assert len({each.headers["webhook-timestamp"] for each in system.requests}) == 3
    assert fates_of(NEW) == [(NoticeStatus.SENT, None)]


def test_a_system_that_never_answers_well_is_the_clinicians_concern(
    post: Post, system: PartnerSystem
) -> None:
    referred_to(Channel.WEBHOOK, system.url)
    system.answers = [500] * 50
    assert post.until_it_gives_up() == TRIES
    assert len(system.requests) == TRIES
    assert fates_of(NEW) == [(NoticeStatus.FAILED, "webhook_status_500")]
    ((kind, note),) = tasks_now()
    assert kind == TaskKind.REFERRAL_UNANSWERED
    assert "system does not answer" in note


def test_a_new_contacts_secret_is_one_that_receivers_libraries_take(system: PartnerSystem) -> None:
    referred_to(Channel.WEBHOOK, system.url)
    with database.read_scope() as session:
        secret = session.query(PartnerContact).one().secret or ""
    assert secret.startswith("whsec_")
    assert len(secret) == len("whsec_") + 44


# --- what forbids or holds back -----------------------------------------------------------------


def test_what_was_answered_meanwhile_is_not_sent(post: Post, system: PartnerSystem) -> None:
    referral_id = referred_to(Channel.WEBHOOK, system.url)
    with database.session_scope() as session:
        referrals.move(
            session, referral_id, Status.ACCEPTED, actor=BY_CLINICIAN, reason=None, now=MORNING
        )
    post.sweep()
    assert "referral_new" not in [json.loads(each.body)["event"] for each in system.requests]


def test_a_pause_holds_back_all_but_alarms(post: Post) -> None:
    referred_to(Channel.EMAIL, DESK)
    paused()
    told_staff(a_colleague(), NoticeKind.ALARM, channel=Channel.EMAIL)
    post.sweep()
    post.sender.send(the_notice(NEW).id)
    assert [to for to, _, _ in post.mail.sent] == ["on.call@naperville.example"]
    assert the_notice(NEW).status == NoticeStatus.PLANNED
    paused(ended=True)
    post.sweep()
    assert [to for to, _, _ in post.mail.sent][1:] == [DESK]


def test_an_e_mail_goes_at_night(post: Post) -> None:
    referred_to(Channel.EMAIL, DESK)
    post.clock.forward(hours=12)
    post.sweep()
    assert len(post.mail.sent) == 1


# --- pauses between tries -----------------------------------------------------------------------


@given(
    tries=st.integers(1, 100),
    jitter=st.floats(0, 1),
    told=st.none() | st.floats(0, 1e9),
)
def test_pauses_double_up_to_half_an_hour(tries: int, jitter: float, told: float | None) -> None:
    pause = pause_after(tries, jitter=jitter, retry_after=told)
    assert FIRST_PAUSE <= pause <= LONGEST_PAUSE * 1.25
    if told is None:
        assert pause <= pause_after(tries + 1, jitter=jitter, retry_after=None)
    elif told <= LONGEST_PAUSE.total_seconds():
        assert pause >= timedelta(seconds=told)
