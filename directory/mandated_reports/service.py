"""Noting that a report was made. Nothing changes or removes a note."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.errors import Invalid
from directory.mandated_reports.models import Agency, MandatedReport, ReportKind
from directory.people.models import Person

# A clock may be a little off; a report of next week is a slip of the pen.
AHEAD = timedelta(minutes=5)
# So is one from before anybody who works here was born.
BEFORE = timedelta(days=36525)


def record(  # noqa: PLR0913  # a report is exactly these facts
    session: Session,
    person: Person,
    kind: ReportKind,
    *,
    agency: Agency,
    made_at: datetime,
    reference: str | None,
    by: str,
    now: datetime,
    corrects_id: str | None = None,
) -> MandatedReport:
    """Note one. Raises Invalid on a moment that cannot be, and where it corrects no report of
    theirs."""
    # By subtraction: the ends of the calendar cannot be converted to another zone.
    if not -AHEAD <= now - made_at <= BEFORE:
        raise Invalid("made_at_implausible", "A report that was made lies in the past.")
    if corrects_id is not None:
        corrected = session.get(MandatedReport, corrects_id)
        if corrected is None or corrected.person_id != person.id:
            raise Invalid("corrects_unknown", "There is no such report about this person.")
    report = MandatedReport(
        person_id=person.id,
        kind=kind,
        agency=agency,
        made_at=made_at,
        reference=reference,
        corrects_id=corrects_id,
        recorded_by=by,
        recorded_at=now,
    )
    session.add(report)
    session.flush()
    return report


def of_person(session: Session, person_id: str) -> list[MandatedReport]:
    """Every report about a person, the oldest first."""
    return list(
        session.scalars(
            select(MandatedReport)
            .where(MandatedReport.person_id == person_id)
            .order_by(MandatedReport.made_at, MandatedReport.id)
        )
    )
