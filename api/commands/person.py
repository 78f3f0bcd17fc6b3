"""`handoff person`: everything about one person, to be handed out or erased."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.commands.files import STANDARD_OUTPUT
from api.commands.privacy import BY, Who, called, the_person, write_private, zone
from api.commands.terminal import open_database, say
from directory import database
from directory.clock import ProductClock
from directory.retention import holds
from directory.retention.erase import erase as erase_person
from directory.retention.person_export import export
from directory.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="One person's record: all of it, or none of it.")


@app.command("export")
def export_person(
    who: Who,
    out: Annotated[str, typer.Option(help="A new file (mode 0600), or - to print it.")] = "-",
) -> None:
    """Everything about a person as JSON; the export is noted in the audit."""
    open_database(load_settings())
    now = ProductClock().now()
    with database.session_scope() as session:
        person = the_person(session, who)
        found = export(session, person.id, by=BY, now=now, zone=zone())
        text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        if out != STANDARD_OUTPUT:
            write_private(Path(out), text.encode())
    if out == STANDARD_OUTPUT:
        sys.stdout.write(text)
    else:
        say(f"{out}: everything about {person.id}. Look at it before you hand it out.")


@app.command("erase")
def erase(
    who: Who, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Remove number, name, texts and notes. Counts stay; an opted-out number stays silent."""
    open_database(load_settings())
    now = ProductClock().now()
    with database.read_scope() as session:
        person = the_person(session, who)
        person_id = person.id
        holds.require_none(session, person_id)
        whom = called(person)
    if not yes:
        typer.confirm(f"Erase {whom} for good?", abort=True)
    with database.session_scope() as session:
        gone = erase_person(session, person_id, by=BY, now=now, thorough=True)
    say(
        f"Erased {person_id}: {gone.texts} texts, {gone.visits} visits' notes, "
        f"{gone.referrals} referrals' reasons, {gone.of_colleagues} texts of colleagues."
    )
    if gone.silent:
        say("The number had opted out: it stays silent until START.")
    say("Backups made before hold the record until they are deleted.")
