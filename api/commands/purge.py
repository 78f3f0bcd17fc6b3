"""`handoff purge`: what the retention rules say has been kept long enough goes."""

from typing import Annotated

import typer

from api.commands.terminal import open_database, say
from directory import database
from directory.clock import ProductClock
from directory.retention import holds
from directory.retention import purge as purging
from directory.settings import load_settings

BY = "command"


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Blank, delete and erase by the retention rules; nothing under a legal hold is touched."""
    open_database(load_settings())
    now = ProductClock().now()
    with database.read_scope() as session:
        standing = holds.listed(session)
        counts = purging.due_counts(session, now=now)
    due = sum(counts.values())
    for hold in standing:
        what = "everything" if hold.person_id is None else f"person {hold.person_id}"
        say(f"on hold since {hold.placed_at:%Y-%m-%d}: {what}")
    if not dry_run and due:
        _tell(counts, "to go")
        if not yes:
            typer.confirm("This cannot be undone. Go on?", abort=True)
        counts = purging.purge(by=BY, now=now)
    _tell(counts, "would go" if dry_run else "gone")
    say(f"{sum(counts.values())} rows {'would go' if dry_run else 'gone'}.")


def _tell(counts: dict[str, int], what: str) -> None:
    for rule, count in sorted(counts.items()):
        if count:
            table, then = rule.split(":")
            say(f"{table}: {count} {what} ({then})")
