"""`handoff keys`: all under the newest encryption key; people found by another SECRET_KEY."""

from typing import Annotated

import typer

from api.commands.terminal import complain, open_database, say
from directory import database, key_rotation, reindexing
from directory.clock import ProductClock
from directory.people import service as people
from directory.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Encryption keys: which are in use, and rotation.")
BY = "command"


@app.command("rotate")
def rotate() -> None:
    """Rewrite what is stored under older keys. Restart the product with the new key first."""
    open_database(load_settings())
    opened = database.current()
    result = key_rotation.rotate(opened)
    for table, count in sorted(result.values.items()):
        if count:
            say(f"{table}: {count}")
    if result.files:
        say(f"{key_rotation.SPOOL}: {result.files}")
    with database.session_scope() as session:
        people.audit(
            session, actor=BY, action="keys.rotate", person_id=None, now=ProductClock().now()
        )
    total = sum(result.values.values()) + result.files
    say(f"{total} rewritten under key {_names()[0]}.")
    if result.left:
        complain(
            f"{result.left} could not be: see `handoff keys check`. Does something still write "
            "with an older key?"
        )
        raise typer.Exit(1)


@app.command("check")
def check() -> None:
    """Which keys are still needed, by table; fails where more than the newest is."""
    open_database(load_settings())
    names, totals, unreadable = _names(), [0] * len(_names()), 0
    for table, counted in sorted(key_rotation.keys_in_use(database.current()).items()):
        told = [
            f"key {names[position]} {count}"
            for position, count in sorted(counted.items())
            if position != key_rotation.UNREADABLE
        ]
        bad = counted[key_rotation.UNREADABLE]
        unreadable += bad
        for position in range(len(names)):
            totals[position] += counted[position]
        say(
            f"{table}: " + (", ".join([*told, *([f"no key fits {bad}"] if bad else [])]) or "empty")
        )
    for position, name in enumerate(names):
        which = "newest" if position == 0 else "in use" if totals[position] else "may be removed"
        say(f"key {position + 1} of {len(names)} ({name}): {totals[position]} values, {which}")
    if unreadable:
        complain(f"{unreadable} values fit none of HANDOFF_ENCRYPTION_KEYS: was one removed early?")
    if unreadable or any(totals[1:]):
        raise typer.Exit(1)


@app.command("reindex")
def reindex(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Find people by number again, after SECRET_KEY was lost and a new one set. Stop first."""
    open_database(load_settings())
    opened = database.current()
    lost = reindexing.misfits(opened)
    for table, count in sorted(lost.items()):
        say(f"{table}: {count} are not found by this SECRET_KEY")
    if not lost.total():
        say("Nothing to do.")
        return
    name = key_rotation.name_of(opened.settings.secret_key)
    if not yes:
        typer.confirm(
            f"Make {lost.total()} indexes anew under SECRET_KEY {name}? Is the old one gone for "
            "good, and the product stopped?",
            abort=True,
        )
    now = ProductClock().now()
    done = reindexing.reindex(opened, by=BY, now=now, told=_tell)
    with database.session_scope() as session:
        people.audit(session, actor=BY, action=reindexing.ACTION, person_id=None, now=now)
        silent = reindexing.silent(session)
    say(f"{done.rows.total()} are found by SECRET_KEY {name}.")
    if done.strangers:
        say(
            f"{done.strangers} had texted meanwhile as strangers: the older record has the number "
            "(audit: keys.reindex names both)."
        )
    if silent:
        complain(
            f"{silent} numbers were erased and kept silent by an index alone: those from before "
            "cannot be known any more, and are silent at the carrier only."
        )
    if done.unreadable:
        complain(f"{done.unreadable} fit none of HANDOFF_ENCRYPTION_KEYS: see `handoff keys check`")
        raise typer.Exit(1)


def _tell(table: str, count: int) -> None:
    say(f"{table}: {count}")


def _names() -> tuple[str, ...]:
    keys = database.current().settings.encryption_key_list
    return tuple(key_rotation.name_of(key) for key in keys)
