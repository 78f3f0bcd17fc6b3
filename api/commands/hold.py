"""`handoff hold`: what counsel has ordered to be kept. It beats purge and erase."""

from typing import Annotated

import typer

from api.commands.privacy import BY, the_person, zone
from api.commands.terminal import open_database, say
from directory import database
from directory.clock import ProductClock
from directory.retention import holds
from directory.retention.models import LegalHold
from directory.settings import SettingsError, load_settings

app = typer.Typer(no_args_is_help=True, help="Legal holds: what may not be removed.")
Reason = Annotated[str, typer.Option(help="The case or the request, in a few words.")]
OrderedBy = Annotated[str, typer.Option("--by", help="Who orders it, such as counsel's name.")]


@app.command("add")
def add(
    reason: Reason,
    by: OrderedBy,
    who: Annotated[str | None, typer.Argument(metavar="PHONE|ID")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="All records.")] = False,
) -> None:
    """Keep one person's record, or everything, until it is released."""
    if (who is None) is not everything:
        raise SettingsError("name a person (number or id), or say --everything")
    open_database(load_settings())
    now = ProductClock().now()
    with database.session_scope() as session:
        person_id = the_person(session, who).id if who is not None else None
        hold = holds.add(session, person_id=person_id, reason=reason, by=_by(by), now=now)
        hold_id = hold.id
    say(f"{hold_id}: nothing of {'this person' if who else 'all records'} goes until released.")


@app.command("release")
def release(hold_id: str, by: OrderedBy) -> None:
    """End a hold."""
    open_database(load_settings())
    with database.session_scope() as session:
        holds.release(session, hold_id, by=_by(by), now=ProductClock().now())
    say("Released: the retention rules count again.")


@app.command("list")
def list_holds(
    all_: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
) -> None:
    """Standing holds: whom, why, by whom, since when."""
    open_database(load_settings())
    with database.read_scope() as session:
        found = holds.listed(session, released=all_)
        for hold in found:
            say(_line(hold))
    if not found:
        say("No hold stands.")


def _by(name: str) -> str:
    """As the audit names who was at the terminal, and on whose order."""
    return f"{BY}: {name.strip()}"[:60]


def _line(hold: LegalHold) -> str:
    whom = "everything" if hold.person_id is None else f"person {hold.person_id}"
    since = f"since {hold.placed_at.astimezone(zone()):%Y-%m-%d} by {hold.placed_by}"
    if hold.released_at is not None:
        since += f", released {hold.released_at.astimezone(zone()):%Y-%m-%d} by {hold.released_by}"
    return f"{hold.id}  {whom}  {since}: {hold.reason}"
