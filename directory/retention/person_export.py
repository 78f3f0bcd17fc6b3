"""Everything that is known of one person, as plain data that a person can read."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from directory.checkins.models import CheckIn
from directory.conversations.models import Conversation
from directory.database import Base
from directory.errors import NotFound
from directory.listings import queries as listings
from directory.mandated_reports.models import MandatedReport
from directory.messages.models import InboundMessage, OutboundMessage
from directory.messages.shown import without_secrets
from directory.notices.models import Notice
from directory.people import service as people
from directory.people.models import AuditEntry, Consent, Person
from directory.referrals import actors
from directory.referrals.models import ListingReport, Referral, ReferralEvent, ReferralRemark
from directory.retention import waiting
from directory.staff import queries as staff
from directory.tasks.models import Task
from directory.visits.models import Visit

# What says nothing of the person: how the machinery came round to a row, and keyed hashes.
LEFT_OUT = frozenset(
    {
        *("phone_index", "upload_index", "sequence", "attempts", "claimed_by", "claimed_until"),
        *("retry_at", "leased_by", "leased_until", "tracked", "reported_at", "provider_status"),
        *("first_tried_at", "keep_until", "not_before", "owed"),
    }
)


def export(session: Session, person_id: str, *, by: str, now: datetime, zone: tzinfo) -> Any:
    """Everything, oldest first, times in the zone; the export is noted. Raises NotFound.

    Links that would let somebody act come without their secret part.
    Holds other people's words as well (notes of staff, questions of partners): whoever hands it
    out looks at it before (docs/legal/public-records.md).
    """
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFound("person_unknown", "There is no such person: erased, or never known.")
    people.audit(session, actor=by, action="person.export", person_id=person_id, now=now)
    session.flush()

    def shown(row: Base) -> dict[str, Any]:
        return _shown(row, zone)

    made = list(session.scalars(_of(Referral, person_id, Referral.created_at)))
    return {
        "exported_at": now.astimezone(zone).isoformat(timespec="seconds"),
        "person": shown(person),
        "consents": _all(session, _of(Consent, person_id, Consent.recorded_at), shown),
        "visits": _all(session, _of(Visit, person_id, Visit.occurred_at), shown),
        "texts": _texts(session, person_id, shown),
        "texts_waiting_on_disk": [
            {
                "received_at": _plain(text.received, zone),
                "body": _plain(text.body, zone),
                "media_count": text.media_count,
            }
            for _, text in waiting.of_person(person)
        ],
        "check_ins": _all(session, _of(CheckIn, person_id, CheckIn.due_at), shown),
        "referrals": [_referral(session, each, shown) for each in made],
        "tasks": _all(session, _of(Task, person_id, Task.created_at), shown),
        "notices": _all(session, _notices(person_id, made), shown),
        "listing_reports": _all(session, _reports(person_id, made), shown),
        "mandated_reports": _all(
            session, _of(MandatedReport, person_id, MandatedReport.made_at), shown
        ),
        "conversation": _all(session, _of(Conversation, person_id, None), shown),
        "who_read_or_changed_this": _all(session, _of(AuditEntry, person_id, AuditEntry.at), shown),
        "colleagues": {each.id: each.email for each in staff.everyone(session)},
    }


def _all(
    session: Session, statement: Select[Any], shown: Callable[[Base], dict[str, Any]]
) -> list[dict[str, Any]]:
    return [shown(row) for row in session.scalars(statement)]


def _of(table: Any, person_id: str, at: Any) -> Select[Any]:
    statement = select(table).where(table.person_id == person_id)
    return statement if at is None else statement.order_by(at)


def _notices(person_id: str, made: Iterable[Referral]) -> Select[Any]:
    of_referrals = Notice.referral_id.in_([each.id for each in made])
    return (
        select(Notice)
        .where(or_(Notice.person_id == person_id, of_referrals))
        .order_by(Notice.created_at)
    )


def _reports(person_id: str, made: Iterable[Referral]) -> Select[Any]:
    theirs = ListingReport.reported_by == actors.resident(person_id).by
    of_referrals = ListingReport.referral_id.in_([each.id for each in made])
    return select(ListingReport).where(or_(theirs, of_referrals)).order_by(ListingReport.created_at)


def _texts(
    session: Session, person_id: str, shown: Callable[[Base], dict[str, Any]]
) -> list[dict[str, Any]]:
    """Both ways, in the order of their times."""
    received = session.scalars(_of(InboundMessage, person_id, InboundMessage.received_at))
    sent = session.scalars(_of(OutboundMessage, person_id, OutboundMessage.created_at))
    both = [
        (each.received_at, {"direction": "from the person", **shown(each)}) for each in received
    ]
    both += [(each.created_at, {"direction": "to the person", **shown(each)}) for each in sent]
    return [text for _, text in sorted(both, key=lambda pair: pair[0])]


def _referral(
    session: Session, referral: Referral, shown: Callable[[Base], dict[str, Any]]
) -> dict[str, Any]:
    names = listings.names_of(session, {referral.service_id})
    of_referral = ReferralEvent.referral_id == referral.id
    history = select(ReferralEvent).where(of_referral).order_by(ReferralEvent.sequence)
    remarks = (
        select(ReferralRemark)
        .where(ReferralRemark.referral_id == referral.id)
        .order_by(ReferralRemark.at)
    )
    return {
        "service": names.get(referral.service_id),
        **shown(referral),
        "history": _all(session, history, shown),
        "remarks": _all(session, remarks, shown),
    }


def _shown(row: Base, zone: tzinfo) -> dict[str, Any]:
    columns = [each.name for each in row.__table__.columns if each.name not in LEFT_OUT]
    return {name: _plain(getattr(row, name), zone) for name in columns}


def _plain(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return without_secrets(value) if isinstance(value, str) else value
