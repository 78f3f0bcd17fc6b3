"""Visits as lines of a file: without names and numbers, which stand with the person."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from api.interchange import tables
from directory.database import Database
from directory.people import service as people_service
from directory.staff import queries as staff
from directory.visits import queries
from directory.visits.models import Visit
from directory.visits.queries import Logged

AT_ONCE = 100
COLUMNS = (
    "id", "occurred_at", "call_type", "disposition", "safe_to_text", "follow_up", "clinician",
    "person_id", "logged_at", "corrected_at", "voided_at", "void_reason",
)  # fmt: skip


def note_export(session: Session, wanted: Logged, *, actor: str, now: datetime) -> None:
    """In the audit trail, before anything leaves: whose visits the file holds."""
    # An export that shows nobody is noted as well, once.
    shown: list[str | None] = [*queries.people_of(session, wanted)]
    for person_id in shown or [None]:
        people_service.audit(
            session, actor=actor, action="visits.export", person_id=person_id, now=now
        )


def lines(database: Database, wanted: Logged, *, zone: tzinfo) -> Iterator[str]:
    """The file, line by line. Read a page at a time: who reads slowly holds nothing open."""
    yield tables.written(COLUMNS)
    after: tuple[datetime, str] | None = None
    while True:
        with database.read_scope() as session:
            page = queries.page(session, logged=wanted, after=after, limit=AT_ONCE)
            told = [tables.written(_line(session, each, zone)) for each in page]
        yield from told
        if len(page) < AT_ONCE:
            return
        after = (page[-1].occurred_at, page[-1].id)


def _line(session: Session, visit: Visit, zone: tzinfo) -> Sequence[str | None]:
    clinician = staff.by_id(session, visit.clinician_id)
    return (
        visit.id,
        tables.local_time(visit.occurred_at, zone),
        visit.call_type,
        visit.disposition,
        _yes_or_no(visit.safe_to_text),
        visit.follow_up,
        clinician.email if clinician else None,
        visit.person_id,
        tables.local_time(visit.created_at, zone),
        tables.local_time(visit.corrected_at, zone),
        tables.local_time(visit.voided_at, zone),
        visit.void_reason,
    )


def _yes_or_no(said: bool | None) -> str | None:
    """None: it was not asked."""
    return None if said is None else "yes" if said else "no"
