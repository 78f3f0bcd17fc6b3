"""Small worlds that can be counted by hand, and the rows they are made of."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn, CheckInStatus
from directory.database import new_id
from directory.measures import period as periods
from directory.measures.period import Period
from directory.messages.models import MessageKind, OutboundMessage, OutboundStatus
from directory.people import service as people
from directory.referrals.models import Referral, ReferralEvent
from directory.referrals.states import Status
from directory.tasks.models import Task, TaskKind, TaskStatus
from directory.visits.models import CallType, Visit
from tests.factories import CLINICIAN

CHICAGO = ZoneInfo("America/Chicago")
# In the middle of a month, so that it has a past and a future.
NOW = datetime(2026, 10, 20, 15, 0, tzinfo=UTC)
OCTOBER = periods.read("2026-10", now=NOW, zone=CHICAGO)


def period(code: str) -> Period:
    return periods.read(code, now=NOW, zone=CHICAGO)


def on(month: int, day: int, hour: int = 12, *, year: int = 2026) -> datetime:
    """A local time of the programme's, in UTC."""
    return datetime(year, month, day, hour, tzinfo=CHICAGO).astimezone(UTC)


def a_person(session: Session, number: int, *, language: str | None = "en") -> str:
    person = people.find_or_create(session, f"+163055501{number:02}", now=NOW)
    person.language = language
    session.flush()
    return person.id


def a_visit(session: Session, person_id: str, at: datetime, **changes: Any) -> str:
    visit = Visit(
        person_id=person_id,
        call_type=changes.pop("call_type", CallType.MENTAL_HEALTH),
        occurred_at=at,
        follow_up="standard",
        clinician_id=CLINICIAN,
        created_at=at,
        **changes,
    )
    session.add(visit)
    session.flush()
    return visit.id


def a_checkin(
    session: Session, person_id: str, visit_id: str, due: datetime, **changes: Any
) -> None:
    given: dict[str, Any] = {"status": CheckInStatus.SENT, "step": 1} | changes
    session.add(CheckIn(person_id=person_id, visit_id=visit_id, due_at=due, **given))


def a_referral(session: Session, person_id: str, at: datetime, **changes: Any) -> str:
    """With `accepted_at` it has that line of history too. `requested_at`: when it was sent, by
    default at once, unless it is a draft."""
    accepted = changes.pop("accepted_at", None)
    sent = changes.pop("requested_at", at)
    given: dict[str, Any] = {
        "status": Status.REQUESTED,
        "need": "food",
        "organization_id": new_id(),
    } | changes
    referral = Referral(
        person_id=person_id,
        service_id=new_id(),
        created_by="staff:x",
        created_at=at,
        changed_at=at,
        **given,
    )
    session.add(referral)
    session.flush()
    referral.requested_at = None if referral.status == Status.DRAFT else sent
    if accepted is not None:
        an_event(session, referral.id, 1, Status.ACCEPTED, accepted)
    return referral.id


def an_event(
    session: Session, referral_id: str, sequence: int, status: Status, at: datetime
) -> None:
    line = {"sequence": sequence, "status": status, "at": at, "by": "partner:x"}
    session.add(ReferralEvent(referral_id=referral_id, **line))


def a_danger(session: Session, at: datetime, *, taken_after: timedelta | None) -> None:
    session.add(
        Task(
            kind=TaskKind.DANGER,
            status=TaskStatus.OPEN if taken_after is None else TaskStatus.CLAIMED,
            created_at=at,
            due_at=at,
            claimed_at=None if taken_after is None else at + taken_after,
        )
    )


def a_text(session: Session, person_id: str, at: datetime, sequence: int, **changes: Any) -> None:
    given: dict[str, Any] = {
        "kind": MessageKind.REPLY,
        "status": OutboundStatus.DELIVERED,
        "segments": 1,
    } | changes
    session.add(
        OutboundMessage(
            person_id=person_id,
            sequence=sequence,
            body="Hello",
            created_at=at,
            not_before=at,
            **given,
        )
    )
