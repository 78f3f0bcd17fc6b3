"""Texts of ours: claimed by one sender, paced, kept through crashes."""

from datetime import timedelta
from functools import partial

import pytest

from directory import database
from directory.database import Database
from directory.messages import inbox, outbox, queries
from directory.messages.models import (
    AnsweredBy,
    InboundMessage,
    OutboundMessage,
    OutboundStatus,
    SendPriority,
)
from directory.messages.outbox import Claimed
from tests.directory.test_jobs import rows
from tests.factories import claimed, met, queued, read_message, texted
from tests.fakes import MORNING
from tests.threads import all_at_once

ME = "+16305550199"


def claim(message_id: str, *, after: timedelta = timedelta(0)) -> Claimed | None:
    return claimed(message_id, wall=MORNING + after)


def test_only_one_of_many_senders_gets_a_text(any_database: Database) -> None:
    message_id = queued()
    claims = all_at_once([partial(claim, message_id)] * 6)
    assert sum(claimed is not None for claimed in claims) == 1
    assert read_message(message_id).attempts == 1


def test_an_expired_claim_is_taken_over_by_one_and_may_have_been_sent(
    any_database: Database,
) -> None:
    message_id = queued()
    first = claim(message_id)
    assert first is not None
    assert not first.maybe_sent
    assert claim(message_id, after=outbox.CLAIM) is None
    later = partial(claim, message_id, after=outbox.CLAIM + timedelta(seconds=1))
    (second,) = [claimed for claimed in all_at_once([later] * 4) if claimed is not None]
    assert second.maybe_sent
    assert second.first_tried_at == first.first_tried_at == MORNING


def test_what_may_have_been_sent_stays_so_until_an_answer_is_noted(
    any_database: Database,
) -> None:
    message_id = queued()
    claim(message_id)
    after = outbox.CLAIM + timedelta(seconds=1)
    assert claim(message_id, after=after) is not None
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, message_id)
        assert message.reason == outbox.AMBIGUOUS
        wall = MORNING + after
        reason = message.reason
        outbox.retry_later(session, message, at=wall, wall=wall, reason=reason)
    again = claim(message_id, after=after)
    assert again is not None
    assert again.maybe_sent


def test_a_text_is_not_claimed_before_its_retry_is_due(any_database: Database) -> None:
    message_id = queued()
    claim(message_id)
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, message_id)
        at = MORNING + timedelta(seconds=30)
        outbox.retry_later(session, message, at=at, wall=MORNING, reason="retry")
    assert claim(message_id, after=timedelta(seconds=29)) is None
    assert claim(message_id, after=timedelta(seconds=30)) is not None


@pytest.mark.parametrize(
    "status",
    [OutboundStatus.SENT, OutboundStatus.DELIVERED, OutboundStatus.FAILED, OutboundStatus.DROPPED],
)
def test_a_text_that_is_over_is_never_claimed_again(db: Database, status: OutboundStatus) -> None:
    message_id = queued()
    with database.session_scope() as session:
        session.get_one(OutboundMessage, message_id).status = status
    assert claim(message_id, after=timedelta(days=1)) is None


def test_the_same_retry_enqueued_twice_is_one_job(any_database: Database) -> None:
    message_id = queued()
    for _ in range(2):
        with database.session_scope() as session:
            message = session.get_one(OutboundMessage, message_id)
            outbox.retry_later(session, message, at=MORNING, wall=MORNING, reason="retry")
    assert read_message(message_id).status == OutboundStatus.QUEUED


def test_due_lists_what_waits_and_what_was_abandoned_oldest_first(any_database: Database) -> None:
    first, second = queued("one"), queued("two", now=MORNING + timedelta(seconds=1))
    postponed = queued("three", now=MORNING + timedelta(hours=9))
    claim(first)

    def due(after: timedelta) -> list[str]:
        with database.read_scope() as session:
            at = MORNING + after
            return outbox.due(session, now=at, wall=at)

    assert due(timedelta(seconds=5)) == [second]
    assert due(outbox.CLAIM + timedelta(seconds=1)) == [first, second]
    assert due(timedelta(hours=9)) == [first, second, postponed]


def test_a_persons_texts_are_numbered_in_the_order_they_were_decided(db: Database) -> None:
    ids = [queued(body) for body in ("one", "two", "three")]
    assert [read_message(each).sequence for each in ids] == [1, 2, 3]
    other = queued("four", person_id=met("+16305550101"))
    assert read_message(other).sequence == 1


def test_a_claim_kept_by_a_dead_process_is_released_at_the_start(db: Database) -> None:
    message_id = queued()
    claim(message_id)
    with database.session_scope() as session:
        outbox.release_claims(session, wall=MORNING)
    assert claim(message_id) is None  # its last request may still be on its way
    later = claim(message_id, after=outbox.ON_ITS_WAY + timedelta(seconds=1))
    assert later is not None
    assert later.maybe_sent


def test_texts_are_counted_by_status(db: Database) -> None:
    first = queued()
    queued()
    claim(first)
    with database.read_scope() as session:
        assert queries.counts(session) == {"sending": 1, "queued": 1}


@pytest.mark.parametrize("priority", SendPriority)
def test_what_a_person_waits_for_has_a_job_and_what_can_wait_has_none(
    any_database: Database, priority: SendPriority
) -> None:
    message_id = queued(priority=priority)
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, message_id)
        outbox.retry_later(session, message, at=MORNING, wall=MORNING, reason="retry")
    waited_for = priority <= SendPriority.REPLY
    expected = {f"deliver/{message_id}", f"deliver/{message_id}/0"} if waited_for else set()
    assert {job_id for job_id, *_ in rows(any_database)} == expected


def test_once_a_reply_has_left_its_job_is_gone_and_that_of_what_it_answers(
    any_database: Database,
) -> None:
    inbound_id, other_id = texted("food 60540"), texted("rent")
    with database.session_scope() as session:
        inbound = session.get_one(InboundMessage, inbound_id)
        inbox.mark_answered(session, inbound, AnsweredBy.RASA, now=MORNING, replied=True)
    message_id = queued(in_reply_to=inbound_id)
    waiting = {f"answer/{inbound_id}", f"answer/{other_id}", f"deliver/{message_id}"}
    assert {job_id for job_id, *_ in rows(any_database)} == waiting
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, message_id)
        outbox.mark_sent(session, message, provider_id="SM9", segments=1, now=MORNING)
    assert [job_id for job_id, *_ in rows(any_database)] == [f"answer/{other_id}"]


def test_only_what_the_dead_process_held_is_let_go(any_database: Database) -> None:
    theirs, ours = queued("theirs"), queued("ours")
    for message_id, by in ((theirs, "deadbeef"), (ours, "00c0ffee")):
        claimed(message_id, by=by)
    with database.session_scope() as session:
        outbox.release_claims(session, wall=MORNING, of="deadbeef")
    after = outbox.ON_ITS_WAY + timedelta(seconds=1)
    assert claim(theirs, after=outbox.ON_ITS_WAY) is None
    assert claim(theirs, after=after) is not None
    assert claim(ours, after=after) is None


def test_a_claim_that_is_let_go_twice_ends_no_later(db: Database) -> None:
    message_id = queued()
    claim(message_id)
    for seconds in (0, 4):
        with database.session_scope() as session:
            outbox.release_claims(session, wall=MORNING + timedelta(seconds=seconds))
    assert claim(message_id, after=outbox.ON_ITS_WAY + timedelta(seconds=1)) is not None


def test_what_is_given_back_is_as_if_nobody_had_taken_it(any_database: Database) -> None:
    message_id = queued()
    taken = claim(message_id)
    assert taken is not None
    with database.session_scope() as session:
        outbox.give_back(session, [taken])
    message = read_message(message_id)
    assert (message.status, message.attempts) == (OutboundStatus.QUEUED, 0)
    assert message.first_tried_at is None
    again = claim(message_id)
    assert again is not None
    assert not again.maybe_sent


def test_what_may_have_been_sent_is_not_given_back(db: Database) -> None:
    message_id = queued()
    claim(message_id)
    taken = claim(message_id, after=outbox.CLAIM + timedelta(seconds=1))
    assert taken is not None
    with database.session_scope() as session:
        outbox.give_back(session, [taken])
    assert read_message(message_id).status == OutboundStatus.SENDING


def test_several_senders_at_once_take_each_text_once(any_database: Database) -> None:
    person_id = met()
    waiting = [queued(person_id=person_id) for _ in range(20)]

    def take() -> list[str]:
        with database.session_scope() as session:
            messages = outbox.claimable(session, waiting, wall=MORNING)
            return [outbox.claim(session, message, wall=MORNING).id for message in messages]

    taken = [each for ids in all_at_once([take] * 4) for each in ids]
    assert sorted(taken) == sorted(waiting)
