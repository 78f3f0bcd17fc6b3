"""`handoff person`: everything about one person, to be handed out or erased."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from api.commands.files import STANDARD_OUTPUT, write_private
from api.commands.privacy import (
    BY,
    Who,
    called,
    number_said,
    the_person,
    zone,
)
from api.commands.terminal import complain, open_database, say
from bot import erasing
from directory import database
from directory.clock import ProductClock
from directory.errors import NotFound
from directory.people.models import Person
from directory.people.phone import masked
from directory.retention import holds, waiting
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
        person = _known(session, who)
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
        person_id, phone, whom = _whom(session, who)
    if not yes:
        typer.confirm(f"Erase {whom} for good?", abort=True)
    done = erasing.erase(person_id=person_id, phone=phone, by=BY, now=now)
    gone = done.erased
    say(
        f"Erased {done.person_id}: {gone.texts} texts, {gone.visits} visits' notes, "
        f"{gone.referrals} referrals' reasons, {gone.of_colleagues} texts of colleagues."
    )
    if gone.silent:
        say("The number had opted out: it stays silent until START.")
    if done.from_disk:
        say(f"{done.from_disk} of these texts had waited on disk.")
    if done.unreadable:
        complain(
            f"{done.unreadable} texts on disk fit no key: one may be of this person. See "
            "`handoff doctor`."
        )
    say("Backups made before hold the record until they are deleted.")


def _whom(session: Session, who: str) -> tuple[str | None, str, str]:
    """Id (None: known from texts on disk only), number, and what to call them at the terminal."""
    number = number_said(who)
    try:
        person = the_person(session, who)
    except NotFound:
        if number and waiting.spool().of_number(number):
            return None, number, f"{masked(number)} (texts on disk only)"
        raise
    holds.require_none(session, person.id)
    number = "" if who == person.id else number
    return person.id, waiting.number_of(person) or number, called(person)


def _known(session: Session, who: str) -> Person:
    """Raises NotFound, which tells of a number whose texts have not been taken in."""
    try:
        return the_person(session, who)
    except NotFound:
        number = number_said(who)
        if number and (texts := waiting.spool().of_number(number)):
            raise NotFound(
                "person_on_disk_only",
                f"{len(texts)} texts of this number wait on disk, and nothing else is known of it: "
                "start the product, which takes them in, and ask again.",
            ) from None
        raise
