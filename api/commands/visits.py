"""`handoff visits`: a CSV file of visits, out and in, for who has no system of their own."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands import files
from api.commands.terminal import complain, open_database, say
from api.interchange import upload, visit_export, visit_rows, visit_upload
from api.interchange.tables import written
from api.interchange.upload import Result
from api.interchange.visit_upload import VisitUploader
from directory import database
from directory.clock import ProductClock
from directory.quiet_hours import QuietHours
from directory.settings import SettingsError, load_settings
from directory.staff import queries as staff
from directory.visits.queries import Logged

app = typer.Typer(no_args_is_help=True, help="Visits as CSV files.")
BY = "command"


@app.command("export")
def export_visits(
    path: Annotated[str, typer.Argument(help="File to write, or - for the standard output.")],
    since: Annotated[
        datetime | None,
        typer.Option(help="Only what was logged, corrected or voided since, local time."),
    ] = None,
) -> None:
    """Write visits to a file, without names and numbers; the export is noted."""
    settings = load_settings()
    open_database(settings)
    now = ProductClock().now()
    wanted = Logged(now, since.replace(tzinfo=settings.zone) if since else None)
    with database.session_scope() as session:
        visit_export.note_export(session, wanted, actor=BY, now=now)
    lines = visit_export.lines(database.current(), wanted, zone=settings.zone)
    count = files.write(lines, path)
    if count is not None:
        say(f"{path}: {count} visit{'' if count == 1 else 's'}")


@app.command("template")
def write_template(
    path: Annotated[str, typer.Argument(help="File to write, or - for the standard output.")],
) -> None:
    """Write the names of the columns that `import` reads, to be filled in."""
    files.write(iter([written(visit_rows.COLUMNS)]), path)


@app.command("import")
def import_visits(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    clinician: Annotated[
        str | None, typer.Option(help="E-mail of whose visits these are, where a row names nobody.")
    ] = None,
) -> None:
    """Log the visits of a file; a report on every row. An empty consent is a no."""
    settings = load_settings()
    open_database(settings)
    by = VisitUploader(BY, _staff_id(clinician) if clinician else None, for_others=True)
    clock, quiet = ProductClock(), QuietHours(*settings.quiet, settings.zone)
    reports = visit_upload.in_order(
        visit_upload.take(database.current(), claim, by=by, quiet=quiet, clock=clock.now)
        for claim in visit_upload.claims(path.read_bytes(), settings.zone)
    )
    for each in reports:
        if each.result is Result.REJECTED:
            complain(f"{path}:{each.line}: {each.reference or '(no reference)'}: {each.why}")
    count = upload.counts(reports)
    say(f"{path}: " + ", ".join(f"{number} {result}" for result, number in count.items()))
    raise typer.Exit(1 if count[Result.REJECTED] else 0)


def _staff_id(email: str) -> str:
    with database.read_scope() as session:
        member = staff.active_by_email(session, email)
    if member is None:
        raise SettingsError("there is no account with this e-mail: see `handoff staff add`")
    return member.id
