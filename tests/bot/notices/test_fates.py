"""What becomes of a notice that does not arrive: who is told instead, and who must hear the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.notices.attempts import TRIES, Refused, TryLater
from bot.notices.send import NoticeSender
from bot.sms import ends
from directory import database
from directory.messages import outbox
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.notices.models import NoticeKind, NoticeStatus
from directory.partners import service as partners
from directory.partners.models import Channel, PartnerContact
from directory.referrals import notify
from directory.referrals import service as referrals
from directory.referrals.models import Referral
from directory.referrals.states import Status
from directory.tasks.models import TaskKind
from tests.bot.notices.builders import (
    bodies,
    fates_of,
    handed_over,
    referred,
    referred_to,
    tasks_now,
    the_notice,
)
from tests.directory.referrals.builders import BY_CLINICIAN, a_contact, a_service
from tests.factories import read_person
from tests.fakes import MORNING, Clock

pytestmark = pytest.mark.usefixtures("partners")
NEW, WITHDRAWN = NoticeKind.REFERRAL_NEW, NoticeKind.REFERRAL_WITHDRAWN
NIGHT = datetime(2026, 3, 19, 3, 0, tzinfo=UTC)  # 22:00 in Chicago
NEXT_MORNING = datetime(2026, 3, 19, 14, 0, tzinfo=UTC)  # 9:00
NEW_DESK = "+16305550151"
HOOK = "https://example.org/hook"


@dataclass
class System:
    """A partner's system: `script` holds what the next events come to, None for a success."""

    script: list[Exception | None] = field(default_factory=list)
    arrived: list[object] = field(default_factory=list)

    def post(self, event: Mapping[str, object], **_: object) -> None:
        self.arrived.append(event["event"])
        if self.script and (failure := self.script.pop(0)) is not None:
            raise failure


@dataclass
class Post:
    """A sender of webhooks whose clock moves only when told to."""

    system: System = field(default_factory=System)
    clock: Clock = field(default_factory=Clock)

    def sweep(self, times: int = 1) -> None:
        sender = NoticeSender(
            mail=None,
            webhooks=self.system,  # type: ignore[arg-type]
            now=self.clock,
            wall=self.clock,
            jitter=lambda: 0.0,
        )
        for _ in range(times):
            for notice_id in sender.due():
                sender.send(notice_id)
            self.clock.at += timedelta(minutes=31)


@pytest.fixture(name="post")
def _post() -> Post:
    return Post()


def cancel(referral_id: str, *, now: datetime = MORNING) -> None:
    with database.session_scope() as session:
        referrals.move(
            session, referral_id, Status.CANCELLED, actor=BY_CLINICIAN, reason="moved", now=now
        )


# --- a contact that was removed ------------------------------------------------------------------


def contacts_removed() -> None:
    with database.session_scope() as session:
        for contact in session.scalars(select(PartnerContact)):
            partners.remove_contact(contact, now=NIGHT)


def another_contact() -> None:
    with database.session_scope() as session:
        a_contact(session, a_service(session), address=NEW_DESK, name="New desk")


def numbers_told() -> list[str]:
    """Who the next two looks of the morning ask; what the first finds out the second tells."""
    texts = [*handed_over(NEXT_MORNING), *handed_over(NEXT_MORNING)]
    asked = [each for each in texts if "new request" in each.body]
    return [read_person(each.person_id).phone for each in asked]


def test_whoever_took_the_place_of_a_contact_is_told_once() -> None:
    referred(now=NIGHT)
    contacts_removed()
    another_contact()
    assert numbers_told() == [NEW_DESK]
    assert numbers_told() == []
    assert sorted(fates_of(NEW)) == [
        (NoticeStatus.CANCELLED, "contact_removed"),
        (NoticeStatus.HANDED_OVER, None),
    ]
    assert tasks_now() == []


def test_who_was_told_beside_a_contact_that_is_gone_is_not_told_again() -> None:
    with database.session_scope() as session:
        a_contact(session, a_service(session), address=NEW_DESK, name="Other desk")
    referral_id = referred(now=NIGHT, contact=False)
    with database.session_scope() as session:
        gone = a_contact(session, a_service(session))
        referral = session.get_one(Referral, referral_id)
        notify.requested(session, referral, now=NIGHT)
        partners.remove_contact(gone, now=NIGHT)
    assert numbers_told() == [NEW_DESK]
    assert tasks_now() == []


def test_where_nobody_is_left_the_clinician_is_to_call() -> None:
    referred(now=NIGHT)
    contacts_removed()
    assert numbers_told() == []
    ((kind, note),) = tasks_now()
    assert kind == TaskKind.REFERRAL_UNANSWERED
    assert "no contact with us" in note


def test_a_system_that_looks_for_itself_is_left_its_time() -> None:
    with database.session_scope() as session:
        partners.issue_key(session, a_service(session).organization_id, now=MORNING)
    referred(now=NIGHT)
    contacts_removed()
    assert numbers_told() == []
    assert tasks_now() == []


def test_a_reminder_and_an_answer_that_nobody_reads_are_one_task(post: Post) -> None:
    referral_id = referred_to(Channel.WEBHOOK, HOOK)
    post.sweep()
    with database.session_scope() as session:
        referral = session.get_one(Referral, referral_id)
        referrals.remark(session, referral, "A cat.", actor=BY_CLINICIAN, now=MORNING)
        notify.reminded(session, referral, now=MORNING)
    contacts_removed()
    post.sweep()
    ((kind, note),) = tasks_now()
    assert (kind, note.count("\n")) == (TaskKind.REFERRAL_UNANSWERED, 0)


def test_what_was_answered_meanwhile_is_nobodys_concern() -> None:
    referral_id = referred(now=NIGHT)
    contacts_removed()
    with database.session_scope() as session:
        session.get_one(Referral, referral_id).status = Status.ACCEPTED
    assert numbers_told() == []
    assert tasks_now() == []


# --- who must hear how it ended -----------------------------------------------------------------


def test_who_may_have_got_the_request_hears_that_it_is_withdrawn(post: Post) -> None:
    referral_id = referred_to(Channel.WEBHOOK, HOOK)
    post.system.script = [TryLater("webhook_too_slow")]  # its 200 came too late
    post.sweep()
    cancel(referral_id)
    post.sweep()
    assert post.system.arrived == [NEW, WITHDRAWN]
    assert fates_of(WITHDRAWN) == [(NoticeStatus.SENT, None)]


def test_what_was_given_up_may_have_arrived(post: Post) -> None:
    referral_id = referred_to(Channel.WEBHOOK, HOOK)
    post.system.script = [TryLater("webhook_too_slow") for _ in range(TRIES)]
    post.sweep(TRIES)
    assert fates_of(NEW) == [(NoticeStatus.FAILED, "webhook_too_slow")]
    cancel(referral_id)
    post.sweep()
    assert post.system.arrived[TRIES:] == [WITHDRAWN]


@pytest.mark.parametrize("before", [(), (TryLater("webhook_too_slow"),)])
def test_a_refusal_proves_only_that_this_try_did_not_arrive(
    post: Post, before: tuple[TryLater, ...]
) -> None:
    referral_id = referred_to(Channel.WEBHOOK, HOOK)
    post.system.script = [*before, Refused("webhook_gone")]
    post.sweep(len(before) + 1)
    cancel(referral_id)
    post.sweep()
    told = [(NoticeStatus.SENT, None)]
    assert fates_of(WITHDRAWN) == (told if before else [(NoticeStatus.CANCELLED, "never_told")])


def test_what_was_stopped_before_it_left_is_no_try(post: Post) -> None:
    referral_id = referred_to(Channel.WEBHOOK, HOOK)
    with database.session_scope() as session:
        session.get_one(Referral, referral_id).status = Status.CANCELLED
    post.sweep()
    assert fates_of(NEW) == [(NoticeStatus.CANCELLED, "out_of_date")]
    assert the_notice(NEW).attempts == 0


def uncertain(message: OutboundMessage) -> None:
    with database.session_scope() as session:
        ends.give_up(
            session,
            session.get_one(OutboundMessage, message.id),
            OutboundStatus.UNCERTAIN,
            outbox.AMBIGUOUS,
            now=MORNING,
        )


def tried_once(message: OutboundMessage) -> None:
    with database.session_scope() as session:
        tried = session.get_one(OutboundMessage, message.id)
        tried.attempts, tried.reason = 1, outbox.AMBIGUOUS


@pytest.mark.parametrize("became", [uncertain, tried_once])
def test_a_text_that_may_have_arrived_is_followed_by_the_word_that_it_is_over(
    became: Callable[[OutboundMessage], None],
) -> None:
    referral_id = referred()
    (asked,) = [each for each in handed_over() if "new request" in each.body]
    became(asked)
    cancel(referral_id)
    assert set(bodies(handed_over())) == {WITHDRAWN}
