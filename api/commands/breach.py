"""`handoff breach`: whose records were read or changed in a period, by whom."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.commands.files import STANDARD_OUTPUT, write_private
from api.commands.privacy import BY, FirstDay, LastDay, days, zone
from api.commands.terminal import open_database, say
from api.interchange import tables
from directory import database
from directory.clock import ProductClock
from directory.people import service as people
from directory.retention.access_list import Access, accesses, affected, names_of
from directory.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="After a breach: who was affected.")
COLUMNS = ("person_id", "actor", "actions", "times", "first", "last")


@app.callback()
def after_a_breach() -> None:
    """After a breach: who was affected."""


@app.command("list")
def list_accesses(
    first: FirstDay,
    last: LastDay,
    actor: Annotated[
        str | None,
        typer.Option(help="One account, key or contact only: its e-mail address, or an id."),
    ] = None,
    out: Annotated[str, typer.Option(help="A new CSV file (mode 0600), or - to print it.")] = "-",
    contacts: Annotated[
        bool, typer.Option("--contacts", help="Names and numbers too, to tell these people.")
    ] = False,
) -> None:
    """Who read or changed whose record, from the audit; that it was looked up is noted."""
    open_database(load_settings())
    now, (since, until) = ProductClock().now(), days(first, last, zone())
    with database.session_scope() as session:
        actors = names_of(session, actor) if actor is not None else None
        found = accesses(session, since=since, until=until, actors=actors)
        people.audit(
            session,
            actor=BY,
            action="breach.list",
            person_id=None,
            subject_id=f"{first:%Y-%m-%d} to {last:%Y-%m-%d}",
            now=now,
        )
        told = {
            each.person_id: (each.name or "", each.phone or "")
            for each in (affected(session, found, by=BY, now=now) if contacts else ())
        }
        text = _csv(found, told)
        if out != STANDARD_OUTPUT:
            write_private(Path(out), text.encode())
    if out == STANDARD_OUTPUT:
        sys.stdout.write(text)
        return
    persons = len({each.person_id for each in found})
    say(f"{out}: {persons} people, {len({each.actor for each in found})} actors.")


def _csv(found: list[Access], told: dict[str, tuple[str, str]]) -> str:
    lines = [tables.written([*COLUMNS, *(("name", "phone") if told else ())])]
    for each in found:
        name, phone = told.get(each.person_id, ("", ""))
        lines.append(
            tables.written([
                each.person_id,
                each.actor,
                " ".join(each.actions),
                str(each.times),
                each.first.astimezone(zone()).isoformat(timespec="seconds"),
                each.last.astimezone(zone()).isoformat(timespec="seconds"),
                *((name, tables.phone_number(phone)) if told else ()),
            ])
        )  # fmt: skip
    return "".join(lines)
