"""What came of a referral for the person, and what a "no" sets going."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.notices import service as notices
from directory.notices.models import NoticeKind
from directory.referrals import notify
from directory.referrals.actors import Actor
from directory.referrals.models import ListingReport, Referral
from directory.referrals.service import named
from directory.referrals.states import NotReceived, Outcome
from directory.referrals.suggest import next_best
from directory.tasks import service as tasks
from directory.tasks.models import TaskKind

ASK_AGAIN_AFTER = timedelta(days=7)
# Reasons that say something about the listing, so the partner should look at it.
ABOUT_THE_LISTING = frozenset({NotReceived.CLOSED, NotReceived.WRONG_NUMBER})


def received(session: Session, referral: Referral, *, now: datetime) -> None:
    """The person has got the service: the loop is closed."""
    _settle(session, referral, Outcome.SERVICE_RECEIVED, now=now)


def not_yet(referral: Referral, *, now: datetime) -> None:
    """Asked again in a week."""
    referral.ask_at = now + ASK_AGAIN_AFTER


def not_received(session: Session, referral: Referral, *, now: datetime) -> list[str]:
    """It came to nothing: the next best services are found, and the clinician knows at once.

    Returns the ids of the next best services.
    """
    _settle(session, referral, Outcome.NOT_RECEIVED, now=now)
    referral.suggestions = next_best(session, referral, now=now)
    tasks.open_task(
        session,
        TaskKind.REFERRAL_NOT_RECEIVED,
        person_id=referral.person_id,
        referral_id=referral.id,
        service_id=referral.service_id,
        assigned_to=referral.clinician_id,
        note=f"The person did not get this service. {named(session, referral.suggestions)}",
        now=now,
    )
    return referral.suggestions


def because(
    session: Session,
    referral: Referral,
    why: NotReceived,
    *,
    actor: Actor,
    words: str | None,
    now: datetime,
) -> None:
    """Why it came to nothing; what concerns the listing is reported to the partner and to staff."""
    referral.outcome_reason = why
    said = f" In their words: {words}" if words else ""
    tasks.open_task(
        session,
        TaskKind.REFERRAL_NOT_RECEIVED,
        person_id=referral.person_id,
        referral_id=referral.id,
        service_id=referral.service_id,
        assigned_to=referral.clinician_id,
        note=f"Why: {why.value.replace('_', ' ')}.{said}",
        now=now,
    )
    if why in ABOUT_THE_LISTING:
        report_listing(
            session, referral.service_id, why, actor=actor, note=words, referral=referral, now=now
        )


def unknown(session: Session, referral: Referral, *, now: datetime) -> None:
    """Asked and never answered."""
    _settle(session, referral, Outcome.UNKNOWN, now=now)


def report_listing(
    session: Session,
    service_id: str,
    kind: NotReceived,
    *,
    actor: Actor,
    note: str | None,
    now: datetime,
    referral: Referral | None = None,
) -> ListingReport:
    """Somebody says that a listing is wrong: a report, a task, and a word to the partner."""
    report = ListingReport(
        service_id=service_id,
        kind=kind,
        note=note,
        reported_by=actor.by,
        referral_id=referral.id if referral else None,
        created_at=now,
    )
    session.add(report)
    tasks.open_task(
        session,
        TaskKind.LISTING_REPORT,
        person_id=referral.person_id if referral else None,
        referral_id=referral.id if referral else None,
        service_id=service_id,
        note=f"A resident says of this listing: {kind.value.replace('_', ' ')}.",
        now=now,
    )
    if referral is not None:
        notify.report(session, referral, kind.value, now=now)
    return report


def _settle(session: Session, referral: Referral, outcome: Outcome, *, now: datetime) -> None:
    referral.outcome, referral.outcome_at, referral.ask_at = outcome, now, None
    referral.outcome_reason = None  # it belonged to what was said before
    notices.cancel(
        session,
        referral_id=referral.id,
        kinds=(NoticeKind.OUTCOME_QUESTION,),
        reason="answered",
    )
