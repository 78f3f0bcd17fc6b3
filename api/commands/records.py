"""`handoff records`: records of a period for a public-records request, redacted."""

import io
import json
import zipfile
from pathlib import Path
from typing import Annotated

import typer

from api.commands.files import write_private
from api.commands.privacy import BY, FirstDay, LastDay, days, zone
from api.commands.terminal import open_database, say
from api.interchange import tables
from directory import database
from directory.clock import ProductClock
from directory.people import service as people
from directory.retention.public_records import REDACTED, WITHHELD, Records, records
from directory.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Public records.")


@app.callback()
def public_records() -> None:
    """Public records."""


@app.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="A new ZIP file.", dir_okay=False)],
    first: FirstDay,
    last: LastDay,
) -> None:
    """CSV and JSON of a period: no person's name, number or words, and no small counts."""
    settings = load_settings()
    open_database(settings)
    now, (since, until) = ProductClock().now(), days(first, last, zone())
    threshold = settings.suppress_under
    with database.read_scope() as session:
        found = list(records(session, since=since, until=until, threshold=threshold, zone=zone()))
    period = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    write_private(out, _zipped(found, period, threshold))
    with database.session_scope() as session:
        people.audit(
            session,
            actor=BY,
            action="records.export",
            person_id=None,
            subject_id=period,
            now=now,
        )
    for each in found:
        say(f"{each.name}: {len(each.lines)}")
    say(f"{out}: {period}. Counsel looks at it before it is handed out.")


def _zipped(found: list[Records], period: str, threshold: int) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _about(found, period, threshold))
        for each in found:
            archive.writestr(f"{each.name}.csv", _csv(each))
            rows = [dict(zip(each.columns, line, strict=True)) for line in each.lines]
            archive.writestr(
                f"{each.name}.json", json.dumps(rows, ensure_ascii=False, indent=1, default=str)
            )
    return whole.getvalue()


def _csv(each: Records) -> str:
    return "".join(map(tables.written, [each.columns, *(map(_told, line) for line in each.lines)]))


def _told(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _about(found: list[Records], period: str, threshold: int) -> str:
    left_out = [
        f"- {each.name}: {each.left_out} months had fewer than {threshold} records; they exist and "
        "are left out."
        for each in found
        if each.left_out
    ]
    return "\n".join([
        f"Records of {period}.",
        "",
        f"{REDACTED}: the record has this field; it is withheld because it is about a person, or",
        "because the public directory does not tell it, such as where a shelter was.",
        f'"{WITHHELD}" in place of a kind: in that month fewer than {threshold} records were of',
        "that kind, so that naming it could point to a person.",
        "",
        *left_out,
        "",
    ])  # fmt: skip
