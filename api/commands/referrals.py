"""`handoff referrals`: a CSV file of referrals, out and in, for who has no system of their own."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands import files
from api.commands.terminal import complain, open_database, say
from api.interchange import export, upload
from api.interchange.queries import Comparison, Scope, Wanted
from api.interchange.upload import Result, Uploader
from directory import database
from directory.clock import ProductClock
from directory.referrals.actors import staff
from directory.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Referrals as CSV files.")
BY = "command"


@app.command("export")
def export_referrals(
    path: Annotated[str, typer.Argument(help="File to write, or - for the standard output.")],
    since: Annotated[
        datetime | None, typer.Option(help="Only what has changed since, local time.")
    ] = None,
) -> None:
    """Write referrals to a file, without names and numbers; the export is noted."""
    settings = load_settings()
    open_database(settings)
    now, scope = ProductClock().now(), Scope()
    updated = ((Comparison.FROM, since.replace(tzinfo=settings.zone)),) if since else ()
    wanted = Wanted(updated=updated, created_until=now)
    with database.session_scope() as session:
        export.note_export(session, scope, wanted, actor=BY, now=now)
    lines = export.lines(
        database.current(),
        scope,
        wanted,
        columns=export.STAFF_COLUMNS,
        line=export.staff_line,
        now=now,
        zone=settings.zone,
    )
    count = files.write(lines, path)
    if count is not None:
        say(f"{path}: {count} referral{'' if count == 1 else 's'}")


@app.command("import")
def import_referrals(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
) -> None:
    """Take statuses (columns id, status, reason, outcome) from a file; a report on every row."""
    open_database(load_settings())
    now = ProductClock().now()
    by = Uploader(staff(BY), Scope(), BY)
    reports = [
        upload.take(database.current(), claim, by=by, now=now)
        for claim in upload.claims(path.read_bytes())
    ]
    for each in reports:
        if each.result is Result.REJECTED:
            complain(f"{path}:{each.line}: {each.id or '(no id)'}: {each.why}")
    count = upload.counts(reports)
    say(f"{path}: " + ", ".join(f"{number} {result}" for result, number in count.items()))
    raise typer.Exit(1 if count[Result.REJECTED] else 0)
