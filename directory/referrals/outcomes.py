"""What came of a referral for the person, and what a "no" sets going."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.errors import Conflict, NotFound, TooMany
from directory.freshness import reports
from directory.freshness.models import Reported
from directory.measures import unmet
from directory.measures.models import Unmet
from directory.notices import service as notices
from directory.notices.models import NoticeKind
from directory.people import queries as people
from directory.referrals import notify
from directory.referrals.actors import Actor
from directory.referrals.models import Referral
from directory.referrals.service import named
from directory.referrals.states import NEVER_ASKED, NotReceived, Outcome
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
    if why is NotReceived.FULL:
        unmet.note_for_person(session, referral.person_id, referral.need, Unmet.FULL, now=now)
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
        # The referral's own task has it all: of one who reports too much nothing is lost.
        with suppress(NotFound, TooMany), session.begin_nested():
            reports.report(
                session,
                referral.service_id,
                Reported(why.value),
                by=actor.by,
                note=words,
                referral=referral,
                now=now,
            )


def unknown(session: Session, referral: Referral, *, now: datetime) -> None:
    """Asked and never answered."""
    _settle(session, referral, Outcome.UNKNOWN, now=now)


def ask_again(session: Session, referral: Referral, *, now: datetime) -> None:
    """Ask the person once more whether the service was received, by text, within the hour.

    Raises Conflict where it is known or was never under way, and where we may not text them.
    """
    known = referral.outcome in (Outcome.SERVICE_RECEIVED, Outcome.NOT_RECEIVED)
    if known or referral.status in NEVER_ASKED:
        raise Conflict("not_to_ask", "There is nothing to ask: it is known what came of it.")
    person = people.by_id(session, referral.person_id)
    referral.asked_times += 1
    if person is None or not notify.ask_outcome(session, referral, person, now=now):
        raise Conflict("may_not_text", "We may not text this person: ask them by phone.")
    referral.outcome = referral.outcome_at = None
    referral.ask_at = now + ASK_AGAIN_AFTER


def _settle(session: Session, referral: Referral, outcome: Outcome, *, now: datetime) -> None:
    referral.outcome, referral.outcome_at, referral.ask_at = outcome, now, None
    referral.outcome_reason = None  # it belonged to what was said before
    notices.cancel(
        session,
        referral_id=referral.id,
        kinds=(NoticeKind.OUTCOME_QUESTION,),
        reason="answered",
    )
