"""Referrals as CSV over HTTP: out for staff and partners, in for partners."""

from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.clinicians.endpoints import EVERYONE
from api.deps import StaffRoute, TheServices, TheStaffMember, WritingSession, require
from api.interchange import export, upload
from api.interchange.files import A_FILE, ForExcel, as_file
from api.interchange.queries import Comparison, Scope, Wanted
from api.interchange.upload import Result, RowReport, Uploader
from api.partners.access import PartnerRoute, ThePartnerKey, opens
from directory.instant import Instant
from directory.partners.models import KeyScope
from directory.referrals import actors

_SENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Columns id, status, reason, outcome, in any order, among any others.",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}

staff_router = APIRouter(
    prefix="/api/v1",
    tags=["interchange"],
    dependencies=[Depends(require(*EVERYONE))],
    responses={401: {}, 403: {}, 422: {}},
    route_class=StaffRoute,
)
partner_router = APIRouter(
    prefix="/api/v1/partner",
    tags=["interchange"],
    dependencies=[Depends(opens(KeyScope.REFERRALS))],
    responses={401: {}, 403: {}, 422: {}},
    route_class=PartnerRoute,
)


class RowOut(BaseModel):
    """`line`: of the file, the first is 1."""

    line: int
    id: str
    result: Result
    why: str | None


class UploadOut(BaseModel):
    """What became of each row. Sending the same file again leaves all of them unchanged."""

    accepted: int
    unchanged: int
    rejected: int
    rows: list[RowOut]


@staff_router.get("/referrals.csv", response_class=StreamingResponse, responses={200: A_FILE})
def export_referrals(
    session: WritingSession,
    services: TheServices,
    member: TheStaffMember,
    since: Instant | None = None,
    excel: ForExcel = False,
) -> StreamingResponse:
    """Referrals that have changed since a moment, or all; without names and numbers."""
    now, scope = services.clock.now(), Scope()
    updated = ((Comparison.FROM, since),) if since else ()
    wanted = Wanted(updated=updated, created_until=now)
    export.note_export(session, scope, wanted, actor=member.id, now=now)
    lines = export.lines(
        services.database,
        scope,
        wanted,
        columns=export.STAFF_COLUMNS,
        line=export.staff_line,
        now=now,
        zone=services.quiet.zone,
    )
    return as_file(lines, "referrals.csv", excel=excel)


@partner_router.get("/referrals.csv", response_class=StreamingResponse, responses={200: A_FILE})
def export_own_referrals(
    session: WritingSession, services: TheServices, key: ThePartnerKey, excel: ForExcel = False
) -> StreamingResponse:
    """What was sent to this organisation; whom it is about only while it has accepted it."""
    now, scope = services.clock.now(), Scope(key.organization_id)
    wanted = Wanted(created_until=now)
    export.note_export(session, scope, wanted, actor=actors.partner(key.id).by, now=now)
    lines = export.lines(
        services.database,
        scope,
        wanted,
        columns=export.PARTNER_COLUMNS,
        line=export.partner_line,
        now=now,
        zone=services.quiet.zone,
    )
    return as_file(lines, "referrals.csv", excel=excel)


async def get_file(request: Request, _: ThePartnerKey) -> bytes:
    """The body as it is: what kind of file a spreadsheet made of it is found out by looking."""
    return await request.body()


@partner_router.post("/referrals.csv", openapi_extra=_SENT, responses={413: {}})
async def upload_own_referrals(
    data: Annotated[bytes, Depends(get_file)], services: TheServices, key: ThePartnerKey
) -> UploadOut:
    """Statuses of this organisation's referrals, a row each, with a report on every row."""
    actor = actors.partner(key.id)
    by = Uploader(actor, Scope(key.organization_id), actor.by)
    now = await run_in_threadpool(services.clock.now)
    reports = [
        # On the threads of those who wait to write: see api.deps.get_session.
        await to_thread.run_sync(
            partial(upload.take, services.database, claim, by=by, now=now),
            limiter=services.waiting_writers,
        )
        for claim in await run_in_threadpool(upload.claims, data)
    ]
    return UploadOut(rows=[_row(each) for each in reports], **upload.counts(reports))


def _row(report: RowReport) -> RowOut:
    return RowOut(line=report.line, id=report.id, result=report.result, why=report.why)
