"""Which copies at the carrier are blanked, when, and what is tried again."""

from datetime import timedelta

import pytest

from bot import intake
from bot.sms.ends import accept
from bot.sms.gateway import (
    DeliveryStatus,
    NotFinalError,
    PermanentSendError,
    RetryableSendError,
    SendFailure,
    StatusReport,
)
from bot.sms.receipts import apply_report
from bot.sms.redaction import CARRIER_DOWN, CopyBlanker
from directory import database
from directory.database import Database
from directory.messages import outbox
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.messages.spool import SpooledText
from directory.retention import carrier_copies, holds
from directory.retention import waiting as on_disk
from directory.retention.carrier_copies import PAUSES
from tests.factories import PHONE, claimed, met, queued, texted
from tests.fakes import MORNING, Clock, FakeGateway

DAY = timedelta(days=1)


class Carrier(FakeGateway):
    """Notes what it was asked to blank; `answers` are raised first, one an attempt."""

    def __init__(self) -> None:
        super().__init__()
        self.blanked: list[str] = []
        self.answers: list[Exception] = []

    def redact(self, provider_id: str) -> None:
        if self.answers:
            raise self.answers.pop(0)
        self.blanked.append(provider_id)


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def blanker(carrier: Carrier, clock: Clock) -> CopyBlanker:
    return CopyBlanker(carrier, DAY, clock, clock)


def waiting() -> tuple[int, int]:
    with database.read_scope() as session:
        return carrier_copies.counts(session)


def a_text_out(provider_id: str | None, status: OutboundStatus = OutboundStatus.SENT) -> str:
    message_id = queued()
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, message_id)
        message.provider_id, message.status = provider_id, status
    return message_id


def test_texts_both_ways_are_blanked_once_they_are_old_enough(
    any_database: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    texted("in", provider_id="SMin")
    a_text_out("SMout")
    clock.forward(hours=23)
    assert blanker.look() == 0
    clock.forward(hours=2)
    assert blanker.look() == 2
    assert (sorted(carrier.blanked), waiting()) == (["SMin", "SMout"], (0, 0))
    assert blanker.look() == 0
    texted("later", provider_id="SMlater")  # of the same moment as the others: still seen
    blanker.look()
    assert len(carrier.blanked) == len(set(carrier.blanked))


def test_a_text_that_was_never_handed_over_has_no_copy(
    db: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    a_text_out(None, OutboundStatus.DROPPED)
    clock.forward(days=2)
    assert blanker.look() == 0
    assert (carrier.blanked, waiting()) == ([], (0, 0))


def test_a_text_that_leaves_a_day_late_is_blanked(
    any_database: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    """Held back by a pause, for example."""
    message_id = queued()
    clock.forward(hours=25)
    assert blanker.look() == 0
    a_try(message_id, "SMlate", clock)
    assert blanker.look() == 0
    clock.forward(days=1, seconds=1)
    assert blanker.look() == 1
    assert (carrier.blanked, waiting()) == (["SMlate"], (0, 0))


def test_a_text_that_is_held_back_and_then_dropped_is_forgotten(
    db: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    message_id = queued()
    clock.forward(hours=25)
    blanker.look()
    with database.session_scope() as session:
        outbox.close(
            session.get_one(OutboundMessage, message_id), OutboundStatus.DROPPED, reason="stale"
        )
    assert waiting() == (1, 0)
    clock.forward(days=1, seconds=1)
    blanker.look()
    assert (carrier.blanked, waiting()) == ([], (0, 0))


def test_a_text_that_waited_on_disk_for_days_is_blanked(
    db: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    texted("one that came meanwhile", provider_id="SM1")
    spool = on_disk.spool()
    spool.keep(SpooledText("SM2", PHONE, "words", 0, clock().isoformat()))
    clock.forward(days=3)
    assert blanker.look() == 1
    assert intake.take_in(spool, now=clock())
    clock.forward(days=2)
    assert blanker.look() == 1
    assert carrier.blanked == ["SM1", "SM2"]


def test_what_is_not_at_its_end_is_tried_again_later(
    db: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    texted("in", provider_id="SMin")
    clock.forward(days=2)
    carrier.answers = [NotFinalError("not at its end")]
    assert blanker.look() == 0
    assert blanker.look() == 0  # not before its pause
    clock.forward(seconds=PAUSES[0].total_seconds() + 1)
    assert blanker.look() == 1


def test_a_carrier_that_is_down_costs_no_try(
    db: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    for name in ("SM1", "SM2"):
        texted("in", provider_id=name)
    clock.forward(days=2)
    for _ in range(len(PAUSES) + 2):
        carrier.answers = [RetryableSendError("HTTP 503")]
        assert blanker.look() == 0
        clock.forward(seconds=CARRIER_DOWN.total_seconds() + 1)
    assert blanker.look() == 2
    assert waiting() == (0, 0)


def test_what_the_carrier_will_never_blank_is_given_up_and_counted(
    db: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    texted("in", provider_id="SMin")
    clock.forward(days=2)
    for _ in range(len(PAUSES) + 1):
        carrier.answers = [PermanentSendError(SendFailure.INVALID)]
        blanker.look()
        clock.forward(days=8)
    assert waiting() == (0, 1)
    assert blanker.look() == 0


def test_what_is_on_hold_stays_at_the_carrier_until_released(
    db: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    texted("in", provider_id="SMin")
    person_id = met()
    with database.session_scope() as session:
        hold = holds.add(session, person_id=person_id, reason="Case 1", by="counsel", now=MORNING)
        hold_id = hold.id
    clock.forward(days=2)
    assert blanker.look() == 0
    with database.session_scope() as session:
        holds.release(session, hold_id, by="counsel", now=MORNING)
    clock.forward(days=1, seconds=1)
    assert blanker.look() == 1


def a_text_tried_again(clock: Clock, *sids: str) -> str:
    """A text of which each try but the last found a phone that was off."""
    message_id = queued()
    for sid in sids:
        a_try(message_id, sid, clock)
        if sid != sids[-1]:
            reported(message_id, sid, DeliveryStatus.UNDELIVERED, SendFailure.UNREACHABLE)
            clock.forward(minutes=11)
    return message_id


def a_try(message_id: str, sid: str, clock: Clock) -> None:
    """The carrier takes the text."""
    assert claimed(message_id, wall=clock()) is not None
    with database.session_scope() as session:
        message = session.get_one(OutboundMessage, message_id)
        accept(session, message, sid, segments=1, now=clock())


def reported(
    message_id: str, sid: str, status: DeliveryStatus, failure: SendFailure | None = None
) -> None:
    with database.session_scope() as session:
        report = StatusReport(sid, status, failure)
        apply_report(session, report, reference=message_id, now=MORNING, wall=MORNING)


def test_each_try_of_a_text_that_was_tried_again_is_blanked(
    any_database: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    a_text_tried_again(clock, "SM1", "SM2", "SM3")
    clock.forward(hours=23)
    assert blanker.look() == 0
    clock.forward(hours=2)
    assert blanker.look() == 3
    assert (sorted(carrier.blanked), waiting()) == (["SM1", "SM2", "SM3"], (0, 0))


def test_switched_off_the_tries_of_a_text_wait_until_its_person_is_erased(
    any_database: Database, carrier: Carrier, clock: Clock
) -> None:
    a_text_tried_again(clock, "SM1", "SM2")
    off = CopyBlanker(carrier, None, clock, clock)
    clock.forward(days=30)
    assert off.look() == 0
    person_id = met()
    with database.session_scope() as session:
        carrier_copies.put_down_all_of(session, person_id, wall=clock())
    assert off.look() == 2
    assert sorted(carrier.blanked) == ["SM1", "SM2"]


def test_a_try_that_only_a_late_report_tells_of_is_blanked_once(
    db: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    """The answer to the first was lost, and it was not found when it was looked up."""
    message_id = a_text_tried_again(clock, "SM2")
    for status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED):
        reported(message_id, "SM1", status)
    clock.forward(days=2)
    assert blanker.look() == 2
    assert sorted(carrier.blanked) == ["SM1", "SM2"]


def test_the_earlier_try_of_a_text_that_concerns_somebody_on_hold_stays(
    db: Database, carrier: Carrier, clock: Clock, blanker: CopyBlanker
) -> None:
    held = met("+16305550177")
    with database.session_scope() as session:
        hold_id = holds.add(session, person_id=held, reason="Case", by="counsel", now=MORNING).id
    message_id = a_text_tried_again(clock, "SM1", "SM2")
    with database.session_scope() as session:
        session.get_one(OutboundMessage, message_id).body = "call 630 555 0177"
    clock.forward(days=2)
    assert blanker.look() == 0
    with database.session_scope() as session:
        holds.release(session, hold_id, by="counsel", now=MORNING)
    clock.forward(days=1, seconds=1)
    assert blanker.look() == 2


def test_switched_off_only_what_was_erased_is_blanked(
    db: Database, carrier: Carrier, clock: Clock
) -> None:
    texted("in", provider_id="SMin")
    off = CopyBlanker(carrier, None, clock, clock)
    clock.forward(days=30)
    assert off.look() == 0
    person_id = met()
    with database.session_scope() as session:
        carrier_copies.put_down_all_of(session, person_id, wall=clock())
    assert off.look() == 1
