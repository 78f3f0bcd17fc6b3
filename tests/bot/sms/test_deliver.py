"""The only sender: sent once, whatever fails in between."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from bot.sms import deliver
from bot.sms.gateway import (
    AmbiguousSendError,
    PermanentSendError,
    RetryableSendError,
    SendFailure,
    SmsGateway,
)
from bot.sms.pace import HORIZON
from directory import database
from directory.checkins import service as checkins
from directory.checkins.models import CheckIn, CheckInStatus
from directory.database import Database
from directory.messages import outbox
from directory.messages.models import OutboundMessage, OutboundStatus, SendPriority
from directory.people import service as people
from directory.people.models import Person
from directory.tasks.models import Task, TaskKind
from tests.factories import (
    PHONE,
    QUIET,
    a_sender,
    claimed,
    met,
    queued,
    read_checkin,
    read_message,
    read_person,
    visited,
)
from tests.fakes import MORNING, Clock, FakeGateway, Lost
from tests.threads import all_at_once

NIGHT = datetime(2026, 3, 19, 3, 0, tzinfo=UTC)  # 22:00 in Chicago


def open_tasks() -> list[str]:
    with database.read_scope() as session:
        return list(session.scalars(select(Task.kind)))


def a_queued_checkin(step: int = 0) -> tuple[str, CheckIn]:
    """A check-in of a visit that is due and handed to the outbox, as of its due time."""
    _, planned = visited()
    checkin = planned[step]
    with database.session_scope() as session:
        now = checkin.due_at
        said = checkins.Worded("Hi")
        (message,) = checkins.send_due(session, wording=lambda *_: said, quiet=QUIET, now=now)
        return message.id, checkin


def test_the_fake_is_a_gateway() -> None:
    gateway: SmsGateway = FakeGateway()
    assert gateway.ping()


def test_a_text_is_sent_once_however_often_it_is_asked_for(any_database: Database) -> None:
    gateway = FakeGateway()
    message_id = queued("Three pantries")
    sender = a_sender(gateway)
    for _ in range(3):
        sender.deliver(message_id)
    (carried,) = gateway.carried
    assert (carried.to, carried.body, carried.reference) == (PHONE, "Three pantries", message_id)
    message = read_message(message_id)
    assert message.status == OutboundStatus.SENT
    assert message.provider_id == carried.provider_id


def test_a_text_is_sent_once_by_many_threads(any_database: Database) -> None:
    gateway = FakeGateway()
    message_id = queued()
    sender = a_sender(gateway)
    all_at_once([partial(sender.deliver, message_id)] * 6)
    assert len(gateway.carried) == 1


def test_no_session_is_open_while_a_text_is_sent(any_database: Database) -> None:
    class Looking(FakeGateway):
        def send(self, **given: object) -> object:  # type: ignore[override]
            with database.session_scope() as session:  # would wait for an open writer
                session.get_one(OutboundMessage, str(given["reference"])).segments = 7
            return super().send(**given)  # type: ignore[arg-type]

    message_id = queued()
    a_sender(Looking()).deliver(message_id)  # type: ignore[arg-type]
    assert read_message(message_id).status == OutboundStatus.SENT


# --- lost answers and crashes -------------------------------------------------------------------


def test_a_lost_answer_is_looked_up_and_the_text_not_doubled(any_database: Database) -> None:
    gateway = FakeGateway()
    gateway.then(Lost())
    message_id = queued()
    sender = a_sender(gateway)
    sender.deliver(message_id)
    assert read_message(message_id).status == OutboundStatus.QUEUED
    sender.deliver(message_id)
    assert gateway.lookups == 0  # the carrier gets a moment to list it
    gateway.wall.forward(seconds=deliver.LOOK_AGAIN.total_seconds())
    sender.deliver(message_id)
    assert len(gateway.carried) == 1
    assert read_message(message_id).provider_id == gateway.carried[0].provider_id
    assert read_message(message_id).status == OutboundStatus.SENT


def test_an_unclear_answer_to_a_text_that_never_arrived_is_sent_again(
    any_database: Database,
) -> None:
    gateway = FakeGateway()
    gateway.then(AmbiguousSendError("a time-out"))
    message_id = queued()
    sender = a_sender(gateway)
    sender.deliver(message_id)
    gateway.wall.forward(seconds=5)
    sender.deliver(message_id)
    assert gateway.lookups == 1
    assert len(gateway.carried) == 1


def test_after_a_crash_between_sending_and_noting_the_carrier_is_asked_first(
    any_database: Database,
) -> None:
    gateway = FakeGateway()
    message_id = queued()
    claimed(message_id, wall=gateway.wall())
    gateway.send(to=PHONE, body="Hello", reference=message_id, validity_seconds=None)
    gateway.wall.forward(seconds=outbox.CLAIM.total_seconds() + 1)
    a_sender(gateway).deliver(message_id)
    assert gateway.lookups == 1
    assert len(gateway.carried) == 1
    assert read_message(message_id).status == OutboundStatus.SENT


def test_what_was_claimed_and_never_sent_keeps_the_rate_after_the_look_up(
    any_database: Database,
) -> None:
    gateway = FakeGateway()
    waiting = [queued(f"text {number}") for number in range(4)]
    for message_id in waiting:
        claimed(message_id, wall=gateway.wall())
    gateway.wall.forward(seconds=outbox.CLAIM.total_seconds() + 1)
    sender = a_sender(gateway, rate=2.0)
    waits: list[float] = []
    sender._sleep = waits.append
    for message_id in waiting:
        sender.deliver(message_id)
    assert gateway.lookups == len(gateway.carried) == 4
    assert waits == [0.5, 1.0, 1.5]


def test_a_look_up_that_fails_leaves_the_question_open(any_database: Database) -> None:
    gateway = FakeGateway(lookups_fail=True)
    message_id = queued()
    claimed(message_id, wall=gateway.wall())
    gateway.send(to=PHONE, body="Hello", reference=message_id, validity_seconds=None)
    sender = a_sender(gateway)
    gateway.wall.forward(minutes=1)
    sender.deliver(message_id)
    gateway.lookups_fail = False
    gateway.wall.forward(minutes=1)
    sender.deliver(message_id)
    assert gateway.lookups == 2
    assert len(gateway.carried) == 1


def test_equal_words_sent_for_another_text_are_not_taken_for_this_one(
    any_database: Database,
) -> None:
    gateway = FakeGateway()
    first, second = queued("Same words"), queued("Same words")
    sender = a_sender(gateway)
    sender.deliver(first)
    gateway.then(AmbiguousSendError("a time-out"))
    sender.deliver(second)
    gateway.wall.forward(seconds=5)
    sender.deliver(second)
    assert len(gateway.carried) == 2
    assert {read_message(each).provider_id for each in (first, second)} == {
        carried.provider_id for carried in gateway.carried
    }


def test_two_lost_answers_to_equal_words_are_each_found(any_database: Database) -> None:
    gateway = FakeGateway()
    gateway.then(Lost(), Lost())
    waiting = [queued("Same words"), queued("Same words")]
    sender = a_sender(gateway)
    for _ in range(2):
        for message_id in waiting:
            sender.deliver(message_id)
        gateway.wall.forward(seconds=5)
    assert len(gateway.carried) == 2
    assert len({read_message(each).provider_id for each in waiting} - {None}) == 2


def test_of_two_texts_with_equal_words_the_second_is_found_too(any_database: Database) -> None:
    gateway = FakeGateway()
    first, second = queued("Same words"), queued("Same words")
    sender = a_sender(gateway)
    sender.deliver(first)
    gateway.then(Lost())
    sender.deliver(second)
    gateway.wall.forward(seconds=5)
    sender.deliver(second)
    assert len(gateway.carried) == 2


def test_a_text_whose_fate_stays_unknown_is_given_to_a_person(db: Database) -> None:
    gateway = FakeGateway()
    gateway.then(*[AmbiguousSendError("a time-out")] * deliver.TRIES)
    message_id = queued()
    sender = a_sender(gateway)
    for _ in range(deliver.TRIES):
        sender.deliver(message_id)
        gateway.wall.forward(minutes=10)
    assert read_message(message_id).status == OutboundStatus.UNCERTAIN
    assert open_tasks() == [TaskKind.SEND_FAILED]
    sender.deliver(message_id)
    assert gateway.sends == deliver.TRIES


def test_a_text_that_ends_every_process_that_sends_it_is_given_to_a_person(
    any_database: Database,
) -> None:
    gateway = FakeGateway()
    message_id = queued()
    for _ in range(deliver.TRIES):
        claimed(message_id, wall=gateway.wall())  # and nothing more is heard of that process
        gateway.wall.forward(minutes=1)
    a_sender(gateway).deliver(message_id)
    assert (gateway.sends, gateway.lookups) == (0, 0)
    assert read_message(message_id).status == OutboundStatus.UNCERTAIN
    assert open_tasks() == [TaskKind.SEND_FAILED]


def test_a_clock_that_is_set_back_keeps_no_sender_waiting(any_database: Database) -> None:
    gateway = FakeGateway()
    message_id = queued()
    sender = a_sender(gateway)
    waits: list[float] = []
    sender._sleep = waits.append
    with database.session_scope() as session:
        (ready,) = sender.take(session, [message_id])
    gateway.wall.forward(hours=-1)
    sender.send(ready)
    assert waits == [deliver.LATE_SLOT.total_seconds()]
    assert len(gateway.carried) == 1


# --- retries ------------------------------------------------------------------------------------


def test_retries_wait_twice_as_long_each_time_and_then_a_person_calls(
    any_database: Database,
) -> None:
    gateway = FakeGateway()
    gateway.then(*[RetryableSendError("HTTP 500")] * deliver.TRIES)
    message_id = queued()
    sender = a_sender(gateway)
    waits = []
    for _ in range(deliver.TRIES):
        sender.deliver(message_id)
        retry_at = read_message(message_id).retry_at
        assert retry_at is not None
        waits.append((retry_at - gateway.wall()).total_seconds())
        gateway.wall.at = retry_at
    assert waits[:7] == [2, 4, 8, 16, 32, 64, 128]
    assert max(waits) == deliver.LONGEST_RETRY.total_seconds()
    assert read_message(message_id).status == OutboundStatus.FAILED
    assert open_tasks() == [TaskKind.SEND_FAILED]
    assert gateway.carried == []


def test_jitter_spreads_the_retries(db: Database) -> None:
    gateway = FakeGateway()
    gateway.then(RetryableSendError("HTTP 500"))
    message_id = queued()
    a_sender(gateway, jitter=0.5).deliver(message_id)
    assert read_message(message_id).retry_at == MORNING + timedelta(seconds=3)


def test_a_carrier_that_says_when_is_asked_no_earlier(db: Database) -> None:
    gateway = FakeGateway()
    gateway.then(RetryableSendError("HTTP 429", retry_after=90.0))
    message_id = queued()
    sender = a_sender(gateway)
    sender.deliver(message_id)
    assert read_message(message_id).retry_at == MORNING + timedelta(seconds=90)
    gateway.wall.forward(seconds=89)
    sender.deliver(message_id)
    assert gateway.sends == 1
    gateway.wall.forward(seconds=1)
    sender.deliver(message_id)
    assert read_message(message_id).status == OutboundStatus.SENT


# --- refusals -----------------------------------------------------------------------------------


def test_a_number_that_the_carrier_blocks_is_left_alone(any_database: Database) -> None:
    gateway = FakeGateway(opted_out={PHONE})
    _, planned = visited()
    person_id = planned[0].person_id
    first, second = queued("one", person_id=person_id), queued("two", person_id=person_id)
    sender = a_sender(gateway)
    sender.deliver(first)
    sender.deliver(second)
    assert gateway.sends == 1
    assert read_person(person_id).opted_out_at == MORNING
    assert {read_checkin(each.id).status for each in planned} == {CheckInStatus.CANCELLED}
    assert read_message(second).status == OutboundStatus.DROPPED
    assert open_tasks() == []


@pytest.mark.parametrize("reason", [SendFailure.LANDLINE, SendFailure.UNKNOWN_NUMBER])
def test_a_number_that_takes_no_texts_is_called_by_a_person(
    db: Database, reason: SendFailure
) -> None:
    gateway = FakeGateway()
    gateway.then(PermanentSendError(reason))
    _, planned = visited()
    person_id = planned[0].person_id
    first, second = queued("one", person_id=person_id), queued("two", person_id=person_id)
    sender = a_sender(gateway)
    sender.deliver(first)
    sender.deliver(second)
    assert gateway.sends == 1
    assert read_person(person_id).unreachable_because == reason
    assert {read_checkin(each.id).status for each in planned} == {CheckInStatus.CANCELLED}
    assert open_tasks() == [TaskKind.SEND_FAILED]


@pytest.mark.parametrize(
    "reason", [SendFailure.FILTERED, SendFailure.UNREGISTERED, SendFailure.INVALID]
)
def test_what_is_wrong_with_us_fails_the_text_and_not_the_person(
    db: Database, reason: SendFailure
) -> None:
    gateway = FakeGateway()
    gateway.then(PermanentSendError(reason))
    message_id = queued()
    a_sender(gateway).deliver(message_id)
    message = read_message(message_id)
    assert (message.status, message.reason) == (OutboundStatus.FAILED, reason)
    person = read_person(message.person_id)
    assert person.unreachable_because is None
    assert person.opted_out_at is None
    assert open_tasks() == [TaskKind.SEND_FAILED]


def test_a_failed_text_says_nothing_of_the_number_or_the_words_in_its_task(db: Database) -> None:
    gateway = FakeGateway()
    gateway.then(PermanentSendError(SendFailure.LANDLINE))
    a_sender(gateway).deliver(queued("Secret words"))
    with database.read_scope() as session:
        note = session.scalars(select(Task)).one().note or ""
    assert "Secret" not in note
    assert "555" not in note


def test_after_an_opt_out_only_its_confirmation_leaves(db: Database) -> None:
    gateway = FakeGateway()
    person_id = met()
    waiting, confirmation = queued("a list"), queued("Stopped.", after_opt_out=True)
    with database.session_scope() as session:
        people.opt_out(session, session.get_one(Person, person_id), now=MORNING)
    sender = a_sender(gateway)
    sender.deliver(waiting)
    sender.deliver(confirmation)
    assert [carried.body for carried in gateway.carried] == ["Stopped."]


# --- what we start: quiet hours, staleness, last looks ------------------------------------------


def test_what_we_start_waits_for_the_end_of_quiet_hours(any_database: Database) -> None:
    gateway = FakeGateway()
    now = Clock(NIGHT)
    message_id = queued(initiated=True, now=NIGHT)
    sender = a_sender(gateway, now=now)
    sender.deliver(message_id)
    message = read_message(message_id)
    assert gateway.sends == 0
    assert message.attempts == 0
    assert message.not_before == datetime(2026, 3, 19, 14, 0, tzinfo=UTC)  # 9:00 in Chicago
    now.at = message.not_before
    sender.deliver(message_id)
    assert len(gateway.carried) == 1


def test_a_reply_goes_out_at_night(db: Database) -> None:
    gateway = FakeGateway()
    a_sender(gateway, now=Clock(NIGHT)).deliver(queued(now=NIGHT))
    assert len(gateway.carried) == 1


def test_what_waited_until_it_was_stale_is_dropped(any_database: Database) -> None:
    gateway = FakeGateway()
    now = Clock(NIGHT)
    message_id = queued(initiated=True, now=NIGHT, expires_at=NIGHT + timedelta(hours=4))
    sender = a_sender(gateway, now=now)
    sender.deliver(message_id)
    assert read_message(message_id).status == OutboundStatus.QUEUED
    now.forward(hours=12)
    sender.deliver(message_id)
    message = read_message(message_id)
    assert (message.status, message.reason) == (OutboundStatus.DROPPED, "stale")
    assert gateway.sends == 0


def test_the_carrier_may_hold_what_we_start_no_longer_than_until_quiet_hours(
    db: Database,
) -> None:
    gateway = FakeGateway()
    evening = datetime(2026, 3, 18, 23, 30, tzinfo=UTC)  # 18:30 in Chicago
    sender = a_sender(gateway, now=Clock(evening))
    sender.deliver(queued("started", initiated=True, now=evening))
    sender.deliver(queued("reply", now=evening))
    assert [carried.validity_seconds for carried in gateway.carried] == [5400, 14400]


def test_a_check_in_counts_as_sent_when_the_carrier_took_it(any_database: Database) -> None:
    gateway = FakeGateway()
    message_id, checkin = a_queued_checkin()
    assert read_checkin(checkin.id).status == CheckInStatus.PLANNED
    a_sender(gateway, now=Clock(checkin.due_at)).deliver(message_id)
    sent = read_checkin(checkin.id)
    assert (sent.status, sent.sent_at) == (CheckInStatus.SENT, checkin.due_at)


def test_a_check_in_is_looked_at_again_at_the_last_moment(db: Database) -> None:
    gateway = FakeGateway()
    message_id, checkin = a_queued_checkin()
    with database.session_scope() as session:
        session.get_one(Person, checkin.person_id).safe_to_text = False
    a_sender(gateway, now=Clock(checkin.due_at)).deliver(message_id)
    assert gateway.sends == 0
    assert read_checkin(checkin.id).status == CheckInStatus.CANCELLED
    assert read_message(message_id).reason == "not_safe_to_text"


def test_a_check_in_cancelled_after_it_was_queued_does_not_leave(db: Database) -> None:
    gateway = FakeGateway()
    message_id, checkin = a_queued_checkin()
    with database.session_scope() as session:
        checkins.cancel_planned(session, checkin.person_id)
    a_sender(gateway, now=Clock(checkin.due_at)).deliver(message_id)
    assert gateway.sends == 0
    assert read_message(message_id).status == OutboundStatus.DROPPED


def test_a_check_in_that_the_carrier_refuses_is_failed(db: Database) -> None:
    gateway = FakeGateway()
    gateway.then(PermanentSendError(SendFailure.FILTERED))
    message_id, checkin = a_queued_checkin()
    a_sender(gateway, now=Clock(checkin.due_at)).deliver(message_id)
    assert read_checkin(checkin.id).status == CheckInStatus.FAILED


# --- pace ---------------------------------------------------------------------------------------


def test_a_sender_waits_for_its_turn(db: Database) -> None:
    gateway = FakeGateway()
    wall = gateway.wall
    slept: list[float] = []
    sender = a_sender(gateway, rate=0.5)
    sender._sleep = slept.append
    for message_id in [queued("one"), queued("two"), queued("three")]:
        sender.deliver(message_id)
    assert slept == [2.0, 4.0]
    assert wall() == MORNING


def test_under_load_everybody_is_sent_in_turn_and_at_the_pace(any_database: Database) -> None:
    gateway = FakeGateway()
    sender = a_sender(gateway, rate=1.0)
    sender._sleep = lambda _: None
    waiting = [queued(f"text {number}") for number in range(12)]
    for _ in range(13):
        for message_id in waiting:
            sender.deliver(message_id)
        gateway.wall.forward(seconds=1)
    assert len(gateway.carried) == 12
    assert {read_message(each).attempts for each in waiting} == {1}
    early = sum(text.at < MORNING + timedelta(seconds=4) for text in gateway.carried)
    assert early <= 4 + HORIZON[SendPriority.REPLY].total_seconds() + 1


def test_waiting_for_ones_turn_does_not_make_a_lost_answer_forgotten(
    any_database: Database,
) -> None:
    gateway = FakeGateway()
    gateway.then(Lost())
    message_id = queued()
    sender = a_sender(gateway, rate=0.1)
    sender._sleep = lambda _: None
    sender.deliver(message_id)
    for number in range(5):
        sender.deliver(queued(f"other {number}"))
    gateway.wall.forward(seconds=5)
    sender.deliver(message_id)
    assert gateway.lookups == 1
    assert sum(carried.reference == message_id for carried in gateway.carried) == 1
