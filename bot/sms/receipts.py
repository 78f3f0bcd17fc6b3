"""Delivery reports, applied so that late, repeated and reordered ones do no harm."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.notices import fates
from bot.sms.ends import accept, erased_meanwhile, refuse
from bot.sms.gateway import DeliveryStatus, SendFailure, StatusReport, advances
from directory.checkins import service as checkins
from directory.messages import outbox
from directory.messages.models import OutboundMessage, OutboundStatus
from directory.retention import carrier_copies
from directory.telemetry import timings, traces
from directory.telemetry.traces import Step

# A phone that is off or out of coverage: two more tries, then a person calls.
UNREACHABLE_TRIES = 3
UNREACHABLE_PAUSE = timedelta(minutes=10)
_ARRIVED = (DeliveryStatus.DELIVERED, DeliveryStatus.READ)
_LOST = (DeliveryStatus.UNDELIVERED, DeliveryStatus.FAILED, DeliveryStatus.CANCELED)


def apply_report(
    session: Session,
    report: StatusReport,
    *,
    reference: str | None,
    now: datetime,
    wall: datetime,
) -> bool:
    """Apply one report; False when it is about no text of ours or tells nothing new.

    `reference` is our own id from the callback's address: it settles a send whose answer was lost.
    """
    message = outbox.by_id(session, reference, for_update=True) if reference else None
    return apply_to(session, message, report, now=now, wall=wall)


def apply_to(
    session: Session,
    message: OutboundMessage | None,
    report: StatusReport,
    *,
    now: datetime,
    wall: datetime,
) -> bool:
    """The same, once the text that the reference names has been read, and locked."""
    if message is None:
        message = outbox.by_provider_id(session, report.provider_id, for_update=True)
    if message is None or report.status is None:
        return False
    if erased_meanwhile(session, message):
        accept(session, message, report.provider_id, segments=None, now=now)
        return False
    if message.provider_id not in (None, report.provider_id):
        # About an earlier try of the same text; nobody else may know that it has left a copy.
        carrier_copies.put_down_apart(session, message, report.provider_id)
        return False
    message.reported_at = wall
    old = DeliveryStatus(message.provider_status) if message.provider_status else None
    if not advances(old, report.status):
        return False
    message.provider_status = report.status
    timings.reported(report.status)
    with traces.span(
        Step.REPORT,
        of=message.in_reply_to or message.id,
        message_id=message.id,
        status=report.status,
    ):
        return _moved_on(session, message, report, now=now, wall=wall)


def _moved_on(
    session: Session,
    message: OutboundMessage,
    report: StatusReport,
    *,
    now: datetime,
    wall: datetime,
) -> bool:
    accept(session, message, report.provider_id, segments=None, now=now)
    if report.status in _LOST:
        _lost(session, message, report.failure or SendFailure.OTHER, now=now, wall=wall)
        return True
    if report.status in _ARRIVED:
        message.status, message.delivered_at = OutboundStatus.DELIVERED, now
    return True


def _lost(
    session: Session,
    message: OutboundMessage,
    failure: SendFailure,
    *,
    now: datetime,
    wall: datetime,
) -> None:
    if failure is SendFailure.UNREACHABLE and message.attempts < UNREACHABLE_TRIES:
        # Its ids stay until the next try, so that late reports of this one are known for what
        # they are.
        if message.checkin_id is not None:
            checkins.take_back(session, message.checkin_id)
        fates.text_given_back(session, message, now=now)
        outbox.retry_later(
            session, message, at=wall + UNREACHABLE_PAUSE, wall=wall, reason=outbox.UNREACHABLE
        )
        return
    refuse(session, message, failure, now=now)
