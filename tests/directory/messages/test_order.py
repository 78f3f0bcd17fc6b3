"""Replies to one person leave in the order in which they were decided."""

from datetime import timedelta

import pytest

from directory import database
from directory.database import Database
from directory.messages import inbox, outbox
from directory.messages.models import (
    AnsweredBy,
    MessageKind,
    OutboundMessage,
    OutboundStatus,
    SendPriority,
)
from directory.messages.order import LOOK_AGAIN, PATIENCE
from tests.factories import a_sender, claimed, met, read_message
from tests.fakes import MORNING, FakeGateway


def replies(*priorities: SendPriority, person_id: str | None = None) -> list[str]:
    """A text of one person for each, answered; ids of the answers."""
    found = []
    with database.session_scope() as session:
        for number, priority in enumerate(priorities):
            received = inbox.record_inbound(
                session, provider_id=f"SM{number}", phone=PHONE, body=f"text {number}", now=MORNING
            )
            inbound = inbox.by_id(session, received.inbound_id)
            assert inbound is not None
            inbox.mark_answered(session, inbound, AnsweredBy.RASA, now=MORNING)
            message = outbox.queue_text(
                session,
                person_id=received.person_id,
                body=f"reply {number}",
                kind=MessageKind.REPLY,
                now=MORNING,
                priority=priority,
                in_reply_to=inbound.id,
            )
            found.append(message.id)
    return found


PHONE = "+16305550100"
REPLY, DANGER = SendPriority.REPLY, SendPriority.DANGER


@pytest.fixture(name="gateway")
def _gateway(any_database: Database) -> FakeGateway:
    return FakeGateway()


def test_a_reply_waits_for_the_one_before_it(gateway: FakeGateway) -> None:
    first, second = replies(REPLY, REPLY)
    sender = a_sender(gateway)
    sender.deliver(second)
    assert gateway.sends == 0
    again = read_message(second)
    assert (again.status, again.attempts) == (OutboundStatus.QUEUED, 0)
    assert again.retry_at == MORNING + LOOK_AGAIN
    sender.deliver(first)
    gateway.wall.forward(seconds=1)
    sender.deliver(second)
    assert gateway.sends == 2


def test_danger_waits_for_no_reply(gateway: FakeGateway) -> None:
    _, danger = replies(REPLY, DANGER)
    a_sender(gateway).deliver(danger)
    assert gateway.sends == 1


def test_a_reply_waits_for_one_whose_sender_died_and_not_for_ever(gateway: FakeGateway) -> None:
    first, second = replies(REPLY, REPLY)
    claimed(first, by="deadbeef")
    sender = a_sender(gateway)
    sender.deliver(second)
    assert gateway.sends == 0
    gateway.wall.forward(seconds=PATIENCE.total_seconds() + 1)
    sender.deliver(second)
    assert gateway.sends == 1


def test_it_is_looked_at_again_when_the_one_before_is_tried_again(gateway: FakeGateway) -> None:
    first, second = replies(REPLY, REPLY)
    claimed(first)
    at = MORNING + timedelta(seconds=20)
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, first)
        outbox.retry_later(session, message, at=at, wall=MORNING, reason="retry")
    a_sender(gateway).deliver(second)
    assert read_message(second).retry_at == at


def test_people_do_not_wait_for_each_other(gateway: FakeGateway) -> None:
    replies(REPLY)
    met("+16305550111")
    with database.session_scope() as session:
        received = inbox.record_inbound(
            session, provider_id="SM99", phone="+16305550111", body="text", now=MORNING
        )
        message = outbox.queue_text(
            session,
            person_id=received.person_id,
            body="reply",
            kind=MessageKind.REPLY,
            now=MORNING,
            in_reply_to=received.inbound_id,
        )
    a_sender(gateway).deliver(message.id)
    assert gateway.sends == 1
