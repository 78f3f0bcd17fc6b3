"""How a text ends: taken by the carrier, refused, given up; and what follows from it."""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot.counted import GIVEN_UP
from bot.notices import fates
from bot.sms.gateway import SendFailure
from directory.checkins import service as checkins
from directory.checkins.models import CheckInStatus
from directory.clock import wall_now
from directory.follow_up import end_texting
from directory.messages import outbox
from directory.messages.models import OVER, OutboundMessage, OutboundStatus
from directory.notices import service as notices
from directory.people import queries as people
from directory.people import service as people_service
from directory.retention import carrier_copies
from directory.retention.erase import ERASED
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from directory.telemetry import timings

log = structlog.get_logger(__name__)


def erased_meanwhile(session: Session, message: OutboundMessage) -> bool:
    """Whether there is nobody any more whose text this is: nothing is to be noted or done."""
    if message.body:  # erasing takes the words first, so that no other person is looked up
        return False
    person = people.by_id(session, message.person_id)
    return person is not None and person.erased_at is not None


def accept(
    session: Session,
    message: OutboundMessage,
    provider_id: str,
    *,
    segments: int | None,
    now: datetime,
) -> None:
    """The carrier has the text; the first to say so counts.

    The text of a person who was erased meanwhile learns no id: its copy is blanked at once.
    """
    if erased_meanwhile(session, message):
        carrier_copies.put_down_apart(session, message, provider_id, due_at=wall_now())
        if message.status not in OVER:
            outbox.close(message, OutboundStatus.SENT, reason=ERASED)
        return
    new = outbox.mark_sent(session, message, provider_id=provider_id, segments=segments, now=now)
    if not new:
        return
    if message.checkin_id is not None:
        checkins.mark_sent(session, message.checkin_id, now=now)
    fates.text_sent(session, message, now=now)


def close(
    session: Session,
    message: OutboundMessage,
    status: OutboundStatus,
    reason: str,
    *,
    now: datetime,
) -> bool:
    """It will not go out. True where a task about it has no addressee (see fates.text_ended)."""
    outbox.close(message, status, reason=reason)
    if message.checkin_id is not None:
        failed = status is OutboundStatus.FAILED
        outcome = CheckInStatus.FAILED if failed else CheckInStatus.DROPPED
        if reason in fates.TAKEN_BACK:
            outcome = CheckInStatus.CANCELLED
        checkins.mark_not_sent(session, message.checkin_id, outcome, reason=reason)
    return fates.text_ended(session, message, status, reason, now=now)


def give_up(
    session: Session,
    message: OutboundMessage,
    status: OutboundStatus,
    reason: str,
    *,
    now: datetime,
) -> None:
    """We have tried often enough: a person looks after it."""
    timings.refused(GIVEN_UP)
    if not close(session, message, status, reason, now=now):
        _open_send_failed(session, message, reason, now=now)


def refuse(
    session: Session, message: OutboundMessage, reason: SendFailure, *, now: datetime
) -> None:
    """The carrier will never deliver this text; do what the reason asks for."""
    outbox.close(message, OutboundStatus.FAILED, reason=reason)
    timings.refused(reason)
    if message.checkin_id is not None:
        checkins.mark_not_sent(session, message.checkin_id, CheckInStatus.FAILED, reason=reason)
    no_task = fates.text_ended(session, message, OutboundStatus.FAILED, reason, now=now)
    person = people.by_id(session, message.person_id)
    if person is None or person.erased_at is not None:
        return
    if reason is SendFailure.OPTED_OUT:
        if person.opted_out_at is None:
            people_service.opt_out(session, person, now=now)
        end_texting(session, person, reason="opted_out", now=now)
        return
    if reason in (SendFailure.UNKNOWN_NUMBER, SendFailure.LANDLINE):
        person.unreachable_because = reason
        checkins.cancel_planned(session, person.id, reason=reason)
        notices.cancel(session, person_id=person.id, reason=reason)
    if reason in (SendFailure.FILTERED, SendFailure.UNREGISTERED, SendFailure.INVALID):
        log.error("carrier_refuses_our_texts", reason=reason.value, message_id=message.id)
    if not no_task:
        _open_send_failed(session, message, reason, now=now)


def _open_send_failed(
    session: Session, message: OutboundMessage, reason: str, *, now: datetime
) -> None:
    if erased_meanwhile(session, message):
        return
    note = f"A text did not arrive ({reason}). Please call."
    tasks.open_task(session, TaskKind.SEND_FAILED, person_id=message.person_id, now=now, note=note)
