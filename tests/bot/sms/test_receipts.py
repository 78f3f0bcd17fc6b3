"""Delivery reports: late, repeated and reordered ones do no harm."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from threading import Event, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from bot.sms import receipts
from bot.sms.ends import accept
from bot.sms.gateway import DeliveryStatus, SendFailure, StatusReport
from directory import database
from directory.checkins.models import CheckInStatus
from directory.database import Database
from directory.messages import outbox
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.people.models import Person
from directory.tasks.models import Task, TaskKind
from tests import factories
from tests.bot.sms.test_deliver import a_queued_checkin, open_tasks
from tests.factories import a_sender, queued, read_checkin, read_message, read_person
from tests.fakes import MORNING, Clock, FakeGateway

S = DeliveryStatus
SID = "SM" + "0" * 32
ON_ITS_WAY = [S.QUEUED, S.SENDING, S.SENT]
ENDS = {
    "delivered": [(S.DELIVERED, None)],
    "read": [(S.READ, None)],
    "unreachable": [(S.UNDELIVERED, SendFailure.UNREACHABLE)],
    "landline": [(S.UNDELIVERED, SendFailure.LANDLINE)],
    "opted out": [(S.FAILED, SendFailure.OPTED_OUT)],
    "filtered": [(S.UNDELIVERED, SendFailure.FILTERED)],
}
# A report, or None for the carrier's own answer to the send.
Happening = tuple[DeliveryStatus, SendFailure | None] | None


def report(
    message_id: str | None,
    status: DeliveryStatus | None,
    failure: SendFailure | None = None,
    *,
    sid: str = SID,
) -> bool:
    with database.session_scope() as session:
        return receipts.apply_report(
            session,
            StatusReport(sid, status, failure),
            reference=message_id,
            now=MORNING,
            wall=MORNING,
        )


def claimed(**changes: object) -> str:
    """A text that a sender holds."""
    message_id = queued(**changes)
    factories.claimed(message_id)
    return message_id


def note_sent(message_id: str, sid: str = SID) -> None:
    """The carrier's own answer to the send."""
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, message_id)
        accept(session, message, sid, segments=1, now=MORNING)


def outcome(message_id: str) -> tuple[object, ...]:
    message = read_message(message_id)
    person = read_person(message.person_id)
    return (
        message.status,
        message.reason,
        message.provider_id,
        message.provider_status,
        message.retry_at,
        message.segments,
        person.opted_out_at,
        person.unreachable_because,
    )


def happens(message_id: str, events: Sequence[Happening]) -> None:
    """Reports, and None for the carrier's own answer."""
    for event in events:
        if event is None:
            note_sent(message_id)
        else:
            report(message_id, *event)


@pytest.mark.parametrize("end", ENDS)
def test_the_end_is_the_same_in_whatever_order_reports_and_answer_come(
    db: Database, end: str
) -> None:
    events: list[Happening] = [None, (S.SENT, None), *ENDS[end]]
    outcomes, tasks = set(), set()
    for order in permutations(events):
        with database.session_scope() as session:
            session.execute(delete(Task))
        message_id = claimed()
        happens(message_id, order)
        outcomes.add(outcome(message_id))
        tasks.add(tuple(open_tasks()))
        with database.session_scope() as session:
            session.execute(delete(OutboundMessage))
            person = session.scalars(select(Person)).one()
            person.opted_out_at = person.unreachable_because = None
    assert len(outcomes) == 1, outcomes
    assert len(tasks) == 1


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_lost_and_repeated_reports_change_nothing_of_the_end(
    db: Database, data: st.DataObject
) -> None:
    end = ENDS[data.draw(st.sampled_from(sorted(ENDS)))]
    on_the_way = data.draw(st.lists(st.sampled_from(ON_ITS_WAY), max_size=3))
    events: list[Happening] = [None, *end, *((status, None) for status in on_the_way)]
    events += data.draw(st.lists(st.sampled_from(events), max_size=3))
    usual, shuffled = claimed(), claimed()
    happens_with_own_id(usual, [None, *end])
    happens_with_own_id(shuffled, data.draw(st.permutations(events)))
    first, second = read_message(usual), read_message(shuffled)
    assert (first.status, first.reason, first.retry_at) == (
        second.status,
        second.reason,
        second.retry_at,
    )


def happens_with_own_id(message_id: str, events: Sequence[Happening]) -> None:
    sid = "SM" + message_id.replace("-", "")
    for event in events:
        if event is None:
            note_sent(message_id, sid)
        else:
            report(message_id, *event, sid=sid)


def test_reports_at_the_same_moment_are_applied_one_after_the_other(
    any_database: Database,
) -> None:
    message_id = claimed()
    note_sent(message_id)
    applied = Event()

    def late() -> None:
        applied.wait(10)
        report(message_id, S.SENT)

    thread = Thread(target=late)
    thread.start()
    with database.session_scope() as session:
        receipts.apply_report(
            session,
            StatusReport(SID, S.DELIVERED, None),
            reference=message_id,
            now=MORNING,
            wall=MORNING,
        )
        session.flush()
        applied.set()
        thread.join(0.3)  # it must be waiting for us
    thread.join(10)
    assert not thread.is_alive()
    message = read_message(message_id)
    assert (message.status, message.provider_status) == (OutboundStatus.DELIVERED, S.DELIVERED)


def test_a_report_finds_its_text_by_the_carriers_id_alone(db: Database) -> None:
    message_id = claimed()
    note_sent(message_id)
    assert report(None, S.DELIVERED)
    assert read_message(message_id).delivered_at == MORNING


def test_a_report_about_no_text_of_ours_changes_nothing(db: Database) -> None:
    assert not report(None, S.DELIVERED)
    assert not report("no-such-text", S.DELIVERED, sid="SM" + "9" * 32)


def test_a_word_of_the_carrier_that_we_do_not_know_changes_nothing(db: Database) -> None:
    message_id = claimed()
    assert not report(message_id, None)
    assert read_message(message_id).status == OutboundStatus.SENDING


def test_a_report_settles_a_send_whose_answer_was_lost(any_database: Database) -> None:
    message_id = claimed()
    assert report(message_id, S.QUEUED)
    message = read_message(message_id)
    assert (message.status, message.provider_id) == (OutboundStatus.SENT, SID)


def test_a_report_settles_a_text_that_was_given_up(db: Database) -> None:
    message_id = claimed()
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, message_id)
        outbox.close(message, OutboundStatus.UNCERTAIN, reason="ambiguous")
    report(message_id, S.DELIVERED)
    assert read_message(message_id).status == OutboundStatus.DELIVERED


# --- a phone that is off ------------------------------------------------------------------------


def test_an_unreachable_phone_is_tried_again_and_then_a_person_calls(
    any_database: Database,
) -> None:
    gateway = FakeGateway()
    message_id = queued()
    sender = a_sender(gateway)
    for tries in range(1, receipts.UNREACHABLE_TRIES + 1):
        sender.deliver(message_id)
        assert len(gateway.carried) == tries
        assert gateway.lookups == 0
        undelivered(message_id, gateway)
        gateway.wall.forward(minutes=10)
    message = read_message(message_id)
    assert (message.status, message.reason) == (OutboundStatus.FAILED, SendFailure.UNREACHABLE)
    assert open_tasks() == [TaskKind.SEND_FAILED]
    sender.deliver(message_id)
    assert len(gateway.carried) == receipts.UNREACHABLE_TRIES


def undelivered(message_id: str, gateway: FakeGateway) -> None:
    with database.session_scope() as session:
        receipts.apply_report(
            session,
            StatusReport(gateway.carried[-1].provider_id, S.UNDELIVERED, SendFailure.UNREACHABLE),
            reference=message_id,
            now=gateway.wall(),
            wall=gateway.wall(),
        )


def test_late_reports_of_an_earlier_try_do_not_end_the_next_one(any_database: Database) -> None:
    gateway = FakeGateway()
    message_id = queued()
    sender = a_sender(gateway)
    sender.deliver(message_id)
    first = gateway.carried[0].provider_id
    undelivered(message_id, gateway)
    for status in (S.SENT, S.UNDELIVERED):
        assert not report(message_id, status, sid=first)
    assert read_message(message_id).status == OutboundStatus.QUEUED
    gateway.wall.at += receipts.UNREACHABLE_PAUSE
    sender.deliver(message_id)
    assert len(gateway.carried) == 2
    assert not report(message_id, S.DELIVERED, sid=first)
    assert report(message_id, S.DELIVERED, sid=gateway.carried[1].provider_id)
    assert read_message(message_id).status == OutboundStatus.DELIVERED


def test_a_check_in_to_a_phone_that_was_off_is_sent_again(any_database: Database) -> None:
    gateway = FakeGateway()
    message_id, checkin = a_queued_checkin()
    sender = a_sender(gateway, now=Clock(checkin.due_at + timedelta(hours=1)))
    sender.deliver(message_id)
    undelivered(message_id, gateway)
    assert read_checkin(checkin.id).status == CheckInStatus.PLANNED
    gateway.wall.at += receipts.UNREACHABLE_PAUSE
    sender.deliver(message_id)
    assert len(gateway.carried) == 2
    assert read_checkin(checkin.id).status == CheckInStatus.SENT


def test_a_check_in_that_never_arrives_is_failed_and_not_open_for_an_answer(
    any_database: Database,
) -> None:
    gateway = FakeGateway()
    message_id, checkin = a_queued_checkin()
    a_sender(gateway, now=Clock(checkin.due_at)).deliver(message_id)
    sid = gateway.carried[0].provider_id
    report(message_id, S.UNDELIVERED, SendFailure.FILTERED, sid=sid)
    assert read_checkin(checkin.id).status == CheckInStatus.FAILED
    assert open_tasks() == [TaskKind.SEND_FAILED]
