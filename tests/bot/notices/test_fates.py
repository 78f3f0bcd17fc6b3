"""What becomes of a notice that does not arrive: who is told instead, and who must hear the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.notices.attempts import TRIES, Refused, TryLater
from bot.notices.send import NoticeSender
from bot.sms import ends
from directory import database
from directory.messages import outbox
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.notices.models import NoticeKind, NoticeStatus
from directory.partners.models import Channel
from directory.referrals import service as referrals
from directory.referrals.models import Referral
from directory.referrals.states import Status
from tests.bot.notices.builders import (
    bodies,
    fates_of,
    handed_over,
    referred,
    referred_to,
    the_notice,
)
from tests.directory.referrals.builders import BY_CLINICIAN
from tests.fakes import MORNING, Clock

pytestmark = pytest.mark.usefixtures("partners")
NEW, WITHDRAWN = NoticeKind.REFERRAL_NEW, NoticeKind.REFERRAL_WITHDRAWN
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
