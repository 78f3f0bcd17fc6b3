"""Every SELECT on what happened with one person, the newest first, up to a moment."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.checkins.models import CheckIn, CheckInStatus
from directory.mandated_reports.models import MandatedReport
from directory.messages.models import InboundMessage, OutboundMessage
from directory.people.models import Consent
from directory.referrals.models import Referral, ReferralEvent
from directory.tasks.models import Task, TaskStatus
from directory.visits.models import Visit


def texts_in(
    session: Session, person_id: str, *, until: datetime | None, limit: int
) -> list[InboundMessage]:
    statement = select(InboundMessage).where(InboundMessage.person_id == person_id)
    return list(session.scalars(_newest(statement, InboundMessage.received_at, until, limit)))


def texts_out(
    session: Session, person_id: str, *, until: datetime | None, limit: int
) -> list[OutboundMessage]:
    statement = select(OutboundMessage).where(OutboundMessage.person_id == person_id)
    return list(session.scalars(_newest(statement, OutboundMessage.created_at, until, limit)))


def visits(session: Session, person_id: str, *, until: datetime | None, limit: int) -> list[Visit]:
    statement = select(Visit).where(Visit.person_id == person_id)
    return list(session.scalars(_newest(statement, Visit.occurred_at, until, limit)))


def referral_events(
    session: Session, person_id: str, *, until: datetime | None, limit: int
) -> list[tuple[ReferralEvent, Referral]]:
    statement = (
        select(ReferralEvent, Referral)
        .join(Referral, Referral.id == ReferralEvent.referral_id)
        .where(Referral.person_id == person_id)
    )
    rows = session.execute(_newest(statement, ReferralEvent.at, until, limit))
    return [(row[0], row[1]) for row in rows]


def outcomes(
    session: Session, person_id: str, *, until: datetime | None, limit: int
) -> list[Referral]:
    """Referrals of which it is known what came of them."""
    statement = select(Referral).where(
        Referral.person_id == person_id, Referral.outcome_at.is_not(None)
    )
    return list(session.scalars(_newest(statement, Referral.outcome_at, until, limit)))


def checkins_answered(
    session: Session, person_id: str, *, until: datetime | None, limit: int
) -> list[CheckIn]:
    statement = select(CheckIn).where(
        CheckIn.person_id == person_id, CheckIn.answered_at.is_not(None)
    )
    return list(session.scalars(_newest(statement, CheckIn.answered_at, until, limit)))


def checkins_not_sent(
    session: Session, person_id: str, *, until: datetime | None, limit: int
) -> list[CheckIn]:
    """Those that should have gone out and did not."""
    missed = (CheckInStatus.DROPPED, CheckInStatus.FAILED)
    statement = select(CheckIn).where(CheckIn.person_id == person_id, CheckIn.status.in_(missed))
    return list(session.scalars(_newest(statement, CheckIn.due_at, until, limit)))


def consents(
    session: Session, person_id: str, *, until: datetime | None, limit: int
) -> list[Consent]:
    """What was said of consent; what was voided was never said."""
    statement = select(Consent).where(Consent.person_id == person_id, Consent.voided_at.is_(None))
    return list(session.scalars(_newest(statement, Consent.recorded_at, until, limit)))


def tasks_done(
    session: Session, person_id: str, *, until: datetime | None, limit: int
) -> list[Task]:
    statement = select(Task).where(Task.person_id == person_id, Task.status == TaskStatus.DONE)
    return list(session.scalars(_newest(statement, Task.done_at, until, limit)))


def mandated_reports(
    session: Session, person_id: str, *, until: datetime | None, limit: int
) -> list[MandatedReport]:
    statement = select(MandatedReport).where(MandatedReport.person_id == person_id)
    return list(session.scalars(_newest(statement, MandatedReport.made_at, until, limit)))


def checkins_planned(session: Session, person_id: str) -> list[CheckIn]:
    """What is still to come, the next first."""
    return list(
        session.scalars(
            select(CheckIn)
            .where(CheckIn.person_id == person_id, CheckIn.status == CheckInStatus.PLANNED)
            .order_by(CheckIn.due_at)
        )
    )


def _newest(
    statement: Any,
    at: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    until: datetime | None,
    limit: int,
) -> Any:
    """Up to `until`, that moment included: what is cut there is cut by id afterwards."""
    if until is not None:
        statement = statement.where(at <= until)
    return statement.order_by(at.desc()).limit(limit)
