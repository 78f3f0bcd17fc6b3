"""Every SELECT on check-ins."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn, CheckInStatus
from directory.checkins.plan_models import CheckinPlan
from directory.messages.models import MessageKind, OutboundMessage, OutboundStatus
from directory.people.models import Person
from directory.staff import queries as staff
from directory.visits.models import CallType, Visit

# What the person has got of it asks for an answer: the check-in itself, or whether it is a good
# time to text.
_ASKED = or_(
    CheckIn.asks,
    and_(CheckIn.safety_asked.is_(True), CheckIn.safety_confirmed_at.is_(None)),
)

# Asked all the time, so they are built once.
_NEWEST_SENT = (
    select(CheckIn)
    .where(
        CheckIn.person_id == bindparam("person"),
        or_(
            CheckIn.status.in_((CheckInStatus.SENT, CheckInStatus.ANSWERED)),
            # Ended after it was sent: what comes next is no answer to the one before it.
            and_(CheckIn.status == CheckInStatus.CANCELLED, CheckIn.sent_at.is_not(None)),
        ),
    )
    .order_by(CheckIn.sent_at.desc())
    .limit(1)
)
_AFTER_VIOLENCE = (
    select(Visit.id)
    .where(
        Visit.person_id == bindparam("person"),
        Visit.call_type == CallType.DOMESTIC_VIOLENCE,
        Visit.voided_at.is_(None),
    )
    .limit(1)
)


def by_id(session: Session, checkin_id: str) -> CheckIn | None:
    return session.get(CheckIn, checkin_id)


def by_ids(session: Session, checkin_ids: Collection[str]) -> list[CheckIn]:
    if not checkin_ids:
        return []
    return list(session.scalars(select(CheckIn).where(CheckIn.id.in_(checkin_ids))))


def due(session: Session, *, now: datetime, limit: int = 200) -> list[CheckIn]:
    """Planned check-ins whose time has come and that are not with the outbox yet."""
    return list(
        session.scalars(
            select(CheckIn)
            .where(
                CheckIn.status == CheckInStatus.PLANNED,
                CheckIn.queued_at.is_(None),
                CheckIn.due_at <= now,
            )
            .order_by(CheckIn.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def oldest_due(session: Session, *, now: datetime) -> datetime | None:
    """When the check-in was due that waits longest to go to the outbox."""
    return session.scalar(
        select(func.min(CheckIn.due_at)).where(
            CheckIn.status == CheckInStatus.PLANNED,
            CheckIn.queued_at.is_(None),
            CheckIn.due_at <= now,
        )
    )


def planned(session: Session, person_id: str) -> list[CheckIn]:
    return list(
        session.scalars(
            select(CheckIn)
            .where(CheckIn.person_id == person_id, CheckIn.status == CheckInStatus.PLANNED)
            .order_by(CheckIn.due_at)
        )
    )


def any_sent(session: Session, visit_id: str) -> bool:
    """Whether the person has got a check-in of this visit."""
    sent = (CheckInStatus.SENT, CheckInStatus.ANSWERED)
    statement = select(CheckIn.id).where(CheckIn.visit_id == visit_id, CheckIn.status.in_(sent))
    return session.scalar(statement.limit(1)) is not None


def newest_sent(session: Session, person_id: str) -> CheckIn | None:
    """The newest check-in that the person has got, answered or ended or neither."""
    return session.scalar(_NEWEST_SENT, {"person": person_id})


def latest_sent(session: Session, person_id: str) -> CheckIn | None:
    """The newest check-in that the person has got, if it has not been answered or ended."""
    newest = newest_sent(session, person_id)
    return newest if newest is not None and newest.status == CheckInStatus.SENT else None


def asked_beside(
    session: Session, person_id: str, *, now: datetime, within: timedelta
) -> datetime | None:
    """When a check-in was sent, and not answered, or is to be, no further from now than that."""
    asked_at = func.coalesce(CheckIn.sent_at, CheckIn.due_at)
    return session.scalar(
        select(func.max(asked_at)).where(
            CheckIn.person_id == person_id,
            CheckIn.status.in_((CheckInStatus.PLANNED, CheckInStatus.SENT)),
            asked_at > now - within,
            asked_at < now + within,
        )
    )


def unexamined(session: Session, *, sent_before: datetime, limit: int = 200) -> list[CheckIn]:
    """Sent, asking, long enough ago to have been answered, and not looked at yet."""
    return list(
        session.scalars(
            select(CheckIn)
            .where(
                CheckIn.status == CheckInStatus.SENT,
                CheckIn.reason.is_(None),
                CheckIn.sent_at <= sent_before,
                _ASKED,
            )
            .order_by(CheckIn.sent_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def last_outcomes(
    session: Session, person_id: str, *, sent_before: datetime, limit: int
) -> list[str]:
    """Statuses of the newest check-ins that asked and were sent by then, newest first."""
    return list(
        session.scalars(
            select(CheckIn.status)
            .where(
                CheckIn.person_id == person_id,
                CheckIn.status.in_((CheckInStatus.SENT, CheckInStatus.ANSWERED)),
                CheckIn.sent_at <= sent_before,
                _ASKED,
            )
            .order_by(CheckIn.sent_at.desc())
            .limit(limit)
        )
    )


def page(
    session: Session,
    *,
    person_id: str | None = None,
    status: CheckInStatus | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[CheckIn]:
    statement = select(CheckIn).order_by(CheckIn.due_at, CheckIn.id).limit(limit)
    if person_id is not None:
        statement = statement.where(CheckIn.person_id == person_id)
    if status is not None:
        statement = statement.where(CheckIn.status == status.value)
    if after is not None:
        due_at, checkin_id = after
        statement = statement.where(
            or_(CheckIn.due_at > due_at, and_(CheckIn.due_at == due_at, CheckIn.id > checkin_id))
        )
    return list(session.scalars(statement))


def plans(session: Session) -> list[CheckinPlan]:
    """Every stored plan, removed ones too."""
    return list(session.scalars(select(CheckinPlan).order_by(CheckinPlan.id)))


def plan_by_id(session: Session, plan_id: str, *, for_update: bool = False) -> CheckinPlan | None:
    return session.get(CheckinPlan, plan_id, with_for_update=for_update or None)


def in_outbox(session: Session, *, now: datetime) -> int:
    """How many check-ins are on their way: handed over, due, and not with the carrier yet."""
    waiting = (OutboundStatus.QUEUED, OutboundStatus.SENDING)
    return (
        session.scalar(
            select(func.count())
            .select_from(OutboundMessage)
            .where(
                OutboundMessage.status.in_(waiting),
                OutboundMessage.not_before <= now,
                OutboundMessage.kind == MessageKind.CHECKIN,
            )
        )
        or 0
    )


def after_domestic_violence(session: Session, person_id: str) -> bool:
    """Whether any visit of this person was for domestic violence."""
    return session.scalar(_AFTER_VIOLENCE, {"person": person_id}) is not None


def sender_name(session: Session, checkin: CheckIn, person: Person) -> str | None:
    """The name of the clinician whose caseload the person is in, else of who logged the visit."""
    visit = session.get(Visit, checkin.visit_id)
    staff_id = person.clinician_id or (visit.clinician_id if visit is not None else None)
    member = staff.active_by_id(session, staff_id) if staff_id else None
    return member.name if member is not None else None
