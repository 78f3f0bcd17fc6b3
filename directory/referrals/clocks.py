"""What time does to referrals: reminders, silence, the question whether it worked."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.checkins import queries as checkins
from directory.notices import queries as notices
from directory.notices.models import NoticeKind
from directory.people import queries as people
from directory.referrals import notify, outcomes, queries
from directory.referrals.models import Referral
from directory.referrals.service import named
from directory.referrals.states import Outcome, Status
from directory.referrals.suggest import next_best
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

AT_ONCE = 100
ASK_AT_MOST = 2
ASK_AGAIN_AFTER = timedelta(days=4)
# Two questions at once could be told apart neither by the person nor in the answer: "1" would be
# about one of them only. Short enough for a few of them to be asked within the day.
APART = timedelta(hours=3)
_NEVER_ASKED = (Status.REJECTED, Status.CANCELLED, Status.FAILED, Status.ENTERED_IN_ERROR)


def look(session: Session, *, now: datetime) -> int:
    """Do what is due by `now` (product time); returns how many referrals were touched."""
    steps = (
        (Referral.remind_at, _remind),
        (Referral.escalate_at, _escalate),
        (Referral.ask_at, _ask),
    )
    touched = 0
    for column, step in steps:
        for referral in queries.due(session, column, now=now, limit=AT_ONCE):
            step(session, referral, now)
            touched += 1
    return touched


def _remind(session: Session, referral: Referral, now: datetime) -> None:
    referral.remind_at = None
    if referral.status == Status.REQUESTED:
        notify.reminded(session, referral, now=now)


def _escalate(session: Session, referral: Referral, now: datetime) -> None:
    referral.escalate_at = None
    if referral.status != Status.REQUESTED:
        return
    referral.suggestions = next_best(session, referral, now=now)
    tasks.open_task(
        session,
        TaskKind.REFERRAL_UNANSWERED,
        person_id=referral.person_id,
        referral_id=referral.id,
        service_id=referral.service_id,
        assigned_to=referral.clinician_id,
        note=f"The partner has not answered. {named(session, referral.suggestions)}",
        now=now,
    )


def _ask(session: Session, referral: Referral, now: datetime) -> None:
    referral.ask_at = None
    person = people.by_id(session, referral.person_id)
    if person is None or referral.outcome in set(Outcome) or referral.status in _NEVER_ASKED:
        return
    if referral.asked_times >= ASK_AT_MOST:
        outcomes.unknown(session, referral, now=now)
        return
    other = notices.under_way(
        session, person.id, (NoticeKind.OUTCOME_QUESTION,), sent_after=now - APART
    )
    if other is not None and other.referral_id != referral.id:
        referral.ask_at = (other.sent_at or now) + APART
        return
    checkin_at = checkins.asked_beside(session, person.id, now=now, within=APART)
    if checkin_at is not None:
        referral.ask_at = checkin_at + APART
        return
    referral.asked_times += 1
    if notify.ask_outcome(session, referral, person, now=now):
        referral.ask_at = now + ASK_AGAIN_AFTER
        return
    tasks.open_task(
        session,
        TaskKind.CALL_BACK,
        person_id=person.id,
        referral_id=referral.id,
        service_id=referral.service_id,
        assigned_to=referral.clinician_id,
        note="We may not text this person: please ask by phone whether the service was received.",
        now=now,
    )
