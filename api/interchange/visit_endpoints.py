"""Visits as CSV over HTTP: out for who is responsible, in for who makes visits."""

from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.clinicians.access import EVERYONE, RESPONSIBLE, router_for
from api.deps import TheServices, TheStaffMember, WritingSession
from api.interchange import upload, visit_export, visit_rows, visit_upload
from api.interchange.files import A_FILE, ForExcel, as_file
from api.interchange.tables import written
from api.interchange.upload import Result
from api.interchange.visit_upload import VisitReport, VisitUploader
from directory.instant import Instant
from directory.staff.models import Role
from directory.visits.queries import Logged

_SENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"Columns {', '.join(visit_rows.COLUMNS)}, in any order, among any others; "
        f"{', '.join(visit_rows.REQUIRED)} must be there. An empty consent is a no.",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}

export_router = router_for(*RESPONSIBLE)
template_router = router_for(*EVERYONE)
upload_router = router_for(Role.CLINICIAN, Role.SUPERVISOR)
ROUTERS = (export_router, template_router, upload_router)


class VisitRowOut(BaseModel):
    """`line`: of the file, the first is 1. `visit_id`: null for a rejected row."""

    line: int
    reference: str
    result: Result
    visit_id: str | None
    why: str | None


class VisitUploadOut(BaseModel):
    """What became of each row. Sending the same file again leaves all of them unchanged."""

    accepted: int
    unchanged: int
    rejected: int
    rows: list[VisitRowOut]


@export_router.get(
    "/visits.csv",
    response_class=StreamingResponse,
    responses={200: A_FILE},
    tags=["interchange"],
)
def export_visits(
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    since: Instant | None = None,
    excel: ForExcel = False,
) -> StreamingResponse:
    """Visits logged, corrected or voided since a moment, or all; without names and numbers."""
    now = services.clock.now()
    wanted = Logged(until=now, changed_since=since)
    visit_export.note_export(session, wanted, actor=member.id, now=now)
    lines = visit_export.lines(services.database, wanted, zone=services.quiet.zone)
    return as_file(lines, "visits.csv", excel=excel)


@template_router.get(
    "/visits-template.csv",
    response_class=StreamingResponse,
    responses={200: A_FILE},
    tags=["interchange"],
)
def visits_template(excel: ForExcel = False) -> StreamingResponse:
    """The line with the names of the columns, to be filled in and sent back."""
    return as_file(iter([written(visit_rows.COLUMNS)]), "visits-template.csv", excel=excel)


async def get_file(request: Request, _: TheStaffMember) -> bytes:
    """The body as it is: what kind of file a spreadsheet made of it is found out by looking."""
    return await request.body()


@upload_router.post("/visits.csv", openapi_extra=_SENT, responses={413: {}}, tags=["interchange"])
async def upload_visits(
    data: Annotated[bytes, Depends(get_file)], services: TheServices, member: TheStaffMember
) -> VisitUploadOut:
    """Log the visits of a file, with a report on every row. Your own; a supervisor those of
    anybody, named in `clinician`."""
    by = VisitUploader(member.id, member.id, for_others=member.role == Role.SUPERVISOR)
    reports = [
        # On the threads of those who wait to write: see api.deps.get_session.
        await to_thread.run_sync(
            partial(
                visit_upload.take,
                services.database,
                claim,
                by=by,
                quiet=services.quiet,
                clock=services.clock.now,
            ),
            limiter=services.waiting_writers,
        )
        for claim in await run_in_threadpool(visit_upload.claims, data, services.quiet.zone)
    ]
    rows = [_row(each) for each in visit_upload.in_order(reports)]
    return VisitUploadOut(rows=rows, **upload.counts(reports))


def _row(report: VisitReport) -> VisitRowOut:
    return VisitRowOut(
        line=report.line,
        reference=report.reference,
        result=report.result,
        visit_id=report.visit_id,
        why=report.why,
    )
