"""The log of mandated reports: that one was made, when, to whom. Clinical staff only."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from api.clinicians.access import CLINICAL, audit, router_for, the_person
from api.clinicians.schemas import Body
from api.deps import Id, TheServices, TheStaffMember, WritingSession
from directory.instant import Instant
from directory.mandated_reports import service as reports
from directory.mandated_reports.models import Agency, MandatedReport, ReportKind
from directory.people.models import Person

router = router_for(*CLINICAL)
Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Za-z ./#-]{1,60}$")
]


class MandatedReportBody(Body):
    """That a report was made. `reference`: the agency's number, never what the report says.

    `corrects`: the id of an earlier entry that was wrong; both stay.
    """

    kind: ReportKind
    agency: Agency
    made_at: Instant
    reference: Reference | None = None
    corrects: Id | None = None


class MandatedReportOut(BaseModel):
    """One entry of the log."""

    id: str
    person_id: str
    kind: ReportKind
    agency: Agency
    made_at: datetime
    reference: str | None
    corrects: str | None = Field(description="The entry that this one puts right.")
    recorded_by: str
    recorded_at: datetime


class MandatedReportPage(BaseModel):
    items: list[MandatedReportOut]
    next: str | None = None


@router.post("/people/{person_id}/mandated-reports", status_code=201, responses={404: {}})
def record_mandated_report(
    person_id: Id,
    body: MandatedReportBody,
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
) -> MandatedReportOut:
    """Note that a report was made. Nothing changes or removes it afterwards."""
    person = the_person(session, person_id)
    report = reports.record(
        session,
        person,
        body.kind,
        agency=body.agency,
        made_at=body.made_at,
        reference=body.reference,
        by=member.id,
        now=services.clock.now(),
        corrects_id=body.corrects,
    )
    audit(
        session,
        services,
        member,
        "mandated_report.record",
        person_id=person.id,
        subject_id=report.id,
    )
    return _out(report)


@router.get("/people/{person_id}/mandated-reports", responses={404: {}})
def list_mandated_reports(
    person_id: Id, session: WritingSession, services: TheServices, member: TheStaffMember
) -> MandatedReportPage:
    """Every entry about a person, the oldest first; the reading is noted."""
    person = the_person(session, person_id)
    audit(session, services, member, "mandated_reports.read", person_id=person.id)
    return MandatedReportPage(items=_about(session, person))


def _about(session: Session, person: Person) -> list[MandatedReportOut]:
    return [_out(each) for each in reports.of_person(session, person.id)]


def _out(report: MandatedReport) -> MandatedReportOut:
    return MandatedReportOut(
        id=report.id,
        person_id=report.person_id,
        kind=ReportKind(report.kind),
        agency=Agency(report.agency),
        made_at=report.made_at,
        reference=report.reference,
        corrects=report.corrects_id,
        recorded_by=report.recorded_by,
        recorded_at=report.recorded_at,
    )
