"""`handoff directory`: listings in, listings out.

What a file is, its content tells: partners.yml is loaded whole or not at all; of everything else
each entry is taken or rejected by itself.
"""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.terminal import complain, open_database, say
from directory import database
from directory.clock import wall_now
from directory.database import Database, current
from directory.duplicates.find import find_doubles
from directory.errors import HandoffError
from directory.imports import take_in
from directory.imports.content import Content, default_source, look
from directory.imports.entries import Format
from directory.imports.export import json_lines, write_archive, write_package
from directory.imports.identity import source_name
from directory.imports.spreadsheet import template_csv, template_workbook
from directory.listings.load import load_partners
from directory.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="The community partners.")
_BY = "staff:command-line"
_EXCEL = ".xlsx"
_ZIP = ".zip"


@app.command("load")
def load(
    paths: Annotated[list[Path], typer.Argument(exists=True)],
    source: Annotated[
        str | None,
        typer.Option(help="Whose listings these are; else the file's name says it."),
    ] = None,
    complete: Annotated[
        bool,
        typer.Option(help="What this source brought before and does not name becomes inactive."),
    ] = False,
) -> None:
    """Load partners.yml, HSDS JSON, HSDS data packages (folder or ZIP) or our spreadsheet.

    What is the same changes nothing; what is wrong is named with its line and changes nothing.
    """
    open_database(load_settings())
    failed = False
    for path in paths:
        try:
            content = look(path)
            if content.format is Format.PARTNERS:
                fine = _load_partners(path)
            else:
                fine = _import(path, content, source=source, complete=complete)
        except HandoffError as error:
            complain(f"{path}: {error}")
            fine = False
        failed = failed or not fine
    raise typer.Exit(1 if failed else 0)


def _load_partners(path: Path) -> bool:
    with database.session_scope() as session:
        report = load_partners(session, path, now=wall_now())
    for line in report.rejected:
        complain(str(line))
    _summary(
        path,
        len(report.added),
        len(report.changed),
        len(report.unchanged),
        len(report.removed),
        len(report.rejected),
    )
    return not report.rejected


def _import(path: Path, content: Content, *, source: str | None, complete: bool) -> bool:
    opened = current()
    whose = source_name(source) if source else default_source(path)
    run_id, new = take_in.begin(
        opened, content, source=whose, by=_BY, complete=complete, clock=wall_now
    )
    report = take_in.finish(opened, run_id, new, content, clock=wall_now)
    for remark in report.remarks:
        if remark.rejected:
            complain(str(remark))
        else:
            say(f"note: {remark}")
    _summary(path, report.added, report.changed, report.unchanged, report.removed, report.rejected)
    return report.rejected == 0


def _summary(
    path: Path, added: int, changed: int, unchanged: int, removed: int, rejected: int
) -> None:
    say(
        f"{path}: {added} added, {changed} changed, {unchanged} unchanged, {removed} removed, "
        f"{rejected} rejected"
    )


@app.command("export")
def export(
    path: Annotated[Path, typer.Argument()],
    format_: Annotated[
        Format, typer.Option("--format", help="hsds-json: JSON lines; hsds-csv: folder or .zip.")
    ],
) -> None:
    """Write the published directory as HSDS JSON lines or as an HSDS data package."""
    if format_ not in (Format.JSON_LINES, Format.DATA_PACKAGE):
        raise typer.BadParameter("write hsds-json or hsds-csv", param_hint="--format")
    open_database(load_settings())
    opened = current()
    if format_ is Format.JSON_LINES:
        count = _write_lines(opened, path)
    elif path.suffix.casefold() == _ZIP:
        count = write_archive(opened, path, now=wall_now())
    else:
        count = write_package(opened, path, now=wall_now())
    say(f"{path}: {count} services")


def _write_lines(opened: Database, path: Path) -> int:
    count = 0
    with path.open("wb") as stream:
        for line in json_lines(opened, now=wall_now()):
            stream.write(line)
            count += 1
    return count


@app.command("template")
def template(path: Annotated[Path, typer.Argument(help="ends in .csv or .xlsx")]) -> None:
    """Write the spreadsheet for partners without systems."""
    workbook = path.suffix.casefold() == _EXCEL
    path.write_bytes(template_workbook() if workbook else template_csv())
    say(str(path))


@app.command("doubles")
def doubles() -> None:
    """Look for listings that are probably one, in the whole directory; supervisors decide."""
    open_database(load_settings())
    count = find_doubles(current(), now=wall_now())
    say(f"{count} pair{'' if count == 1 else 's'} to look at")
