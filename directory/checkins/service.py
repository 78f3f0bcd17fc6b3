"""Planning, sending, answering and ending check-ins."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.checkins import queries
from directory.checkins.models import CheckIn, CheckInStatus
from directory.checkins.plan import STALE_AFTER, due_times, is_stale
from directory.messages import outbox
from directory.messages.models import MessageKind, OutboundMessage, SendPriority
from directory.people import queries as people
from directory.people.models import Person, Purpose
from directory.quiet_hours import QuietHours
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind
from directory.visits.models import Visit

# After this many in a row without an answer a person decides what then.
UNANSWERED_LIMIT = 3
# Older than this a sent check-in is no longer what a text answers.
OPEN_FOR = timedelta(days=14)
# How long a person may take to answer before silence counts.
TIME_TO_ANSWER = timedelta(hours=48)

Wording = Callable[[CheckIn, Person], str]


def plan_for_visit(
    session: Session, visit: Visit, *, quiet: QuietHours, now: datetime
) -> list[CheckIn]:
    """Plan the standard sequence; it replaces what an earlier visit had planned."""
    cancel_planned(session, visit.person_id)
    planned = [
        CheckIn(person_id=visit.person_id, visit_id=visit.id, step=step, due_at=due_at)
        for step, due_at in enumerate(due_times(visit.occurred_at, now=now, quiet=quiet), start=1)
    ]
    session.add_all(planned)
    session.flush()
    return planned


def send_due(
    session: Session, *, wording: Wording, quiet: QuietHours, now: datetime
) -> list[OutboundMessage]:
    """Hand what is due to the outbox, after looking again at everything that may forbid it."""
    if quiet.covers(now):
        return []
    queued = []
    for checkin in queries.due(session, now=now):
        why_not = forbidden(session, checkin, now=now)
        if why_not is not None:
            status, reason = why_not
            checkin.status, checkin.reason = status, reason
            continue
        person = people.by_id(session, checkin.person_id)
        assert person is not None  # noqa: S101  # a foreign key says so
        checkin.queued_at = now
        queued.append(
            outbox.queue_text(
                session,
                person_id=person.id,
                body=wording(checkin, person),
                kind=MessageKind.CHECKIN,
                now=now,
                checkin_id=checkin.id,
                priority=SendPriority.CHECKIN,
                initiated=True,
                expires_at=checkin.due_at + STALE_AFTER,
            )
        )
    return queued


def forbidden(
    session: Session, checkin: CheckIn, *, now: datetime
) -> tuple[CheckInStatus, str] | None:
    """Why this check-in must not go out now; None when it may."""
    if is_stale(checkin.due_at, now=now):
        return CheckInStatus.DROPPED, "stale"
    person = people.by_id(session, checkin.person_id)
    if person is None or person.opted_out_at is not None:
        return CheckInStatus.CANCELLED, "opted_out"
    if person.safe_to_text is not True:
        return CheckInStatus.CANCELLED, "not_safe_to_text"
    if people.valid_consent(session, person.id, Purpose.SMS, now=now) is None:
        return CheckInStatus.CANCELLED, "consent_missing"
    if person.unreachable_because is not None:
        return CheckInStatus.FAILED, person.unreachable_because
    return None


def cancel_planned(session: Session, person_id: str, *, reason: str = "replaced") -> None:
    for checkin in queries.planned(session, person_id):
        checkin.status, checkin.reason = CheckInStatus.CANCELLED, reason


def mark_sent(session: Session, checkin_id: str, *, now: datetime) -> None:
    """The carrier has taken it."""
    checkin = queries.by_id(session, checkin_id)
    if checkin is None or checkin.status != CheckInStatus.PLANNED:
        return
    checkin.status, checkin.sent_at = CheckInStatus.SENT, now


def give_up_on_silent(session: Session, *, now: datetime) -> int:
    """Three sent and none answered: a person decides what then, and nothing more goes out.

    Returns how many people were handed over.
    """
    handed_over = 0
    long_ago = now - TIME_TO_ANSWER
    for checkin in queries.unexamined(session, sent_before=long_ago):
        checkin.reason = "unanswered"
        outcomes = queries.last_outcomes(
            session, checkin.person_id, sent_before=long_ago, limit=UNANSWERED_LIMIT
        )
        if len(outcomes) == UNANSWERED_LIMIT and set(outcomes) == {CheckInStatus.SENT}:
            cancel_planned(session, checkin.person_id, reason="unanswered")
            tasks.open_task(
                session, TaskKind.UNANSWERED_CHECKINS, person_id=checkin.person_id, now=now
            )
            handed_over += 1
    return handed_over


def mark_not_sent(session: Session, checkin_id: str, status: CheckInStatus, *, reason: str) -> None:
    """It will not go out; or, FAILED, it went out and never arrived."""
    checkin = queries.by_id(session, checkin_id)
    if checkin is None:
        return
    lost = status is CheckInStatus.FAILED and checkin.status == CheckInStatus.SENT
    if lost or checkin.status == CheckInStatus.PLANNED:
        checkin.status, checkin.reason = status, reason


def take_back(session: Session, checkin_id: str) -> None:
    """The carrier took it and could not deliver it: it is tried again, unless cancelled."""
    checkin = queries.by_id(session, checkin_id)
    if checkin is not None and checkin.status == CheckInStatus.SENT:
        checkin.status, checkin.sent_at = CheckInStatus.PLANNED, None


def open_for(session: Session, person_id: str, *, now: datetime) -> CheckIn | None:
    """The check-in that a text of this person may be the answer to."""
    checkin = queries.latest_sent(session, person_id)
    if checkin is None or checkin.sent_at is None or now - checkin.sent_at > OPEN_FOR:
        return None
    return checkin


def record_answer(session: Session, checkin_id: str, answer: str, *, now: datetime) -> None:
    checkin = queries.by_id(session, checkin_id)
    if checkin is not None and checkin.status == CheckInStatus.SENT:
        checkin.status, checkin.answer, checkin.answered_at = CheckInStatus.ANSWERED, answer, now
