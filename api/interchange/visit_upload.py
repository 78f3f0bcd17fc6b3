"""A file of visits, row by row: each is accepted, unchanged, or rejected with its reason.

A row is carried out whole or not at all, in a transaction of its own. The rows go in the order in
which the visits were, however the file is sorted: what was agreed on the last of them counts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.interchange import visit_rows
from api.interchange.tables import Row, rows
from api.interchange.upload import Result
from api.interchange.visit_rows import VisitRow
from directory.database import Database
from directory.errors import Forbidden, HandoffError, Invalid
from directory.people import service as people_service
from directory.quiet_hours import QuietHours
from directory.staff import queries as staff
from directory.visits import uploads


@dataclass(frozen=True, slots=True)
class VisitReport:
    """`line`: of the file, the first is 1. `why`: of a rejected row, for whoever sent it."""

    line: int
    reference: str
    result: Result
    visit_id: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class VisitUploader:
    """Who sends the file. `audit_name`: as the audit trail calls them.

    `staff_id`: whose visits these are where a row does not say; None: it must. `for_others`:
    whether rows may name colleagues.
    """

    audit_name: str
    staff_id: str | None
    for_others: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A row, and the visit that it is, or what is wrong with it."""

    line: int
    reference: str
    visit: VisitRow | None
    mistake: str | None = None


def claims(data: bytes, zone: tzinfo) -> list[Claim]:
    """The rows of a file, the earliest visit first.

    Raises Invalid when it is no table, or one without these columns.
    """
    found = [_claim(row, zone) for row in rows(data, visit_rows.REQUIRED)]
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda each: each.visit.new.occurred_at if each.visit else never)


def take(
    database: Database,
    claim: Claim,
    *,
    by: VisitUploader,
    quiet: QuietHours,
    clock: Callable[[], datetime],
) -> VisitReport:
    """Carry out one row. `clock`: product time, looked at anew for each row: of what a person said
    on two visits the later counts."""
    if claim.visit is None:
        return _rejected(claim, claim.mistake)
    try:
        with database.session_scope() as session:
            visit_id, is_new = _carry_out(session, claim.visit, by=by, quiet=quiet, now=clock())
    except HandoffError as error:
        return _rejected(claim, error.detail)
    except IntegrityError:
        return _rejected(claim, "This row came twice at the same moment: send the file again.")
    result = Result.ACCEPTED if is_new else Result.UNCHANGED
    return VisitReport(claim.line, claim.reference, result, visit_id)


def in_order(reports: Iterable[VisitReport]) -> list[VisitReport]:
    """As the file is read."""
    return sorted(reports, key=lambda each: each.line)


def _claim(row: Row, zone: tzinfo) -> Claim:
    reference = visit_rows.reference_of(row)
    try:
        return Claim(row.line, reference, visit_rows.read(row, zone))
    except HandoffError as error:
        return Claim(row.line, reference, None, error.detail)


def _rejected(claim: Claim, why: str | None) -> VisitReport:
    return VisitReport(claim.line, claim.reference, Result.REJECTED, why=why)


def _carry_out(
    session: Session, row: VisitRow, *, by: VisitUploader, quiet: QuietHours, now: datetime
) -> tuple[str, bool]:
    """The id of the visit, and whether it is new."""
    visit, is_new = uploads.take(
        session,
        row.new,
        reference=row.reference,
        clinician_id=_clinician(session, row, by),
        quiet=quiet,
        now=now,
    )
    if is_new:
        people_service.audit(
            session,
            actor=by.audit_name,
            action="visit.upload",
            person_id=visit.person_id,
            subject_id=visit.id,
            now=now,
        )
    return visit.id, is_new


def _clinician(session: Session, row: VisitRow, by: VisitUploader) -> str:
    if row.clinician is None:
        if by.staff_id is None:
            raise Invalid("clinician_missing", "Say in clinician whose visit it was, by e-mail.")
        return by.staff_id
    member = staff.active_by_email(session, row.clinician)
    if not by.for_others and (member is None or member.id != by.staff_id):
        raise Forbidden(
            "visit_of_others", "Leave clinician empty: a supervisor sends the visits of others."
        )
    if member is None:
        raise Invalid("clinician_unknown", "There is no account with the e-mail in clinician.")
    return member.id
