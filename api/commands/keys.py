"""`handoff keys`: everything under the newest encryption key, while the product runs."""

import typer

from api.commands.terminal import complain, open_database, say
from directory import database, key_rotation
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


def _names() -> tuple[str, ...]:
    keys = database.current().settings.encryption_key_list
    return tuple(key_rotation.name_of(key) for key in keys)
