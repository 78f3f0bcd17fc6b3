"""A text that was on its way while its person was erased: nothing of it comes back."""

import pytest
from sqlalchemy import select

from bot.sms import ends
from bot.sms.gateway import (
    AmbiguousSendError,
    DeliveryStatus,
    PermanentSendError,
    RetryableSendError,
    SendError,
    SendFailure,
    StatusReport,
)
from bot.sms.receipts import apply_report
from directory import database
from directory.database import Database
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.people import queries
from directory.people import service as people
from directory.people.models import Person
from directory.retention.erase import erase
from directory.retention.models import CarrierCopy
from directory.tasks.models import Task
from tests.factories import (
    PHONE,
    a_sender,
    claimed,
    met,
    queued,
    read_message,
    read_person,
)
from tests.fakes import MORNING, FakeGateway


class Slow(FakeGateway):
    """While it is asked to send, the person is erased; then it answers, or `error`."""

    def __init__(self, error: SendError | None = None) -> None:
        super().__init__()
        self.error = error

    def send(self, **text):  # type: ignore[no-untyped-def]  # as the gateway's
        gone(met())
        if self.error is not None:
            raise self.error
        return super().send(**text)


def gone(person_id: str) -> None:
    with database.session_scope() as session:
        erase(session, person_id, by="command", now=MORNING)


def handed_over(sid: str | None = "SM1") -> str:
    """A text that the carrier has; None: its answer is not there yet."""
    message_id = queued("words")
    claimed(message_id)
    if sid is not None:
        with database.session_scope() as session:
            message = session.get_one(OutboundMessage, message_id)
            ends.accept(session, message, sid, segments=1, now=MORNING)
    return message_id


def report(message_id: str, status: DeliveryStatus, failure: SendFailure | None = None) -> bool:
    with database.session_scope() as session:
        told = StatusReport("SM1", status, failure)
        return apply_report(session, told, reference=message_id, now=MORNING, wall=MORNING)


def copies() -> list[str | None]:
    with database.read_scope() as session:
        return sorted(session.scalars(select(CarrierCopy.provider_id)), key=str)


def of_the_erased(person_id: str) -> tuple[object, ...]:
    """What a report could have written."""
    person = read_person(person_id)
    with database.read_scope() as session:
        tasks = session.scalars(select(Task.kind).where(Task.person_id == person_id)).all()
    return (person.opted_out_at, person.unreachable_because, tasks)


NOTHING: tuple[object, ...] = (None, "erased", [])
LOST = [
    (DeliveryStatus.UNDELIVERED, SendFailure.OTHER),
    (DeliveryStatus.UNDELIVERED, SendFailure.UNREACHABLE),
    (DeliveryStatus.UNDELIVERED, SendFailure.LANDLINE),
    (DeliveryStatus.FAILED, SendFailure.OPTED_OUT),
]


@pytest.mark.parametrize(("status", "failure"), [*LOST, (DeliveryStatus.DELIVERED, None)])
@pytest.mark.parametrize("sid", ["SM1", None])
def test_a_report_after_the_erasing_writes_nothing_back(
    db: Database, sid: str | None, status: DeliveryStatus, failure: SendFailure | None
) -> None:
    message_id, person_id = handed_over(sid), met()
    gone(person_id)
    for _ in range(2):
        assert not report(message_id, status, failure)
    text = read_message(message_id)
    assert (text.provider_id, text.provider_status, text.reported_at) == (None, None, None)
    assert text.status == OutboundStatus.SENT
    assert of_the_erased(person_id) == NOTHING
    assert copies() == ["SM1"]  # which is blanked


def test_the_carriers_own_answer_writes_no_id_back(any_database: Database) -> None:
    gateway, message_id, person_id = Slow(), queued("words"), met()
    a_sender(gateway).deliver(message_id)
    text = read_message(message_id)
    assert (text.provider_id, text.sent_at, text.status) == (None, None, OutboundStatus.SENT)
    assert of_the_erased(person_id) == NOTHING
    assert copies() == [gateway.carried[0].provider_id]


@pytest.mark.parametrize(
    "error",
    [
        PermanentSendError(SendFailure.OPTED_OUT),
        PermanentSendError(SendFailure.UNKNOWN_NUMBER),
        PermanentSendError(SendFailure.OTHER),
        RetryableSendError("HTTP 503"),
        AmbiguousSendError("time-out"),
    ],
)
def test_a_send_that_fails_meanwhile_ends_in_silence(db: Database, error: SendError) -> None:
    gateway, message_id, person_id = Slow(error), queued("words"), met()
    sender = a_sender(gateway)
    sender.deliver(message_id)
    gateway.wall.forward(minutes=10)
    sender.deliver(message_id)
    assert read_message(message_id).status == OutboundStatus.FAILED
    assert of_the_erased(person_id) == NOTHING
    assert gateway.carried == []


def test_what_was_tried_often_enough_calls_for_nobody(db: Database) -> None:
    message_id, person_id = handed_over(None), met()
    gone(person_id)
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, message_id)
        ends.give_up(session, message, OutboundStatus.UNCERTAIN, "ambiguous", now=MORNING)
    assert of_the_erased(person_id) == NOTHING


def test_a_number_that_wanted_silence_keeps_it(db: Database) -> None:
    message_id, person_id = handed_over(), met()
    with database.session_scope() as session:
        people.opt_out(session, session.get_one(Person, person_id), now=MORNING)
    gone(person_id)
    report(message_id, DeliveryStatus.FAILED, SendFailure.OPTED_OUT)
    assert of_the_erased(person_id) == NOTHING
    with database.read_scope() as session:
        silent = queries.by_phone(session, PHONE)
        assert silent is not None
        assert (silent.id == person_id, silent.opted_out_at is not None) == (False, True)
