"""Files of listings over HTTP: sent, reported on, and given out."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask

from api import paging
from api.clinicians.access import RESPONSIBLE, PageSize
from api.deps import Id, ReadingSession, StaffRoute, TheServices, TheStaffMember, require
from api.imports.desk import Desk, waited
from api.imports.uploads import receive
from directory.errors import NotFound
from directory.imports import queries
from directory.imports.entries import Format
from directory.imports.export import json_lines, write_archive
from directory.imports.identity import source_name
from directory.imports.spreadsheet import template_csv, template_workbook
from directory.listings.change_models import ImportRun
from directory.referrals import actors

_NDJSON = "application/x-ndjson"
_ZIP = "application/zip"
_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 1 << 16
# Longer than any file takes: what has not ended by then was cut off with its process.
_LONGEST = timedelta(hours=2)
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_SENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "HSDS JSON (lines or a document), an HSDS data package (ZIP of CSV "
        "files), or our spreadsheet (CSV or .xlsx), packed at most 50 MB; or a form with it as its "
        "one file.",
        "content": {
            "application/octet-stream": _BINARY,
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": _BINARY["schema"]},
                    "required": ["file"],
                }
            },
        },
    }
}


class RunStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    INTERRUPTED = "interrupted"


class RemarkOut(BaseModel):
    """`line`: of `file`, from 1. `rejected`: false for what was taken all the same."""

    file: str
    line: int
    id: str
    field: str
    problem: str
    remedy: str
    rejected: bool


class RunOut(BaseModel):
    """An import: from where, by whom, and what became of its entries (the first 1,000 remarks)."""

    id: str
    source: str
    format: str
    by: str
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None
    added: int
    changed: int
    unchanged: int
    rejected: int
    remarks: list[RemarkOut]


class RunPage(BaseModel):
    items: list[RunOut]
    next: str | None


class UploadQuery(BaseModel):
    """`source`: whose listings these are, the same at every import of theirs.

    `complete`: what the source brought before and does not name now becomes inactive.
    """

    source: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]{0,59}$")
    complete: bool = False


class PageQuery(BaseModel):
    cursor: str | None = Field(default=None, max_length=2000)
    limit: PageSize = 50


class ExportFormat(StrEnum):
    JSON_LINES = Format.JSON_LINES.value
    DATA_PACKAGE = Format.DATA_PACKAGE.value


def imports_router() -> APIRouter:
    """The doors, with a desk of their own."""
    desk = Desk()
    router = APIRouter(
        prefix="/api/v1/directory",
        tags=["directory imports"],
        dependencies=[Depends(require(*RESPONSIBLE))],
        responses={401: {}, 403: {}, 422: {}},
        route_class=StaffRoute,
    )
    _add_import(router, desk)
    _add_runs(router, desk)
    _add_files(router)
    return router


def _add_import(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/imports",
        status_code=201,
        openapi_extra=_SENT,
        responses={202: {"model": RunOut}, 409: {}, 413: {}},
    )
    async def take_in_a_file(
        wanted: Annotated[UploadQuery, Query()],
        request: Request,
        response: Response,
        services: TheServices,
        member: TheStaffMember,
    ) -> RunOut:
        """Take in a file. 201 with the report; 202 while it still goes on: ask for it by its id."""
        upload = await receive(request)
        started = await run_in_threadpool(
            desk.start,
            services.database,
            upload,
            source=source_name(wanted.source),
            by=actors.staff(member.id).by,
            complete=wanted.complete,
            clock=services.clock.now,
        )
        if not await waited(started):
            response.status_code = 202
        response.headers["Location"] = f"/api/v1/directory/imports/{started.run_id}"

        def read() -> RunOut:
            with services.database.read_scope() as session:
                return _run(session.get_one(ImportRun, started.run_id), desk, services.clock.now())

        return await run_in_threadpool(read)


def _add_runs(router: APIRouter, desk: Desk) -> None:
    @router.get("/imports")
    def list_imports(
        wanted: Annotated[PageQuery, Query()], session: ReadingSession, services: TheServices
    ) -> RunPage:
        """Imports, the newest first."""
        rows = queries.runs_page(
            session, after=paging.decode(wanted.cursor), limit=wanted.limit + 1
        )
        shown, now = rows[: wanted.limit], services.clock.now()
        more = len(rows) > wanted.limit
        return RunPage(
            items=[_run(each, desk, now) for each in shown],
            next=paging.encode(shown[-1].started_at, shown[-1].id) if more else None,
        )

    @router.get("/imports/{run_id}", responses={404: {}})
    def read_import(run_id: Id, session: ReadingSession, services: TheServices) -> RunOut:
        """One import, also while it goes on."""
        found = queries.run_by_id(session, run_id)
        if found is None:
            raise NotFound("import_unknown", "There is no such import.")
        return _run(found, desk, services.clock.now())


def _add_files(router: APIRouter) -> None:
    kinds = {_NDJSON: {"schema": {"type": "string"}}, _ZIP: _BINARY}

    @router.get("/export", response_class=Response, responses={200: {"content": kinds}})
    def export(
        format: Annotated[ExportFormat, Query()],  # noqa: A002  # as the command calls it
        services: TheServices,
    ) -> Response:
        """The published directory: HSDS JSON lines, or an HSDS data package as ZIP."""
        now = services.clock.now()
        if format is ExportFormat.JSON_LINES:
            lines = json_lines(services.database, now=now)
            return StreamingResponse(
                _in_chunks(lines), media_type=_NDJSON, headers=_named("directory.jsonl")
            )
        folder = TemporaryDirectory(prefix="handoff-export-")
        path = Path(folder.name) / "directory.zip"
        try:
            write_archive(services.database, path, now=now)
        except BaseException:
            folder.cleanup()
            raise
        gone = BackgroundTask(folder.cleanup)
        return FileResponse(path, media_type=_ZIP, headers=_named(path.name), background=gone)

    sheet = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}

    @router.get("/template.csv", response_class=Response, responses=sheet)  # type: ignore[arg-type]
    def template_as_csv() -> Response:
        """The spreadsheet for partners without systems."""
        name = "handoff-listings.csv"
        return Response(template_csv(), media_type=_CSV, headers=_named(name))

    book = {200: {"content": {_XLSX: _BINARY}}}

    @router.get("/template.xlsx", response_class=Response, responses=book)  # type: ignore[arg-type]
    def template_as_workbook() -> Response:
        """The same for Excel, with what to write in each column."""
        name = "handoff-listings.xlsx"
        return Response(template_workbook(), media_type=_XLSX, headers=_named(name))


def _run(row: ImportRun, desk: Desk, now: datetime) -> RunOut:
    status = RunStatus.DONE
    if row.finished_at is None:
        late = row.id != desk.running and now - row.started_at > _LONGEST
        status = RunStatus.INTERRUPTED if late else RunStatus.RUNNING
    return RunOut(
        id=row.id,
        source=row.source,
        format=row.format,
        by=row.by,
        status=status,
        started_at=row.started_at,
        finished_at=row.finished_at,
        added=row.added,
        changed=row.changed,
        unchanged=row.unchanged,
        rejected=row.rejected,
        remarks=[RemarkOut.model_validate(each) for each in row.mistakes],
    )


def _in_chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Many lines at once: each piece is a turn of a thread."""
    waiting = bytearray()
    for line in lines:
        waiting += line
        if len(waiting) >= _CHUNK:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
