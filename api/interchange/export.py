"""Referrals as lines of a file: of staff's all, of a partner's own what it may know of them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from api.interchange import queries, tables
from api.interchange.queries import Scope, Wanted
from directory.database import Database
from directory.listings.models import Organization, Service
from directory.people import service as people_service
from directory.referrals import queries as referrals
from directory.referrals.disclosure import to_partner
from directory.referrals.models import Referral, ReferralEvent
from directory.referrals.states import Party

AT_ONCE = 100
# What a partner changes stands first: the same file comes back with other statuses.
PARTNER_COLUMNS = (
    "id", "status", "reason", "outcome", "priority", "need", "service", "requested_at",
    "changed_at", "language", "town", "name", "phone", "call_note", "about",
)  # fmt: skip
# No name and no number: staff finds the person by its id, and that reading is noted by itself.
STAFF_COLUMNS = (
    "id", "status", "reason", "outcome", "outcome_reason", "priority", "need", "service",
    "organization", "requested_at", "changed_at", "answered_at", "person_id", "about", "created_by",
    "external_id",
)  # fmt: skip
Line = Callable[[Session, Referral, ReferralEvent | None, datetime, tzinfo], Sequence[str | None]]


def partner_line(
    session: Session,
    referral: Referral,
    last: ReferralEvent | None,
    now: datetime,
    zone: tzinfo,
) -> Sequence[str | None]:
    """One referral of a partner: the person's name, number and story only while it is theirs."""
    disclosed = to_partner(session, referral, now=now)
    person = disclosed.person
    phone = person.phone if person else None
    return (
        referral.id,
        referral.status,
        _own_reason(last),
        referral.outcome,
        referral.priority,
        referral.need,
        disclosed.service_name,
        tables.local_time(referral.requested_at, zone),
        tables.local_time(referral.changed_at, zone),
        disclosed.language,
        disclosed.town,
        person.name if person else None,
        tables.phone_number(phone) if phone else None,
        _call_note(person.safe_to_text, person.number_shared) if person else None,
        person.reason if person else None,
    )


def staff_line(
    session: Session,
    referral: Referral,
    last: ReferralEvent | None,
    now: datetime,
    zone: tzinfo,
) -> Sequence[str | None]:
    """One referral, for staff."""
    service = session.get(Service, referral.service_id)
    organization = session.get(Organization, referral.organization_id)
    return (
        referral.id,
        referral.status,
        last.reason if last and last.sequence > 1 else None,
        referral.outcome,
        referral.outcome_reason,
        referral.priority,
        referral.need,
        service.name if service else None,
        organization.name if organization else None,
        tables.local_time(referral.requested_at, zone),
        tables.local_time(referral.changed_at, zone),
        tables.local_time(referral.answered_at, zone),
        referral.person_id,
        referral.reason,
        referral.created_by,
        referral.external_id,
    )


def note_export(
    session: Session, scope: Scope, wanted: Wanted, *, actor: str, now: datetime
) -> None:
    """In the audit trail, before anything leaves: whose referrals the file holds."""
    # An export that shows nobody is noted as well, once.
    shown: list[str | None] = [*queries.people_of(session, scope, wanted)]
    for person_id in shown or [None]:
        people_service.audit(
            session, actor=actor, action="referrals.export", person_id=person_id, now=now
        )


def lines(
    database: Database,
    scope: Scope,
    wanted: Wanted,
    *,
    columns: Sequence[str],
    line: Line,
    now: datetime,
    zone: tzinfo,
) -> Iterator[str]:
    """The file, line by line. Read a page at a time: who reads slowly holds nothing open."""
    yield tables.written(columns)
    after: tuple[datetime, str] | None = None
    while True:
        with database.read_scope() as session:
            page = queries.page(session, scope, wanted, after=after, limit=AT_ONCE)
            ids = [each.id for each in page]
            last = {each.referral_id: each for each in referrals.histories(session, ids)}
            told = [
                tables.written(line(session, each, last.get(each.id), now, zone)) for each in page
            ]
        yield from told
        if len(page) < AT_ONCE:
            return
        after = (page[-1].created_at, page[-1].id)


def _own_reason(last: ReferralEvent | None) -> str | None:
    """What the partner itself gave as the reason of the status; staff's may speak of the person."""
    own = last is not None and last.by.startswith(f"{Party.PARTNER.value}:")
    return last.reason if last and own else None


def _call_note(safe_to_text: bool, number_shared: bool) -> str:
    texts = "texts are fine" if safe_to_text else "no texts, no messages"
    return f"{texts}; others use this phone" if number_shared else texts
